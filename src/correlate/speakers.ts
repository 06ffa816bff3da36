/** Who speaks in an incident: what grows to thousands is told of again and again, and counted as they come. */
import type { AlarmId, ResourceId } from '../model/ids.ts';
import type { HeldIncident, Member } from './held-incident.ts';

export interface Spoken {
  /** In the order in which they joined. */
  readonly resources: ReadonlySet<ResourceId>;
  /** Of those: alarms of devices tell of them, and nothing else. */
  readonly devices: ReadonlySet<ResourceId>;
  /** Found silent, in the same order. */
  readonly silent: readonly ResourceId[];
}

interface Counted extends Spoken {
  readonly resources: Set<ResourceId>;
  readonly silent: ResourceId[];
  devices: Set<ResourceId>;
}

/** These speak for more than themselves, or of what is no terminal. */
const ofDevices: ReadonlySet<string> = new Set(['port', 'card', 'power', 'link']);
/** Of so few nothing is kept. */
const few = 32;

export class Speakers {
  readonly #of = new WeakMap<HeldIncident, Counted>();

  of(held: HeldIncident): Spoken {
    const known = this.#of.get(held);
    if (known !== undefined) return known;
    const counted = speakersOf(held.members);
    if (held.members.size > few) this.#of.set(held, counted);
    return counted;
  }

  /** It joined that incident just now; `before` is what the same alarm said in it until then. */
  add(held: HeldIncident, member: Member, before: Member | undefined): void {
    const known = this.#of.get(held);
    if (known === undefined) return;
    if (before === undefined) count(known, member);
    // Other rules may read another symptom in it.
    else if (before.symptom !== member.symptom) this.forget(held);
  }

  /** Some left: they are counted anew when somebody asks. */
  forget(held: HeldIncident): void {
    this.#of.delete(held);
  }
}

/** All of them, counted now. */
export function speakersOf(members: ReadonlyMap<AlarmId, Member>): Counted {
  const counted: Counted = { resources: new Set(), devices: none, silent: [] };
  for (const member of members.values()) count(counted, member);
  return counted;
}

const none = new Set<ResourceId>();

function count(counted: Counted, { resource, symptom }: Member): void {
  const { resources, silent } = counted;
  if (symptom === 'silent') silent.push(resource);
  if (!ofDevices.has(symptom)) {
    if (counted.devices !== none) counted.devices.delete(resource);
  } else if (!resources.has(resource)) {
    if (counted.devices === none) counted.devices = new Set();
    counted.devices.add(resource);
  }
  resources.add(resource);
}
