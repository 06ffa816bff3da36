/**
 * Expected restoration: how often service is back within the promise, and how much later than needed the promise is,
 * on networks whose repairs nobody tuned to; beside the shipped table of the same P50 and P80.
 */
import { defaultPolicy } from '../src/app/config/policy.ts';
import { Assessment } from '../src/assess/assess.ts';
import { type Instant, instant } from '../src/base/instant.ts';
import type { IncidentId, ResourceId } from '../src/model/ids.ts';
import type { ImpactChange, Incident, IncidentChange } from '../src/model/incident.ts';
import { compileTopology, noSubscribers, placeSubscribers } from '../src/topology/topology.ts';
import { drawRepairs, type Repair } from './support/repairs.ts';
import { type Measured, reporter } from './support/report.ts';

const networks = 8;
const repairs = 4_000;
const districts = 24;
const days = 120;
const from = Date.UTC(2026, 0, 1);
const day = 86_400_000;
const minute = 60_000;
/** Of these nothing is heard before the last quarter of the time, which alone is judged. */
const unseenDistricts = 6;

interface Promised {
  readonly repair: Repair;
  readonly isUnseenDistrict: boolean;
  readonly isUnseenHour: boolean;
  /** In the order of being made. */
  readonly ends: readonly { readonly at: number; readonly to: number }[];
  readonly tableTo: number;
  /** The 0.8 quantile of what ended of its kind until then, for a peer that knows the same history; 0: too few. */
  readonly quantileTo: number;
}

export async function run({
  json,
  args = [],
}: {
  readonly json: boolean;
  readonly args?: readonly string[];
}): Promise<void> {
  const print = reporter('etr', json);
  const at = args.indexOf('--seed');
  const seed = at >= 0 ? Number(args[at + 1]) : 1;
  for (const waitsForMorning of [false, true]) {
    const all: Promised[] = [];
    for (let network = 0; network < networks; network++)
      all.push(...promisesOf(seed * 1_000 + network, waitsForMorning));
    report(all, waitsForMorning ? 'evening repairs that wait for the morning' : 'lognormal repairs', print);
  }
}

function report(all: readonly Promised[], name: string, print: (line: Measured) => void): void {
  const share = (of: readonly Promised[], to: (one: Promised) => number): number =>
    (100 * of.filter((one) => one.repair.endAt <= to(one)).length) / of.length;
  const excess = (of: readonly Promised[], to: (one: Promised) => number): number =>
    of.reduce((sum, one) => sum + Math.max(0, to(one) - one.repair.endAt), 0) / of.length / minute;
  const ours = ({ ends }: Promised): number => ends[0]!.to;
  const table = ({ tableTo }: Promised): number => tableTo;
  const parts: readonly (readonly [string, readonly Promised[]])[] = [
    ['all', all],
    ['districts not seen', all.filter(({ isUnseenDistrict }) => isUnseenDistrict)],
    ['hours not seen', all.filter(({ isUnseenHour }) => isUnseenHour)],
  ];
  for (const [part, of] of parts) {
    const label = `${name}, ${part} (${of.length})`;
    print({
      case: `${label}: back within the first promise; peer: the table`,
      ours: share(of, ours),
      peer: share(of, table),
      unit: '%',
    });
    print({
      case: `${label}: promise later than needed, mean; peer: the table`,
      ours: excess(of, ours),
      peer: excess(of, table),
      unit: 'min',
    });
    const known = of.filter(({ quantileTo }) => quantileTo > 0);
    const quantile = ({ quantileTo }: Promised): number => quantileTo;
    print({
      case: `${label}: back within the first promise; peer: P80 of the kind's ended repairs`,
      ours: share(known, ours),
      peer: share(known, quantile),
      unit: '%',
    });
    print({
      case: `${label}: promise later than needed, mean; peer: P80 of the kind's ended repairs`,
      ours: excess(known, ours),
      peer: excess(known, quantile),
      unit: 'min',
    });
  }
  const later = all.flatMap(({ repair, ends }) => ends.slice(1).map(({ to }) => repair.endAt <= to));
  print({
    case: `${name}: renewed promises that held (${later.length})`,
    ours: (100 * later.filter((held) => held).length) / later.length,
    unit: '%',
  });
  print({ case: `${name}: promises an incident`, ours: 1 + later.length / all.length, unit: '' });
  const late = all.flatMap(({ ends }) => ends).filter(({ at, to }) => to <= at).length;
  print({ case: `${name}: promises made that lay in the past`, ours: late, unit: '' });
}

