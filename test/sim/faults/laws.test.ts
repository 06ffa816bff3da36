/** The laws that a made-up alarm stream keeps, on several small networks; judged by the files alone. */
import { describe, expect, test } from 'vitest';
import { type Generated, generate } from '../../../src/sim/faults/generate.ts';
import { topologyJson, topologyLines } from '../../../src/sim/faults/plant/document.ts';
import { compileTopology, parseTopology, type Topology } from '../../../src/topology/topology.ts';

const leafKinds = new Set(['ont', 'modem', 'dsl-line']);
const soon = 10_000;

interface World {
  readonly made: Generated;
  readonly lines: readonly Line[];
  readonly topology: Topology;
  /** Of the raises of a fault, by id. */
  readonly byId: ReadonlyMap<string, Line>;
}
type Line = Generated['alarms'] extends Iterable<infer T> ? T : never;

function worldOf(options: Partial<Parameters<typeof generate>[0]>): World {
  const made = generate({ seed: 1, size: 'small', faultsPerKind: 4, ...options });
  const lines = [...made.alarms];
  const topology = compileTopology(made.topology).value;
  return { made, lines, topology, byId: new Map(lines.map((line) => [line.id, line])) };
}

const worlds = [
  worldOf({ seed: 11 }),
  worldOf({ seed: 12, loss: 0.25, noise: 4 }),
  worldOf({ seed: 13, topologyError: 0.04 }),
  worldOf({ seed: 14, loss: 0, skewMs: 0 }),
];

const indexesOf = (topology: Topology, ids: readonly string[]): number[] =>
  ids.map((id) => topology.indexOf(id));

/** Head of the access tree by the topology given; the thing itself where it has none. */
function headOf(topology: Topology, id: string): string {
  let at = topology.indexOf(id);
  for (let up = at; up >= 0; up = topology.parentOf('access', up)) at = up;
  return at < 0 ? id : topology.idOf(at);
}

