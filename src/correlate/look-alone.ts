/** What neither a tree nor the transport graph explains: an alarm of its own kind, a probe's find, a service that fails. */
import type { ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import type { Decision, Look, Scene } from './deciding.ts';
import type { Pending } from './joining.ts';
import { isOfService } from './undecided.ts';
import { aloneVerdict } from './verdict.ts';

const nothing: Look = { decisions: [], nextAt: undefined };

/** Each is stated at once. */
export function lookAlone(scene: Scene, alone: readonly Pending[]): Look {
  if (alone.length === 0) return nothing;
  const { ancestry } = scene;
  // Several probes of one service that fail at once tell of one fault: the worst of their causes names it.
  const probed = new Map<ResourceId, Pending[]>();
  const decisions: Decision[] = [];
  for (const pending of alone) {
    const same = probed.get(pending.resource);
    if (pending.symptom === 'probe' && same !== undefined) same.push(pending);
    else if (pending.symptom === 'probe') probed.set(pending.resource, [pending]);
    else decisions.push(decide(scene, [pending], pending.cause));
  }
  for (const same of probed.values()) decisions.push(decide(scene, same, worstProbed(ancestry, same)));
  return { decisions, nextAt: undefined };
}

function decide({ ancestry }: Scene, [first, ...others]: readonly Pending[], cause: string): Decision {
  const isService = isOfService(ancestry, first!);
  const isGrave = [first!, ...others].some(({ grave }) => grave === true);
  const verdict = aloneVerdict(ancestry, ancestry.placeOf(first!.resource), { cause, isService, isGrave });
  return { verdict, alarms: [first!, ...others].map(({ alarm }) => alarm), absorbs: [] };
}

const worstProbed = ({ rules }: Ancestry, same: readonly Pending[]): string =>
  same.reduce(
    (worst, { cause }) => (rules.probedRank(cause) < rules.probedRank(worst) ? cause : worst),
    same[0]!.cause,
  );