/** One network: three quarters of its time to learn from, the last quarter judged. */
function promisesOf(seed: number, waitsForMorning: boolean): Promised[] {
  const plan = { seed, kinds: defaultPolicy.etr, repairs, districts, from, days, waitsForMorning };
  const judgedFrom = from + days * 0.75 * day;
  const isUnseenDistrict = ({ district }: Repair): boolean => district < unseenDistricts;
  const isUnseenHour = (repair: Repair): boolean =>
    !isUnseenDistrict(repair) && repair.district % 4 === quarterOf(repair);
  const heard = drawRepairs(plan).filter(
    (repair) => repair.startAt >= judgedFrom || !(isUnseenDistrict(repair) || isUnseenHour(repair)),
  );
  const ends = play(heard);
  return heard.flatMap((repair, number) =>
    repair.startAt < judgedFrom || repair.isGivenUp
      ? []
      : [
          {
            repair,
            isUnseenDistrict: isUnseenDistrict(repair),
            isUnseenHour: isUnseenHour(repair),
            ends: ends.get(number)!,
            tableTo: tableTo(repair),
            quantileTo: quantileTo(heard, repair),
          },
        ],
  );
}

const quarterOf = ({ startAt }: Repair): number => Math.floor((startAt % day) / (day / 4));

function tableTo({ kind, startAt }: Repair): number {
  const { p80Ms } = defaultPolicy.etr[kind] ?? defaultPolicy.etr['*']!;
  return Math.ceil((startAt + p80Ms) / (10 * minute)) * 10 * minute;
}

function quantileTo(heard: readonly Repair[], { kind, startAt }: Repair): number {
  const lengths = heard
    .filter((other) => other.kind === kind && other.endAt < startAt && !other.isGivenUp)
    .map((other) => other.endAt - other.startAt);
  if (lengths.length < 5) return 0;
  lengths.sort((a, b) => a - b);
  const to = startAt + lengths[Math.ceil(lengths.length * 0.8) - 1]!;
  return Math.ceil(to / (30 * minute)) * 30 * minute;
}

/** Lets a room live through them; every promise by the repair's number. */
function play(heard: readonly Repair[]): Map<number, { at: number; to: number }[]> {
  const room = newRoom();
  const promises = new Map<number, { at: number; to: number }[]>();
  const note = (changes: readonly ImpactChange[], at: Instant): void => {
    for (const { incident, impact } of changes) {
      const list = promises.get(Number(incident.id)) ?? [];
      promises.set(Number(incident.id), list);
      if (impact.etr !== undefined && list.at(-1)?.to !== impact.etr.to) list.push({ at, to: impact.etr.to });
    }
  };
  const happenings = heard.flatMap((repair, number) => [
    { at: repair.startAt, change: changeOf(repair, number, 'opened') },
    { at: repair.endAt, change: changeOf(repair, number, repair.isGivenUp ? 'closed' : 'resolved') },
  ]);
  happenings.sort((a, b) => a.at - b.at);
  for (const { at, change } of happenings) {
    for (let due = room.wakeAt; due !== undefined && due <= at; due = room.wakeAt) note(room.wake(due), due);
    note(room.take([change], instant(at)), instant(at));
  }
  return promises;
}

function newRoom(): Assessment {
  const resources = Array.from({ length: districts }, (_, n) => [
    { id: `site-${n}` as ResourceId, kind: 'site', in: {}, subscribers: 0 },
    { id: `olt-${n}` as ResourceId, kind: 'olt', in: { site: `site-${n}` as ResourceId }, subscribers: 0 },
  ]).flat();
  const topology = compileTopology({ serviceRoots: [], resources, links: [], planned: [] }).value;
  const room = new Assessment();
  room.setTopology(topology, placeSubscribers(topology, noSubscribers), 1);
  room.setPolicy(defaultPolicy);
  return room;
}

function changeOf(
  { kind, district, startAt, endAt }: Repair,
  number: number,
  what: 'opened' | 'resolved' | 'closed',
): IncidentChange {
  const incident: Incident = {
    id: String(number) as IncidentId,
    kind,
    root: `olt-${district}` as ResourceId,
    probability: 1,
    candidates: [],
    state: what === 'opened' ? 'open' : what,
    actionable: true,
    planned: false,
    startedAt: instant(startAt),
    resolvedAt: what === 'resolved' ? instant(endAt) : undefined,
    alarms: [],
    suppressed: 0,
    affected: { under: [], except: [] },
    explanation: {},
    history: [],
  };
  return { kind: what, incident, joined: [] };
}
