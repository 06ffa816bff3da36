/** Reads one device again and again: keeps its session, what it learned of it, and the names that seldom change. */
import type { World } from '../../base/world.ts';
import { type Profile, planOf, readDevice, withTextsOf } from '../../collect/collect.ts';
import type { Session } from '../../collect/session.ts';
import type { DeviceReading } from '../../model/reading.ts';
import { chosenProfile, openDeviceSession, type PollOutcome, type PollRequest } from './poll.ts';

export interface DevicePoller {
  /** A reading like that of `pollDevice`; most rounds ask for numbers and states only. One at a time. */
  read(): Promise<PollOutcome>;
  close(): void;
}

/** Names are read anew after so many readings, after a restart, and when an unknown row appears. */
const READINGS_PER_FULL = 10;

export function openDevicePoller(request: PollRequest): DevicePoller {
  return new RepeatedPoll(request);
}

class RepeatedPoll implements DevicePoller {
  readonly #request: PollRequest;
  #session: Session | undefined;
  #profile: Profile | undefined;
  #plan: ReturnType<typeof planOf> | undefined;
  #full: DeviceReading | undefined;
  #readingsSinceFull = 0;

  constructor(request: PollRequest) {
    this.#request = request;
  }

  async read(): Promise<PollOutcome> {
    const outcome = await this.#readOnce();
    // After a failure the name is looked up, the device detected and a v3 engine discovered anew.
    if (outcome.kind !== 'reading') this.close();
    return outcome;
  }

  close(): void {
    this.#session?.close();
    this.#session = undefined;
    this.#profile = undefined;
    this.#full = undefined;
  }

  async #readOnce(): Promise<PollOutcome> {
    const { world, transport, target } = this.#request;
    if (this.#session === undefined) {
      const opened = await openDeviceSession(world, transport, target);
      if ('kind' in opened) return { kind: 'problem', problem: opened };
      this.#session = opened;
    }
    if (this.#profile === undefined) {
      const chosen = await chosenProfile(this.#session, this.#request);
      if ('kind' in chosen) return chosen;
      this.#profile = chosen.profile;
      this.#plan = planOf(chosen.profile);
    }
    const lean = await this.#readNumbers(this.#session);
    return lean ?? this.#readAll(this.#session, this.#profile);
  }

  /** Undefined when a full reading is due. */
  async #readNumbers(session: Session): Promise<PollOutcome | undefined> {
    const full = this.#full;
    const plan = this.#plan;
    if (full === undefined || plan === undefined || ++this.#readingsSinceFull >= READINGS_PER_FULL)
      return undefined;
    const outcome = await readDevice(session, plan.profile, atNow(this.#request.world), plan.budget);
    if (outcome.kind !== 'reading') return outcome;
    const before = full.device.sysUpTimeTicks ?? 0;
    if ((outcome.reading.device.sysUpTimeTicks ?? before) < before) return undefined;
    const reading = withTextsOf(full, outcome.reading);
    if (reading === undefined) return undefined;
    // The next restart shows against the newest time, not against that of the names.
    this.#full = { ...full, device: reading.device };
    return { ...outcome, reading };
  }

  async #readAll(session: Session, profile: Profile): Promise<PollOutcome> {
    const outcome = await readDevice(session, profile, atNow(this.#request.world));
    if (outcome.kind !== 'reading') return outcome;
    this.#full = outcome.incomplete.length === 0 ? outcome.reading : undefined;
    this.#readingsSinceFull = 0;
    return outcome;
  }
}

function atNow(world: World): Parameters<typeof readDevice>[2] {
  const now = world.now();
  return { instant: now, iso: new Date(now).toISOString() };
}
