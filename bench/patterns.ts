/**
 * What a record costs more under pattern rules, and under automations: 10,000 alarms a second on the stream's clock through
 * the rooms alarm and patterns, by each kind of pattern and by all nine together, beside the same without any.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { type AutomationSet, compileAutomations } from '../src/automate/automate.ts';
import { type Instant, instant } from '../src/base/instant.ts';
import { type CorrelationRules, compileCorrelationRules } from '../src/correlate/correlate.ts';
import { parseYaml } from '../src/edge/files/yaml-document.ts';
import { Pass } from '../src/flow/pass.ts';
import { Rooms } from '../src/flow/rooms.ts';
import { resourceId } from '../src/model/ids.ts';
import type { Observation } from '../src/model/observation.ts';
import { compileTopology, type Topology } from '../src/topology/topology.ts';
import { shippedDocuments, shippedRules } from '../test/support/shipped-rules.ts';
import { contentsOf, cpuMs } from './support/alarm-throughput.ts';
import { reporter } from './support/report.ts';

const perSecond = 10_000;
const lengthSeconds = 12;
const terminals = 8_192;
const rounds = 3;
const began = Date.UTC(2026, 0, 1, 12);

const raise = 'raise: { cause: MANY, severity: minor }';
const kinds: Readonly<Record<string, string>> = {
  single: `on: { cause: DYING_GASP }, by: resource, ${raise}`,
  suppress: 'on: { cause: LOS }, by: head, while: [{ cause: PORT_LOS }], wait: 1s',
  window: 'on: { cause: LOS }, hold: 1s',
  calendar: 'on: { cause: LOS }, hours: "12:00-18:00"',
  threshold: `on: { cause: LOS }, by: head, atLeast: 100, within: 10s, ${raise}`,
  group: `of: [{ on: { cause: LOS }, atLeast: 9 }, { on: { cause: DYING_GASP }, atLeast: 9 }], by: head, within: 10s, ${raise}`,
  pair: `first: { cause: DYING_GASP }, second: { cause: LOS }, by: resource, within: 10s, ${raise}`,
  sequence: `steps: [{ cause: DYING_GASP }, { cause: LOS }, { cause: DYING_GASP }], by: resource, within: 10s, ${raise}`,
  absence: `after: { cause: LOS }, no: { cause: PORT_LOS }, by: head, within: 5s, ${raise}`,
};

export async function run({ json }: { readonly json: boolean }): Promise<void> {
  const report = reporter('patterns', json);
  const topology = city();
  const none = { ...shippedRules, patterns: [] };
  const cost = (rules: CorrelationRules, automations?: AutomationSet): number =>
    Math.min(...Array.from({ length: rounds }, () => costOf({ topology, rules, automations })));
  cost(none);
  const peer = cost(none);
  const unit = 'µs of CPU a record';
  for (const kind of Object.keys(kinds))
    report({ case: `${kind}, one rule`, ours: cost(rulesOf([kind])), peer, unit });
  report({ case: 'all nine', ours: cost(rulesOf(Object.keys(kinds))), peer, unit });
  report({ case: 'shipped automations', ours: cost(none, shippedAutomations()), peer, unit });
  report({ case: 'an automation that looks at every alarm', ours: cost(none, everyAlarm()), peer, unit });
}

/** Terminals go dark one after the other, each with a gasp before, and come back five seconds later. */
function costOf(given: {
  readonly topology: Topology;
  readonly rules: CorrelationRules;
  readonly automations?: AutomationSet | undefined;
}): number {
  const { topology, rules, automations } = given;
  const rooms = new Rooms({ ...contentsOf(topology), rules: () => rules }, undefined);
  rooms.usePolicy('bench');
  rooms.useTopology({ version: 1, topology: 'bench', subscribers: 'bench' });
  if (automations !== undefined) rooms.automations.setAutomations(automations);
  const records = perSecond * lengthSeconds;
  const from = cpuMs();
  for (let n = 0; n < records; n++) {
    const at = instant(began + Math.floor((n * 1_000) / perSecond));
    apply(rooms, { observation: observationOf(n), sequence: n + 1, at });
  }
  return ((cpuMs() - from) * 1_000) / records;
}

function apply(
  rooms: Rooms,
  {
    observation,
    sequence,
    at,
  }: { readonly observation: Observation; readonly sequence: number; readonly at: Instant },
): void {
  const pass = new Pass('bench.1', { sequence, at }, rooms.automations.watched);
  const changes = rooms.alarms.observe(observation, at);
  pass.alarms(changes);
  const { derived } = rooms.patterns.take(changes, [], at);
  pass.alarms(rooms.alarms.observeAll(derived, at));
  rooms.automations.take(pass.takeSeen(), pass.context);
}

/** Of four records of a terminal: gasp, dark, light, power. */
function observationOf(n: number): Observation {
  const isEnd = Math.floor(n / (perSecond * 5)) % 2 === 1;
  const resource = resourceId(`ont-${Math.floor(n / 2) % terminals}`);
  const cause = n % 2 === 0 ? 'DYING_GASP' : 'LOS';
  return { event: isEnd ? 'clear' : 'raise', resource, cause, source: 'trap' };
}

const rulesOf = (names: readonly string[]): CorrelationRules => {
  const written = names.map((kind) => `  - { id: ${kind}, kind: ${kind}, ${kinds[kind]} }`);
  const text = `format: correlation/1\npatterns:\n${written.join('\n')}\n`;
  const { value, problems } = compileCorrelationRules([
    ...shippedDocuments,
    parseYaml('patterns.yaml', text).value,
  ]);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (value === undefined || errors.length > 0) throw new Error(JSON.stringify(errors));
  return value;
};

const shippedAutomations = (): AutomationSet =>
  compileAutomations(
    readdirSync('automations').map(
      (name) => parseYaml(name, readFileSync(`automations/${name}`, 'utf8')).value,
    ),
    {},
  ).value;

const everyAlarm = (): AutomationSet => ({
  titles: {},
  automations: [
    {
      ...{ id: 'every', on: ['alarmRaised', 'alarmCleared'], where: 'count > 100 && severity == "critical"' },
      ...{ afterMs: 0 as never, isOnce: false, isShadow: false, limit: { most: 1, perMs: 60_000 as never } },
      do: [{ kind: 'webhook', to: 'nobody' }],
    },
  ],
});

/** 16 heads with 8 ports of 64 terminals. */
function city(): Topology {
  const resources = Array.from({ length: 16 }, (_, olt) => [
    { id: resourceId(`olt-${olt}`), kind: 'olt', in: {}, subscribers: 0 },
    ...Array.from({ length: 8 }, (_, port) => [
      {
        ...{ id: resourceId(`olt-${olt}/${port}`), kind: 'pon-port', subscribers: 0 },
        in: { access: resourceId(`olt-${olt}`) },
      },
      ...Array.from({ length: 64 }, (_, place) => ({
        ...{ id: resourceId(`ont-${(olt * 8 + port) * 64 + place}`), kind: 'ont', subscribers: 1 },
        in: { access: resourceId(`olt-${olt}/${port}`) },
      })),
    ]).flat(),
  ]).flat();
  return compileTopology({ serviceRoots: [], links: [], planned: [], resources }).value;
}