describe.each(worlds)('seed %#', ({ made, lines, topology, byId }) => {
  const { truth } = made;

  test('the topology is sound', () => {
    expect(compileTopology(made.topology).problems).toEqual([]);
  });

  test('the arrival never goes back and no id comes twice', () => {
    expect(lines.filter((line, place) => place > 0 && line.at < lines[place - 1]!.at)).toEqual([]);
    expect(byId.size).toBe(lines.length);
    expect(lines).toHaveLength(made.alarmCount);
  });

  test('a raise has a cause, a clear has one, and every time is a whole number', () => {
    const isWhole = (time: number | undefined): boolean => time === undefined || Number.isSafeInteger(time);
    const wrong = lines.filter(({ at, deviceAt, event, cause }) => {
      const isCaused = cause !== undefined || event === 'alive' || event === 'unknown';
      return !isWhole(at) || !isWhole(deviceAt) || !isCaused;
    });
    expect(wrong).toEqual([]);
  });

  test('a raise belongs to one fault or to one noise, and only raises are labelled', () => {
    const ofFaults = truth.faults.flatMap((fault) => [...fault.alarms, ...fault.optional]);
    const ofNoise = [...truth.noiseGroups, ...truth.tolerated].flat();
    expect([...ofFaults, ...ofNoise].filter((id) => byId.get(id)?.event !== 'raise')).toEqual([]);
    const owned = new Set(ofFaults);
    expect(owned.size).toBe(ofFaults.length);
    expect(ofNoise.filter((id) => owned.has(id))).toEqual([]);
  });

  test('the root and its kind are among what is right', () => {
    for (const fault of truth.faults) {
      expect(fault.roots).toContain(fault.root);
      expect(fault.kinds).toContain(fault.kind);
      expect(fault.ambiguous).toBe(fault.roots.length > 1 || fault.kinds.length > 1);
      expect([fault.startAt, fault.endAt, fault.decidableAt].every(Number.isSafeInteger)).toBe(true);
      expect(fault.alarms.length).toBeGreaterThan(0);
      expect(fault.endAt).toBeGreaterThan(fault.startAt);
      expect(fault.startAt).toBeGreaterThanOrEqual(truth.from);
    }
  });

  test('a fault is decidable when 60 % of its distinct resources have spoken', () => {
    for (const fault of truth.faults) {
      const raises = fault.alarms.map((id) => byId.get(id)!).sort((a, b) => a.at - b.at);
      const all = new Set(raises.map((raise) => raise.resource)).size;
      const spoken = (at: number): number =>
        new Set(raises.filter((raise) => raise.at <= at).map((raise) => raise.resource)).size;
      expect(spoken(fault.decidableAt)).toBeGreaterThanOrEqual(all * 0.6);
      expect(spoken(fault.decidableAt - 1)).toBeLessThan(all * 0.6);
    }
  });

  test('the subscribers of a fault are the sum of what is affected on the topology given', () => {
    for (const { affected, subscribers, id } of truth.faults) {
      const under = indexesOf(topology, affected.under);
      const except = indexesOf(topology, affected.except);
      expect([...under, ...except].every((index) => index >= 0)).toBe(true);
      expect(`${id} ${topology.subscribersUnder(under, except)}`).toBe(`${id} ${subscribers}`);
    }
  });

  test('a terminal that went dark in a fault is among the affected', () => {
    for (const fault of truth.faults) {
      const { under, except } = fault.affected;
      const affected = new Set(topology.suppliedBy(indexesOf(topology, under), indexesOf(topology, except)));
      const unaffected = fault.alarms.filter((id) => {
        const { resource, cause } = byId.get(id)!;
        const index = topology.indexOf(resource);
        if (index < 0 || !leafKinds.has(topology.kindOf(index))) return false;
        return (cause === 'LOS' || cause === 'DYING_GASP') && !affected.has(index);
      });
      expect(unaffected).toEqual([]);
    }
  });

  test('a dead head and a collector that is away say nothing', () => {
    for (const fault of truth.faults) {
      const isHead =
        fault.kind === 'node-down' && ['olt', 'cmts', 'dslam'].includes(kindOf(topology, fault.root));
      if (!isHead && fault.kind !== 'collector') continue;
      const isTheirs = (line: Line): boolean => {
        const head = headOf(topology, line.resource);
        if (isHead) return head === fault.root && line.source === 'trap';
        const collector = topology.parentOf('collector', topology.indexOf(head));
        return collector >= 0 && topology.idOf(collector) === fault.root && line.by === undefined;
      };
      const during = lines.filter((line) => line.at > fault.startAt + soon && line.at < fault.endAt);
      // A terminal that the papers put at another head speaks with that one's voice.
      expect(during.filter(isTheirs).length).toBeLessThanOrEqual(made === worlds[2]!.made ? 3 : 0);
    }
  });

  test('nothing dark is said to be alive', () => {
    for (const fault of truth.faults) {
      if (fault.kind !== 'drop' || fault.variant !== undefined) continue;
      const wrong = lines.filter(
        (line) =>
          line.event === 'alive' &&
          line.resource === fault.root &&
          line.at > fault.startAt + soon &&
          line.at < fault.endAt,
      );
      expect(wrong).toEqual([]);
    }
  });
});

const kindOf = (topology: Topology, id: string): string => topology.kindOf(topology.indexOf(id));

test('without loss nearly every raise is ended by a clear or by proof of life', () => {
  const { lines, topology } = worlds[3]!;
  const endedAt = new Map<string, number>();
  const coveredAt = new Map<number, number>();
  let raises = 0;
  let open = 0;
  for (const line of [...lines].reverse()) {
    const index = topology.indexOf(line.resource);
    if (line.event === 'clear') endedAt.set(`${line.resource} ${line.cause} ${line.by ?? ''}`, line.at);
    else if (line.event === 'alive') {
      endedAt.set(line.resource, line.at);
      if (line.below === true) coveredAt.set(index, line.at);
    } else if (line.event === 'raise') {
      raises++;
      const isCovered = ancestors(topology, index).some((up) => coveredAt.has(up));
      const isEnded =
        endedAt.has(`${line.resource} ${line.cause} ${line.by ?? ''}`) || endedAt.has(line.resource);
      if (!isEnded && !isCovered) open++;
    }
  }
  expect(raises).toBeGreaterThan(500);
  expect(open / raises).toBeLessThan(0.05);
});

