/** One incident as a line of `replay --jsonl`: the fields of the contract, times in ms since 1970, null for what is not. */
import type { ReplayedIncident } from '../../flow/replay.ts';

export function incidentLine({ incident, subscribers }: ReplayedIncident) {
  const isMerged = incident.state === 'merged';
  return {
    incident: incident.id,
    kind: incident.kind,
    root: incident.root ?? null,
    probability: incident.probability,
    candidates: incident.candidates,
    // Closing is about tickets and people, whom a stream does not have.
    state: incident.state === 'closed' ? 'resolved' : incident.state,
    into: incident.into ?? null,
    parent: incident.parent ?? null,
    actionable: incident.actionable,
    planned: incident.planned,
    works: incident.works ?? null,
    startedAt: incident.startedAt,
    decidedAt: incident.decidedAt ?? null,
    resolvedAt: incident.resolvedAt ?? null,
    // Alarms of a merged incident moved to the survivor.
    alarms: isMerged ? [] : incident.alarms,
    subscribers,
    affected: incident.affected,
    explanation: incident.explanation,
    history: incident.history.filter(({ event }) => event !== 'close'),
  };
}
