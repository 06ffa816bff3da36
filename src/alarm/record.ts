/** How an alarm's record begins, begins again, and what of an observation goes into it. */
import type { Instant } from '../base/instant.ts';
import { type Alarm, type AlarmChange, endsWithProofOfLife } from '../model/alarm.ts';
import { alarmId } from '../model/ids.ts';
import type { Observation, ObservationSource } from '../model/observation.ts';
import { meaningOf } from './causes.ts';

interface FirstWord {
  readonly observation: Observation;
  /** Those of its attributes that are kept. */
  readonly attributes: Alarm['attributes'] | undefined;
}

/** The record of a key that was never seen, or long ago. */
export function firstRecord(
  { observation, attributes = noAttributes }: FirstWord,
  cause: string,
  at: Instant,
): Alarm {
  const meaning = meaningOf(cause);
  const { resource, by, source } = observation;
  return {
    id: alarmId(resource, cause, by),
    resource,
    cause,
    by,
    alarmType: meaning.alarmType,
    perceivedSeverity: observation.severity ?? meaning.severity,
    state: 'raised',
    ackState: 'unacknowledged',
    ackBy: undefined,
    shelvedUntil: undefined,
    shelf: undefined,
    unshelved: undefined,
    notes: undefined,
    flapping: false,
    sources: only[source],
    source,
    raisedAt: at,
    changedAt: at,
    clearedAt: undefined,
    clearReason: undefined,
    count: 1,
    device: observation.device,
    incident: undefined,
    attributes,
  };
}

/** An alarm that comes back is a new one to the operator; its shelf stays. */
export const reborn = (at: Instant): Partial<Alarm> => ({
  ackState: 'unacknowledged',
  ackBy: undefined,
  raisedAt: at,
  clearedAt: undefined,
  incident: undefined,
  unshelved: undefined,
  notes: undefined,
});

/**
 * A poll can tell that it is over: it raised it itself, or the cause is one that polls look for and the collector has
 * not lost the resource too (it may see LINK_DOWN where a trap said LOS).
 */
export const isJudgedByPolls = (alarm: Alarm, isLost: boolean): boolean =>
  alarm.sources.includes('poll') ||
  alarm.sources.includes('collector') ||
  (!isLost && endsWithProofOfLife.has(alarm.cause));

/** Shared, because most alarms have one source. */
const only: Readonly<Record<ObservationSource, readonly ObservationSource[]>> = {
  trap: ['trap'],
  poll: ['poll'],
  syslog: ['syslog'],
  reply: ['reply'],
  collector: ['collector'],
  api: ['api'],
};
const noAttributes: Readonly<Record<string, string>> = {};

/** At most 64 entries of 1 KiB, in a record without a prototype because the keys may come from outside. */
export function bounded(attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const kept = Object.create(null) as Record<string, string>;
  let count = 0;
  for (const [key, value] of Object.entries(attributes)) {
    if (count++ === 64) break;
    kept[key.slice(0, 128)] = value.slice(0, 1_024);
  }
  return kept;
}

/** A subscriber says that nothing works, or that all does: nobody has measured anything. */
export const isWord = ({ source, cause, event }: Observation): boolean =>
  source === 'reply' && cause === 'NO_SERVICE' && (event === 'raise' || event === 'clear');

export const wordOf = ({ resource, by, record, event }: Observation): AlarmChange => ({
  kind: 'said',
  resource,
  who: by ?? '',
  record,
  isDown: event === 'raise',
});