function ancestors(topology: Topology, index: number): number[] {
  const found = [];
  for (let at = index; at >= 0; at = topology.parentOf('access', at)) found.push(at);
  return found;
}

test('two cuts of one ring are two faults, and either cut is right for the second', () => {
  const seconds = worlds.flatMap(({ made }) =>
    made.truth.faults.filter((one) => one.variant === 'second-cut'),
  );
  expect(seconds.length).toBeGreaterThan(2);
  for (const fault of seconds) {
    expect(fault.ambiguous).toBe(true);
    expect(fault.roots.length).toBeGreaterThan(1);
  }
  expect(seconds.some((fault) => fault.subscribers > 0)).toBe(true);
});

test('every kind of fault is played', () => {
  const kinds = new Set(worlds.flatMap(({ made }) => made.truth.faults.map((fault) => fault.kind)));
  expect([...kinds].sort()).toEqual([
    ...[
      'amplifier',
      'area-power',
      'cable',
      'card',
      'collector',
      'config',
      'drop',
      'duct',
      'feeder',
      'flapping',
    ],
    ...[
      'house-power',
      'ingress',
      'link',
      'node-down',
      'pon-port',
      'riser',
      'service',
      'site-power',
      'splitter',
    ],
    'water',
  ]);
});

test('the same options give the same bytes, another seed another network', () => {
  const text = (seed: number): string => {
    const { topology, alarms, truth } = generate({ seed, size: 'small', faultsPerKind: 1, hours: 6 });
    return [
      ...topologyJson(topology),
      ...[...alarms].map((line) => JSON.stringify(line)),
      JSON.stringify(truth),
    ].join('');
  };
  const first = text(5);
  expect(text(5)).toBe(first);
  expect(text(6)).not.toBe(first);
});

test('without noise every raise is of a fault, without faults every raise is noise', () => {
  const quiet = generate({ seed: 3, size: 'small', faultsPerKind: 2, noise: 0 });
  const owned = new Set(quiet.truth.faults.flatMap((fault) => [...fault.alarms, ...fault.optional]));
  const waves = new Set([...quiet.truth.optional, ...quiet.truth.tolerated.flat()]);
  const raises = [...quiet.alarms].filter((line) => line.event === 'raise');
  expect(raises.filter(({ id }) => !owned.has(id) && !waves.has(id))).toEqual([]);
  expect(generate({ seed: 3, size: 'small', faultsPerKind: 0, hours: 4 }).truth.faults).toEqual([]);
});

test('who was switched off while the head was dead is judged only where he stays dark longer than a slow start takes', () => {
  const { truth, ...made } = generate({ seed: 31, size: 'small', faultsPerKind: 8, noise: 12 });
  const topology = compileTopology(made.topology).value;
  const ofFaults = new Set(truth.faults.flatMap((fault) => [...fault.alarms, ...fault.optional]));
  const unjudged = new Set(truth.optional);
  const dead = truth.faults.filter(({ kind }) => kind === 'node-down' || kind === 'site-power');
  const backAt = new Map<string, number>();
  const found = new Map<string, Line>();
  const judged = { short: 0, long: 0, unjudged: 0 };
  for (const line of made.alarms) {
    const { event, resource, cause, source, at } = line;
    const isEnd = event === 'clear' || event === 'alive';
    if (isEnd && leafKinds.has(kindOf(topology, resource))) {
      const first = found.get(resource);
      if (first === undefined || line.below === true) continue;
      found.delete(resource);
      if (unjudged.has(first.id)) judged.unjudged++;
      else if (at - first.at <= 8 * 60_000) judged.short++;
      else judged.long++;
    } else if (isEnd && source === 'poll') backAt.set(resource, at);
    const head = headOf(topology, resource);
    const wasDead = dead.some(
      (fault) => at > fault.endAt && at - fault.endAt < 900_000 && isOver(fault, head),
    );
    const isFirst = Math.abs(at - (backAt.get(head) ?? 0)) < 5_000 && cause === 'UNREACHABLE';
    if (event === 'raise' && head !== resource && isFirst && wasDead && !ofFaults.has(line.id))
      found.set(resource, line);
  }
  expect(judged.short).toBe(0);
  expect(judged.unjudged).toBeGreaterThan(0);
  expect(judged.long).toBeGreaterThan(0);

  function isOver({ root, kind }: (typeof dead)[number], head: string): boolean {
    return (
      root === head ||
      (kind === 'site-power' && topology.idOf(topology.parentOf('site', topology.indexOf(head))) === root)
    );
  }
});

