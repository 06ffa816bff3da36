/** Which alarm brings about which on the recorded networks: what is learned against what experts drew, as rules for a replay. */
import { milliseconds } from '../../src/base/instant.ts';
import type { CorrelationRules } from '../../src/correlate/correlate.ts';
import type { StreamRecord } from '../../src/flow/replay.ts';
import { type LoggedAlarm, learnRelations, type Relation } from '../../src/measure/measure.ts';
import { shippedRules } from '../../test/support/shipped-rules.ts';
import type { RealNetwork } from './real-networks.ts';
import { causeOf, deviceId, neighboursOf } from './real-streams.ts';

type Follows = CorrelationRules['follows'];
const places = ['same', 'adjacent'] as const;

export const withRelations = (follows: Follows): CorrelationRules => ({ ...shippedRules, follows });

/** As somebody writes them who knows the experts' graph and no figures: each effect as likely as not, within a minute. */
export const drawnRelations = ({ causes }: RealNetwork): Follows =>
  causes.flatMap(([cause, effect]) =>
    places.map((on) => ({
      id: `${cause}-${effect}-${on}`,
      ...{ cause: causeOf(cause), effect: causeOf(effect), on },
      ...{ withinMs: milliseconds(60_000), share: 0.5 },
    })),
  );

export const proposed = (relations: readonly Relation[]): Follows =>
  relations.map(({ cause, effect, on, withinMs, share }) => ({
    id: `${cause}-${effect}-${on}`,
    ...{ cause, effect, on, withinMs: milliseconds(withinMs), share: Math.min(1, share) },
  }));

export function learnedFrom(network: RealNetwork, records: readonly StreamRecord[]): readonly Relation[] {
  const next = neighboursOf(network);
  const alarms: LoggedAlarm[] = records.flatMap(({ at, observation }) => {
    const { event, cause, resource } = observation;
    return event === 'raise' && cause !== undefined ? [{ cause, device: resource, at }] : [];
  });
  const names = new Map([...next].map(([device, others]) => [deviceId(device), others.map(deviceId)]));
  return learnRelations(alarms, (device) => names.get(device) ?? []);
}

export interface GraphScore {
  readonly proposed: number;
  readonly right: number;
  readonly reversed: number;
  readonly f1: number;
  /** max(0, right - wrong) / drawn, as the NeurIPS 2023 competition counted. */
  readonly g: number;
}

/** Pairs of causes wherever they apply, against the experts' directed graph. */
export function scoreOf(relations: readonly Relation[], { causes }: RealNetwork): GraphScore {
  const drawn = new Set(causes.map(([cause, effect]) => `${causeOf(cause)} ${causeOf(effect)}`));
  const found = new Set(relations.map(({ cause, effect }) => `${cause} ${effect}`));
  const right = [...found].filter((pair) => drawn.has(pair)).length;
  const reversed = [...found].filter((pair) => drawn.has(pair.split(' ').reverse().join(' '))).length;
  const wrong = found.size - right;
  return {
    ...{ proposed: found.size, right, reversed },
    f1: (2 * right) / Math.max(1, found.size + drawn.size),
    g: Math.max(0, right - wrong) / Math.max(1, drawn.size),
  };
}
