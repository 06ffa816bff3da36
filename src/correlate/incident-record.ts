/** The record that an incident of the correlation is for everybody else. */
import type { ResourceId } from '../model/ids.ts';
import type { Affected, Incident } from '../model/incident.ts';
import type { HeldIncident } from './held-incident.ts';
import { type Spoken, speakersOf } from './speakers.ts';
import { limits } from './timing.ts';
import { withToldSince } from './told-since.ts';

/** Who lost service: nobody by a lost link that left a path, a device on battery, or a fan. */
function affectedBy(held: HeldIncident, spoken: Spoken): Affected {
  const except: ResourceId[] = [];
  const nobody: Affected = { under: [], except };
  switch (held.scope) {
    case 'collector':
    case 'alone':
      return nobody;
    case 'transport':
      if (held.unproven === true) return nobody;
      if (held.kind === 'link' || held.kind === 'duct') return { under: [...held.dark], except };
      return { under: [...(held.parts ?? [held.root]), ...held.dark], except };
    case 'service':
    case 'testimony':
    case 'operator':
      return { under: [held.root], except };
    case 'down':
      if (isSupplyOnly(held)) return nobody;
      except.push(...[...held.spared.keys()].sort());
      return { under: [...(held.parts ?? [held.root]), ...held.dark, ...fallenSites(held, spoken)], except };
    default:
      if (held.members.size < 2) return nobody;
      return { under: wetLines(held, spoken) ?? [...(held.parts ?? [held.root])], except };
  }
}

/** Something on battery says that its mains failed, and nothing else is said. */
function isSupplyOnly({ members }: HeldIncident): boolean {
  for (const { symptom } of members.values()) if (symptom !== 'power') return false;
  return members.size > 0;
}

/** Sites have batteries: of what failing mains feed, houses apart, those are dark who were found so. */
const fallenSites = ({ kind, parts }: HeldIncident, { silent }: Spoken): readonly ResourceId[] =>
  kind === 'area-power' && parts !== undefined ? silent : none;

const none: readonly never[] = [];

/** Water gets into some pairs of a binder: the others are dry. Undefined of other faults, and where too many are to be named. */
function wetLines({ kind, root }: HeldIncident, { resources }: Spoken): ResourceId[] | undefined {
  if (kind !== 'water') return undefined;
  const count = resources.size - Number(resources.has(root));
  if (count === 0 || count > limits.partsNamed) return undefined;
  return [...resources].filter((resource) => resource !== root);
}

/** Its record, for who asks once. */
export const incidentOf = (held: HeldIncident): Incident => recordOf(held, speakersOf(held.members));

/** The same of one whose speakers are counted already. */
export function recordOf(held: HeldIncident, spoken: Spoken): Incident {
  const { resources } = spoken;
  return {
    id: held.id,
    kind: held.kind,
    root: held.root,
    probability: held.probability,
    candidates: held.candidates,
    state: held.state,
    into: held.into,
    parent: held.parent,
    actionable: held.actionable,
    suspected: held.suspected ? true : undefined,
    planned: held.works !== undefined,
    works: held.works,
    startedAt: held.startedAt,
    decidedAt: held.decidedAt,
    resolvedAt: held.resolvedAt,
    closedAt: held.closedAt,
    alarms: held.records.slice(),
    suppressed: resources.size - Number(resources.has(held.root)),
    affected: affectedBy(held, spoken),
    explanation: {
      ...withToldSince(held.explanation, spoken, held.root),
      ...(held.gone === undefined ? {} : { rootGone: held.gone }),
      alarmsLeftOut: held.leftOut,
      ...(held.unproven === true ? { unproven: true } : {}),
    },
    history: held.history.slice(),
  };
}
