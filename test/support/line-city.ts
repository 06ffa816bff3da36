/** What the inputs of line tests name by hash: two versions of the small city, its subscribers, policies and calendars. */
import { type AutomationSet, noAutomations } from '../../src/automate/automate.ts';
import { hours, instant, minutes } from '../../src/base/instant.ts';
import { compileCorrelationRules } from '../../src/correlate/correlate.ts';
import { parseYaml } from '../../src/edge/files/yaml-document.ts';
import type { Contents } from '../../src/flow/contents.ts';
import type { Policy } from '../../src/model/policy.ts';
import type { SubscriberTable } from '../../src/topology/topology.ts';
import { policy } from './care.ts';
import { shippedDocuments, shippedRules } from './shipped-rules.ts';
import { compiledCity, smallCity, smallCityDocument, terminals } from './small-city.ts';

export const allTerminals: readonly string[] = [...terminals('1'), ...terminals('2')];

interface CityTableOptions {
  /** On each terminal. */
  readonly each?: number | undefined;
  readonly optedOut?: readonly string[] | undefined;
  /** Without any channel. */
  readonly silent?: readonly string[] | undefined;
  /** Terminals not in this version. */
  readonly without?: readonly string[] | undefined;
}

/** Key of the first subscriber on a terminal; with several on each, the next ones are 1,000 apart. */
export const keyAt = (terminal: string): number => 1 + allTerminals.indexOf(terminal);

/** OLT 1 keeps Moscow time, OLT 2 Yekaterinburg time; all have sms and mail. */
export function cityTable(options: CityTableOptions = {}): SubscriberTable {
  const { each = 1, optedOut = [], silent = [], without = [] } = options;
  const kept = allTerminals.filter((id) => !without.includes(id));
  const rows = kept.flatMap((id) => Array.from({ length: each }, (_, nth) => ({ id, nth })));
  return {
    count: rows.length,
    channels: ['sms', 'mail'],
    zones: ['Europe/Moscow', 'Asia/Yekaterinburg'],
    resources: kept,
    key: Uint32Array.from(rows, ({ id, nth }) => keyAt(id) + nth * 1_000),
    resource: Uint32Array.from(rows, ({ id }) => kept.indexOf(id)),
    subscriberClass: new Uint8Array(rows.length),
    language: new Uint8Array(rows.length),
    channelMask: Uint8Array.from(rows, ({ id }) => (silent.includes(id) ? 0 : 3)),
    zone: Uint16Array.from(rows, ({ id }) => (id.startsWith('ont-2') ? 1 : 0)),
    optedOut: Uint8Array.from(rows, ({ id }) => Number(optedOut.includes(id))),
  };
}

/** Fixed offsets: Moscow is three hours east of UTC, Yekaterinburg five. */
const zones = { 'Europe/Moscow': [[0, 180]], 'Asia/Yekaterinburg': [[0, 300]] } as const;

const quick: Policy = policy({ notify: { holdMs: minutes(1) } });
const policies: Readonly<Record<string, Policy>> = {
  quick,
  quiet: policy({ notify: { holdMs: minutes(1), quietHours: { fromMinute: 22 * 60, toMinute: 8 * 60 } } }),
  careful: policy({ notify: { holdMs: minutes(1), secondPersonAbove: 10 } }),
  hasty: policy({ notify: { holdMs: minutes(0) }, confirm: { stableForMs: minutes(0) } }),
  mute: policy({ notify: { holdMs: minutes(1) }, confirm: { ask: false, expireAfterMs: hours(12) } }),
  steady: { ...quick, flap: { start: 3, stop: 1, halfLifeMs: minutes(1) } },
  /** Everybody gets a ticket, seven of an incident. */
  ticketed: { ...quick, tickets: { classes: ['residential'], services: [], mostPerIncident: 7 } },
  sparing: policy({ notify: { holdMs: minutes(1), stopAboveShare: 0.2, capPerDay: 1 } }),
};
export const policyNames = Object.keys(policies);

