/** A small GPON operator for tests: two OLTs on a ring of four switches, 64 terminals, cables, ducts and mains. */
import { type Instant, instant } from '../../src/base/instant.ts';
import type { Alarm, AlarmChange } from '../../src/model/alarm.ts';
import { alarmId, type IdSource, type ResourceId, resourceId } from '../../src/model/ids.ts';
import type { ObservationSource } from '../../src/model/observation.ts';
import { compileTopology, parseTopology, type Topology } from '../../src/topology/topology.ts';

interface PlannedEntry {
  readonly id: string;
  readonly title?: string;
  readonly resources: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly announcedAt: number;
}

/**
 * core-1 is the service root; agg-1..4 form a ring through it: core-1 - agg-1 - agg-2 - agg-3 - agg-4 - core-1.
 * olt-1 hangs on agg-2, olt-2 on agg-3. Each OLT: card `olt-1/c1`, ports `olt-1/c1/p1` and `p2`, each port a splitter `s1-1`
 * with two splitters `s1-1-1`, `s1-1-2` of eight terminals `ont-1-1-1-1` (OLT, port, branch, place).
 * Feeder `f-O-P` carries the splitter of port P; both feeders of an OLT lie in `duct-O`. House `b-O-P-B` holds one branch's
 * first six terminals; `b-O-x` the last two of every branch of that OLT. All houses of an OLT hang on `mains-O`.
 */
export function smallCityDocument(planned: readonly PlannedEntry[] = []): string {
  const resources: object[] = [
    { id: 'col-1', kind: 'collector' },
    { id: 'core-1', kind: 'core', in: { collector: 'col-1' } },
    { id: 'dns-1', kind: 'dns' },
    ...[1, 2, 3, 4].map((n) => ({ id: `agg-${n}`, kind: 'aggregation', in: { collector: 'col-1' } })),
    ...['a', 'b', 'c', 'd', 'e'].map((name) => ({ id: `trench-${name}`, kind: 'segment' })),
  ];
  for (const olt of [1, 2]) resources.push(...oltResources(olt));
  const links = [
    { id: 'l-c1', ends: ['core-1', 'agg-1'], segments: ['trench-a'] },
    { id: 'l-12', ends: ['agg-1', 'agg-2'], segments: ['trench-b'] },
    { id: 'l-23', ends: ['agg-2', 'agg-3'], segments: ['trench-c'] },
    { id: 'l-34', ends: ['agg-3', 'agg-4'], segments: ['trench-d'] },
    { id: 'l-4c', ends: ['agg-4', 'core-1'], segments: ['trench-e'] },
    { id: 'l-o1', ends: ['agg-2', 'olt-1'], segments: ['trench-b'] },
    { id: 'l-o2', ends: ['agg-3', 'olt-2'], segments: [] },
  ];
  return JSON.stringify({
    format: 'allclear-topology/1',
    serviceRoots: ['core-1'],
    resources,
    links,
    planned,
  });
}

function oltResources(olt: number): object[] {
  const found: object[] = [
    { id: `mains-${olt}`, kind: 'mains' },
    { id: `site-${olt}`, kind: 'site', in: { power: `mains-s${olt}` } },
    { id: `mains-s${olt}`, kind: 'mains' },
    { id: `battery-${olt}`, kind: 'battery', in: { power: `site-${olt}` } },
    {
      id: `olt-${olt}`,
      kind: 'olt',
      in: { power: `battery-${olt}`, site: `site-${olt}`, collector: 'col-1' },
    },
    { id: `olt-${olt}/c1`, kind: 'card', in: { access: `olt-${olt}` } },
    { id: `duct-${olt}`, kind: 'segment' },
    { id: `b-${olt}-x`, kind: 'building', in: { power: `mains-${olt}` } },
  ];
  for (const port of [1, 2]) {
    found.push(
      { id: `olt-${olt}/c1/p${port}`, kind: 'pon-port', in: { access: `olt-${olt}/c1` }, order: port },
      { id: `f-${olt}-${port}`, kind: 'feeder', in: { cable: `duct-${olt}` } },
      {
        id: `s${olt}-${port}`,
        kind: 'splitter',
        in: { access: `olt-${olt}/c1/p${port}`, cable: `f-${olt}-${port}` },
      },
    );
    for (const branch of [1, 2]) {
      const name = `${olt}-${port}-${branch}`;
      found.push(
        { id: `s${name}`, kind: 'splitter', in: { access: `s${olt}-${port}` }, order: branch },
        { id: `b-${name}`, kind: 'building', in: { power: `mains-${olt}` } },
      );
      for (let place = 1; place <= 8; place++) {
        const building = place <= 6 ? `b-${name}` : `b-${olt}-x`;
        const parents = { access: `s${name}`, power: building };
        found.push({ id: `ont-${name}-${place}`, kind: 'ont', in: parents, subscribers: 1, order: place });
      }
    }
  }
  return found;
}

export const smallCity = (planned: readonly PlannedEntry[] = []): Topology =>
  compiledCity(smallCityDocument(planned));

export function compiledCity(document: string): Topology {
  const parsed = parseTopology(document, 'small-city.json');
  const compiled = compileTopology(parsed.value);
  const problems = [...parsed.problems, ...compiled.problems];
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return compiled.value;
}

/** Ids of terminals of an OLT, a port or a branch, e.g. `terminals('1-2')`. */
export function terminals(under: string): string[] {
  const all = [1, 2].flatMap((olt) =>
    [1, 2].flatMap((port) =>
      [1, 2].flatMap((branch) =>
        Array.from({ length: 8 }, (_, place) => `ont-${olt}-${port}-${branch}-${place + 1}`),
      ),
    ),
  );
  return all.filter((id) => id.startsWith(`ont-${under}-`));
}

export const cityStartsAt = instant(Date.UTC(2026, 0, 1));

interface AlarmOptions {
  readonly by?: string | undefined;
  readonly source?: ObservationSource | undefined;
  readonly record?: string | undefined;
  readonly severity?: Alarm['perceivedSeverity'] | undefined;
}

function alarmOf(resource: string, cause: string, at: Instant, options: AlarmOptions): Alarm {
  const { by, source = 'trap', severity = 'major' } = options;
  return {
    id: alarmId(resource, cause, by),
    resource: resourceId(resource),
    cause,
    by: by === undefined ? undefined : (by as ResourceId),
    alarmType: 'communicationsAlarm',
    perceivedSeverity: severity,
    state: 'raised',
    ackState: 'unacknowledged',
    flapping: false,
    sources: [source],
    raisedAt: at,
    changedAt: at,
    count: 1,
    attributes: {},
  };
}

export function raised(
  resource: string,
  cause: string,
  at: Instant,
  options: AlarmOptions = {},
): AlarmChange {
  const { source = 'trap', record = `${resource} ${cause} ${options.by ?? ''} ${at}` } = options;
  return { kind: 'raised', alarm: alarmOf(resource, cause, at, options), record, source };
}

export function cleared(
  resource: string,
  cause: string,
  at: Instant,
  options: AlarmOptions = {},
): AlarmChange {
  return {
    kind: 'cleared',
    alarm: { ...alarmOf(resource, cause, at, options), state: 'cleared', clearedAt: at },
  };
}

/** Ids like the line's: `t.1.<n>`. */
export function countedIds(): IdSource {
  let made = 0;
  return { next: () => `t.1.${++made}` };
}
