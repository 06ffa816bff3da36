/** Real networks as alarm streams: the recorded ones as they were, and incidents simulated on them with known causes. */
import { instant } from '../../src/base/instant.ts';
import type { Random } from '../../src/base/random.ts';
import type { StreamRecord } from '../../src/flow/replay.ts';
import { resourceId } from '../../src/model/ids.ts';
import { faultKinds } from '../../src/sim/faults/scene.ts';
import { compileTopology, parseTopology, type Topology } from '../../src/topology/topology.ts';
import type { AlarmCase } from './alarm-case.ts';
import type { RealNetwork } from './real-networks.ts';

/** What kind of thing a type is, nobody published: any kind is right. */
const anyKind = [...faultKinds, 'unexplained', 'degradation'];

/** Any moment does; the logs have no date. */
const startMs = Date.UTC(2026, 0, 5);
export const deviceId = (device: number): string => `device-${device}`;
export const causeOf = (type: number): string => `TYPE_${type}`;

/** Devices with their links; nothing is known of who serves whom. */
export function networkOf({ alarms, links }: RealNetwork): Topology {
  const devices = new Set([...alarms.map(({ device }) => device), ...links.flat()]);
  const document = {
    format: 'allclear-topology/1',
    serviceRoots: [],
    resources: [...devices]
      .sort((a, b) => a - b)
      .map((device) => ({ id: deviceId(device), kind: 'radio-sector' })),
    links: links.map(([a, b]) => ({ id: `link-${a}-${b}`, ends: [deviceId(a), deviceId(b)], segments: [] })),
    planned: [],
  };
  return compileTopology(parseTopology(JSON.stringify(document), 'real network').value).value;
}

interface Alarm {
  readonly device: number;
  readonly type: number;
  /** Seconds. */
  readonly from: number;
  readonly to: number;
}

/** Raises and clears in order of arrival; an end before the beginning arrives with it and says its own time. */
function recordsOf(alarms: readonly Alarm[]): readonly StreamRecord[] {
  const at = (seconds: number): number => startMs + Math.round(seconds * 1_000);
  const records = alarms.flatMap(({ device, type, from, to }, number) => {
    const said = { resource: resourceId(deviceId(device)), cause: causeOf(type), source: 'trap' } as const;
    const raise: StreamRecord = {
      at: instant(at(from)),
      observation: { ...said, event: 'raise', record: `a${number}` },
    };
    const clear: StreamRecord = {
      at: instant(at(Math.max(from, to))),
      observation: { ...said, event: 'clear', deviceAt: instant(at(to)) },
    };
    return [raise, clear];
  });
  return records.sort((a, b) => a.at - b.at);
}

export const recordedStream = (network: RealNetwork): readonly StreamRecord[] => recordsOf(network.alarms);

/** Per second and thing, seconds, and children per second of a parent: the study's values, which keep incidents finite. */
export interface Branching {
  readonly spontaneous: number;
  readonly meanLength: number;
  readonly perSecond: number;
  /** Of the whole stream. */
  readonly seconds: number;
}

export const studied: Branching = { spontaneous: 2e-6, meanLength: 10, perSecond: 0.006, seconds: 86_400 };

/**
 * A branching process on (device, type): each alarm causes alarms of the types that the experts' graph has as its
 * effects, on its own device and on each neighbour; all descendants of a spontaneous alarm are one incident.
 */
export function simulatedOn(network: RealNetwork, random: Random, how: Branching = studied): AlarmCase {
  const topology = networkOf(network);
  const neighbours = neighboursOf(network);
  const effects = new Map<number, number[]>();
  for (const [cause, effect] of network.causes) effects.set(cause, [...(effects.get(cause) ?? []), effect]);
  const types = [...new Set(network.alarms.map(({ type }) => type))].sort((a, b) => a - b);
  const incidents: Alarm[][] = [];
  for (const device of [...neighbours.keys()].sort((a, b) => a - b)) {
    for (const type of types) {
      for (
        let at = waited(random, how.spontaneous);
        at < how.seconds;
        at += waited(random, how.spontaneous)
      ) {
        incidents.push(cascade({ device, type, from: at, to: at + waited(random, 1 / how.meanLength) }));
      }
    }
  }
  function cascade(root: Alarm): Alarm[] {
    const alarms = [root];
    for (const parent of alarms) {
      const length = parent.to - parent.from;
      for (const type of effects.get(parent.type) ?? []) {
        for (const device of [parent.device, ...(neighbours.get(parent.device) ?? [])]) {
          for (let left = poisson(random, how.perSecond * length); left > 0; left--) {
            const from = parent.from + random.next() * length;
            alarms.push({ device, type, from, to: from + waited(random, 1 / how.meanLength) });
          }
        }
      }
    }
    return alarms;
  }
  return { ...caseOf(incidents, how), topology };
}

function caseOf(incidents: readonly Alarm[][], { seconds }: Branching): Omit<AlarmCase, 'topology'> {
  const numbered = incidents.flatMap((alarms, incident) => alarms.map((alarm) => ({ ...alarm, incident })));
  const members: string[][] = incidents.map(() => []);
  numbered.forEach(({ incident }, number) => void members[incident]!.push(`a${number}`));
  const faults = incidents.map(([root], n) => {
    const { device, from } = root!;
    const startAt = startMs + Math.round(from * 1_000);
    return {
      id: `f${n}`,
      kind: 'cascade',
      kinds: anyKind,
      root: deviceId(device),
      alarms: members[n],
      startAt,
    };
  });
  return {
    name: 'simulated',
    records: recordsOf(numbered),
    truth: { faults, from: startMs, to: startMs + seconds * 1_000 },
  };
}

export function neighboursOf({ alarms, links }: RealNetwork): ReadonlyMap<number, readonly number[]> {
  const neighbours = new Map<number, number[]>(alarms.map(({ device }) => [device, []]));
  for (const [a, b] of links) {
    neighbours.set(a, [...(neighbours.get(a) ?? []), b]);
    neighbours.set(b, [...(neighbours.get(b) ?? []), a]);
  }
  return neighbours;
}

/** Exponential. */
const waited = (random: Random, rate: number): number => -Math.log(1 - random.next()) / rate;

/** Knuth's product of uniforms: the means here are far below one. */
function poisson(random: Random, mean: number): number {
  let count = 0;
  for (let product = random.next(); product > Math.exp(-mean); product *= random.next()) count++;
  return count;
}