const works = { id: 'works-1', resources: ['s2-2'], announcedAt: 0 };
const topologies = {
  city: smallCity(),
  /** Splitter s1-1-1 and link l-34 have other names. */
  renamed: compiledCity(
    smallCityDocument().replaceAll('"s1-1-1"', '"splitter-111"').replaceAll('"l-34"', '"ring-34"'),
  ),
  /** Its terminals hang on the splitter above it. */
  rebuilt: compiledCity(
    smallCityDocument()
      .replace(/\{"id":"s1-1-1".*?\},"order":1\},/, '')
      .replaceAll('"s1-1-1"', '"s1-1"'),
  ),
  works: smallCity([{ ...works, from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 2) }]),
};
const tables: Readonly<Record<string, () => SubscriberTable>> = {
  all: () => cityTable(),
  fewer: () => cityTable({ without: [...terminals('1-1-2'), 'ont-2-1-1-1'], optedOut: ['ont-1-1-1-2'] }),
  mixed: () => cityTable({ optedOut: ['ont-1-1-1-1', 'ont-2-2-1-5'], silent: ['ont-1-1-1-3'] }),
  crowd: () => cityTable({ each: 200, optedOut: allTerminals.filter((_, at) => at % 3 === 0) }),
};
export const tableNames = ['all', 'fewer', 'mixed'];

/** Patterns of every kind over what the city tells of. */
const patterned = compileCorrelationRules([
  ...shippedDocuments,
  parseYaml(
    'patterns.yaml',
    `format: correlation/1
symptoms: { MANY: other }
timing: { quiet: 3s, maxWait: 20s }
patterns:
  - { id: a-single, kind: single, by: resource, on: { cause: FAN_FAIL }, raise: { cause: BESIDE, severity: minor, endAfter: 10m } }
  - { id: b-suppress, kind: suppress, by: network, on: { cause: ODD }, while: [{ cause: FAN_FAIL }, { cause: PORT_LOS }], wait: 30s }
  - { id: c-suppress, kind: suppress, by: head, on: { cause: NO_IP }, while: [{ cause: UNREACHABLE }] }
  - { id: d-window, kind: window, on: { cause: DYING_GASP }, hold: 20s }
  - { id: e-calendar, kind: calendar, on: { cause: NO_IP }, hours: "12:00-18:00" }
  - { id: f-threshold, kind: threshold, by: head, on: { cause: LOS }, atLeast: 3, within: 5m, raise: { cause: MANY, severity: major } }
  - { id: g-counted, kind: threshold, by: head, counts: alarms, on: { cause: LOS }, atLeast: 5, below: 3, within: 1h, raise: { cause: CROWD, severity: major } }
  - { id: h-group, kind: group, by: network, of: [{ on: { cause: LOS }, atLeast: 2 }, { on: { cause: ODD } }], within: 20m, raise: { cause: GROUP, severity: minor, on: olt-1 } }
  - { id: i-pair, kind: pair, first: { cause: LINK_DOWN }, second: { cause: UNREACHABLE }, within: 20m, raise: { cause: PAIR, severity: minor } }
  - { id: j-sequence, kind: sequence, by: network, steps: [{ cause: LOS }, { cause: ODD }, { cause: LOS }], within: 2h, raise: { cause: STEPS, severity: minor, on: olt-2 } }
  - { id: k-absence, kind: absence, by: head, after: { cause: LOS }, no: { cause: DYING_GASP }, within: 2m, raise: { cause: NO_GASP, severity: minor } }
`,
  ).value,
]).value!;

/** Every other rule set that an input names has patterns. */
const rulesNamed = (name: string | undefined) =>
  Number(name?.split('-')[1] ?? 0) % 2 === 1 ? patterned : shippedRules;

/** Tables may be given in place; what nobody knows throws, as it does in the daemon. */
export function cityContents(
  given: Readonly<Record<string, SubscriberTable>> = {},
  automations: AutomationSet = noAutomations,
): Contents {
  return {
    topology: (name) => known(topologies, name),
    subscribers: (name) => given[name] ?? known(tables, name)(),
    policy: (name) => known(policies, name),
    rules: rulesNamed,
    automations: () => automations,
    calendar: (name) => (name === 'city' ? { zones } : known({ utc: { zones: {} } }, name)),
  };
}

function known<T>(things: Readonly<Record<string, T>>, name: string): T {
  const thing = things[name];
  if (thing === undefined) throw new Error(`no content ${name}`);
  return thing;
}

/** 2026-01-01 12:00 UTC: nobody sleeps. */
export const cityNoon = instant(Date.UTC(2026, 0, 1, 12));