test('as many rings are cut twice as are asked for, and what then lies between is heard of by its neighbours', () => {
  const { truth, refused } = generate({ seed: 8, size: 'small', faultsPerKind: 0, doubleCuts: 4, noise: 0 });
  const variants = truth.faults.map(({ variant }) => variant);
  expect(refused).toEqual({});
  expect(variants.filter((variant) => variant === 'second-cut')).toHaveLength(4);
  for (const { variant, roots, startAt } of truth.faults) {
    if (variant !== 'second-cut') continue;
    const first = truth.faults.filter(
      (fault) => fault.variant === 'first-cut' && fault.startAt < startAt && fault.endAt > startAt,
    );
    expect(first.some(({ root }) => roots.includes(root))).toBe(true);
  }
});

test('of the collectors that share is away together, and nothing is heard of what they watch meanwhile', () => {
  const options = { seed: 21, size: 'small', faultsPerKind: 2 } as const;
  const made = generate({ ...options, blind: 0.5 });
  const count = made.topology.resources.filter(({ kind }) => kind === 'collector').length;
  const most = Math.max(
    ...made.truth.faults.map(({ kind, startAt }) =>
      kind === 'collector'
        ? made.truth.faults.filter(
            (other) => other.kind === kind && other.startAt <= startAt && other.endAt > startAt,
          ).length
        : 0,
    ),
  );
  expect(most).toBeGreaterThanOrEqual(Math.round(count / 2));
  const away = made.truth.faults.find(
    ({ kind, startAt, endAt }) => kind === 'collector' && endAt - startAt > 3_000_000,
  )!;
  const collectorOf = new Map(
    made.topology.resources.map(({ id, in: { collector } }) => [id as string, collector]),
  );
  const heard = [...made.alarms].filter(
    ({ at, resource, source }) =>
      at > away.startAt + 60_000 &&
      at < away.endAt &&
      source !== 'collector' &&
      collectorOf.get(resource) === away.root,
  );
  expect(heard).toEqual([]);
});

test('both formats of the topology read as the same network', () => {
  const { topology } = worlds[2]!.made;
  const whole = parseTopology([...topologyJson(topology)].join(''), 'topology.json');
  const lines = parseTopology([...topologyLines(topology)].join(''), 'topology.ndjson');
  expect(whole.problems).toEqual([]);
  expect(lines).toEqual(whole);
  expect(whole.value.resources).toHaveLength(topology.resources.length);
});

test('wrong papers keep some terminals elsewhere and some not at all', () => {
  const options = { seed: 9, size: 'small', faultsPerKind: 1, hours: 4 } as const;
  const real = generate(options).topology.resources;
  const given = generate({ ...options, topologyError: 0.1 }).topology.resources;
  const parents = new Map(given.map((resource) => [resource.id, resource.in['access']]));
  const onts = real.filter((resource) => resource.kind === 'ont');
  const moved = onts.filter((ont) => parents.has(ont.id) && parents.get(ont.id) !== ont.in['access']).length;
  const missing = onts.filter((ont) => !parents.has(ont.id)).length;
  expect(moved / onts.length).toBeGreaterThan(0.06);
  expect(moved / onts.length).toBeLessThan(0.14);
  expect(missing / onts.length).toBeGreaterThan(0.02);
  expect(missing / onts.length).toBeLessThan(0.09);
});
