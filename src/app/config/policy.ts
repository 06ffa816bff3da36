/** The policy part of a configuration, and its shipped defaults. */
import { type DurationMs, days, hours, milliseconds, minutes, seconds } from '../../base/instant.ts';
import { didYouMean, type Parsed, type Problem } from '../../base/problem.ts';
import type { DocumentPath, Finding } from '../../base/source-document.ts';
import { documentCheck, parseYaml } from '../../edge/files/yaml-document.ts';
import { type SubscriberClass, subscriberClasses } from '../../model/incident.ts';
import type { Policy } from '../../model/policy.ts';
import { quietHoursIn } from '../../model/quiet-hours.ts';
import { compensationFrom, compensationSchema, type RawCompensation } from './compensation.ts';
import { parseDuration } from './values.ts';

export interface RawPolicy {
  readonly positions?: number;
  readonly notify?: {
    readonly order?: readonly string[];
    readonly hold?: string;
    readonly quietHours?: string;
    readonly secondPersonAbove?: number;
    readonly stopAboveShare?: number;
    readonly capPerDay?: number;
    readonly capPerDayOverall?: number;
    readonly aloneHold?: string;
    readonly dryRun?: boolean;
    readonly works?: boolean;
    readonly inventoryEvery?: string;
    readonly pricePerPart?: Readonly<Record<string, number>>;
    readonly currency?: string;
  };
  readonly tickets?: {
    readonly classes?: readonly SubscriberClass[];
    readonly services?: readonly string[];
    readonly mostPerIncident?: number;
  };
  readonly confirm?: {
    readonly ask?: boolean;
    readonly stableFor?: string;
    readonly remindAfter?: string;
    readonly remindAgainAfter?: string;
    readonly expireAfter?: string;
    readonly questionsPerDay?: number;
    readonly askAllUpTo?: number;
    readonly askedPerBranch?: number;
    readonly sampleShare?: number;
    readonly rateEvery?: string;
    readonly rateAfterComplaint?: string;
  };
  readonly compensation?: RawCompensation;
}

/**
 * First repair times until a network has its own history: p50 and p80 per fault kind. They are assumptions of the
 * shipped table, printed as such in the documentation.
 */
const repairTimes: Policy['etr'] = {
  '*': { p50Ms: hours(2), p80Ms: hours(4) },
  drop: { p50Ms: hours(8), p80Ms: hours(24) },
  splitter: { p50Ms: hours(3), p80Ms: hours(5) },
  riser: { p50Ms: hours(3), p80Ms: hours(6) },
  'pon-port': { p50Ms: minutes(90), p80Ms: hours(3) },
  feeder: { p50Ms: hours(3), p80Ms: hours(6) },
  card: { p50Ms: minutes(90), p80Ms: hours(3) },
  'node-down': { p50Ms: hours(1), p80Ms: hours(3) },
  'house-power': { p50Ms: hours(2), p80Ms: hours(5) },
  'area-power': { p50Ms: hours(2), p80Ms: hours(6) },
  'site-power': { p50Ms: hours(2), p80Ms: hours(4) },
  link: { p50Ms: hours(2), p80Ms: hours(5) },
  duct: { p50Ms: hours(4), p80Ms: hours(8) },
  cable: { p50Ms: hours(6), p80Ms: hours(12) },
  service: { p50Ms: minutes(40), p80Ms: hours(2) },
};

export const defaultPolicy: Policy = {
  positions: 1,
  notify: {
    order: [],
    holdMs: minutes(4),
    quietHours: { fromMinute: 22 * 60, toMinute: 8 * 60 },
    secondPersonAbove: 2_000,
    stopAboveShare: 0.2,
    capPerDay: 4,
    capPerDayOverall: 6,
    aloneHoldMs: minutes(10),
    tellWorks: true,
    etrChangeEveryMs: hours(1),
  },
  confirm: {
    ask: true,
    stableForMs: minutes(10),
    remindAfterMs: hours(4),
    remindAgainAfterMs: hours(20),
    questionsPerDay: 6,
    askAllUpTo: 200,
    askedPerBranch: 5,
    sampleShare: 0.05,
    sampleAtMost: 50,
    maxReminders: 2,
    expireAfterMs: hours(48),
    lateAnswerMs: hours(7 * 24),
    lowRating: 6,
    ratingEveryMs: days(90),
    ratingAfterComplaintMs: days(30),
  },
  dispatch: { callBackWithinMs: hours(1), diagnoseWithinMs: hours(4), ratingCallWithinMs: hours(24) },
  flap: { start: 6, stop: 2, halfLifeMs: minutes(5) },
  etr: repairTimes,
};

interface PlacedFinding extends Finding {
  readonly path: DocumentPath;
}

/** What of the configuration a policy may name. */
export interface Named {
  /** A notice may go over these. */
  readonly channels: readonly string[];
  /** Systems that may be posted to. */
  readonly webhooks: readonly string[];
}

/** The policy with what was written put over the defaults. */
export function policyFrom(
  raw: RawPolicy,
  { channels, webhooks }: Named,
): { readonly value: Policy; readonly problems: readonly PlacedFinding[] } {
  const problems: PlacedFinding[] = [];
  const length = (written: string | undefined, standard: DurationMs): DurationMs =>
    (written === undefined ? undefined : parseDuration(written)) ?? standard;
  const quiet = quietHoursIn(raw.notify?.quietHours ?? '22:00-08:00');
  if (quiet === 'wrong') {
    problems.push({
      path: ['notify', 'quietHours'],
      code: 'config/not-valid',
      message: `"${raw.notify?.quietHours}" is no span of hours`,
      hint: 'write "22:00-08:00" or off',
    });
  }
  for (const [index, name] of (raw.notify?.order ?? []).entries()) {
    if (channels.includes(name)) continue;
    const near = didYouMean(name, channels);
    const known = channels.length === 0 ? 'add it under channels' : `configured: ${channels.join(', ')}`;
    problems.push({
      path: ['notify', 'order', index],
      code: 'config/unknown-channel',
      message: `the channel "${name}" is not configured`,
      hint: near === undefined ? known : `did you mean "${near}"?`,
    });
  }
  const compensation = compensationFrom(raw.compensation, webhooks);
  problems.push(...compensation.problems);
  const standard = defaultPolicy;
  const remindAfterMs = length(raw.confirm?.remindAfter, standard.confirm.remindAfterMs);
  const every = raw.notify?.inventoryEvery;
  const everyMs = every === undefined ? undefined : parseDuration(every);
  const value: Policy = {
    ...standard,
    positions: raw.positions ?? standard.positions,
    notify: {
      ...standard.notify,
      order: (raw.notify?.order ?? channels).filter((name) => channels.includes(name)),
      holdMs: length(raw.notify?.hold, standard.notify.holdMs),
      quietHours: quiet === 'off' || quiet === 'wrong' ? undefined : quiet,
      secondPersonAbove: raw.notify?.secondPersonAbove ?? standard.notify.secondPersonAbove,
      stopAboveShare: raw.notify?.stopAboveShare ?? standard.notify.stopAboveShare,
      capPerDay: raw.notify?.capPerDay ?? standard.notify.capPerDay,
      capPerDayOverall: raw.notify?.capPerDayOverall ?? standard.notify.capPerDayOverall,
      aloneHoldMs: length(raw.notify?.aloneHold, minutes(10)),
      ...(raw.notify?.pricePerPart === undefined ? {} : { pricePerPart: raw.notify.pricePerPart }),
      ...(raw.notify?.currency === undefined ? {} : { currency: raw.notify.currency }),
      tellWorks: raw.notify?.works ?? standard.notify.tellWorks,
      ...(raw.notify?.dryRun === true ? { dryRun: true } : {}),
      ...(everyMs === undefined ? {} : { inventory: { everyMs } }),
    },
    confirm: {
      ...standard.confirm,
      ask: raw.confirm?.ask ?? standard.confirm.ask,
      stableForMs: length(raw.confirm?.stableFor, standard.confirm.stableForMs),
      remindAfterMs,
      // Who shortens the first shortens the second with it.
      remindAgainAfterMs: length(raw.confirm?.remindAgainAfter, milliseconds(5 * remindAfterMs)),
      questionsPerDay: raw.confirm?.questionsPerDay ?? standard.confirm.questionsPerDay,
      askAllUpTo: raw.confirm?.askAllUpTo ?? standard.confirm.askAllUpTo,
      askedPerBranch: raw.confirm?.askedPerBranch ?? standard.confirm.askedPerBranch,
      sampleShare: raw.confirm?.sampleShare ?? standard.confirm.sampleShare,
      expireAfterMs: length(raw.confirm?.expireAfter, standard.confirm.expireAfterMs),
      ratingEveryMs: length(raw.confirm?.rateEvery, days(90)),
      ratingAfterComplaintMs: length(raw.confirm?.rateAfterComplaint, days(30)),
    },
    ...(compensation.value === undefined ? {} : { compensation: compensation.value }),
    ...(raw.tickets === undefined ? {} : { tickets: ticketsOf(raw.tickets) }),
  };
  return { value, problems };
}

/** Making one takes a ticket system up to half a second. */
const ticketsAtMost = 200;

const ticketsOf = (raw: NonNullable<RawPolicy['tickets']>): NonNullable<Policy['tickets']> => ({
  classes: raw.classes ?? [],
  services: raw.services ?? [],
  mostPerIncident: raw.mostPerIncident ?? ticketsAtMost,
});

/** Who gets a ticket without turning to us. */
export const ticketed = {
  type: 'object',
  properties: {
    classes: { type: 'array', items: { enum: subscriberClasses }, maxItems: 5 },
    services: { type: 'array', items: { type: 'string', minLength: 1 }, maxItems: 16 },
    mostPerIncident: { type: 'integer', minimum: 0, maximum: 100_000 },
  },
  additionalProperties: false,
};

/** Whom notices go to at once, and what stops them. */
export const guardsOf = {
  secondPersonAbove: { type: 'integer', minimum: 0 },
  stopAboveShare: { type: 'number', exclusiveMinimum: 0, maximum: 1 },
  capPerDay: { type: 'integer', minimum: 1 },
  capPerDayOverall: { type: 'integer', minimum: 1 },
  aloneHold: { type: 'string' },
  inventoryEvery: { type: 'string' },
  dryRun: { type: 'boolean' },
  works: { type: 'boolean' },
  pricePerPart: { type: 'object', additionalProperties: { type: 'number', minimum: 0 }, maxProperties: 8 },
  currency: { type: 'string', pattern: '^[A-Z]{3}$' },
};

/** How many are asked. */
export const askedOf = {
  questionsPerDay: { type: 'integer', minimum: 1 },
  askAllUpTo: { type: 'integer', minimum: 0 },
  askedPerBranch: { type: 'integer', minimum: 1, maximum: 1_000 },
  sampleShare: { type: 'number', minimum: 0, maximum: 1 },
};

const policySchema = {
  type: 'object',
  properties: {
    notify: {
      type: 'object',
      properties: {
        hold: { type: 'string' },
        quietHours: { type: 'string' },
        ...guardsOf,
      },
      additionalProperties: false,
    },
    confirm: {
      type: 'object',
      properties: {
        ask: { type: 'boolean' },
        stableFor: { type: 'string' },
        remindAfter: { type: 'string' },
        remindAgainAfter: { type: 'string' },
        expireAfter: { type: 'string' },
        rateEvery: { type: 'string' },
        rateAfterComplaint: { type: 'string' },
        ...askedOf,
      },
      additionalProperties: false,
    },
    compensation: compensationSchema({ type: 'string' }),
    tickets: ticketed,
    etr: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        properties: { p50: { type: 'string' }, p80: { type: 'string' } },
        required: ['p50', 'p80'],
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};

/** A policy file such as the demo's: only the policy keys, and the repair-time table. */
export function parsePolicy(file: string, text: string, named: Named): Parsed<Policy> {
  const { value: document, problems: syntax } = parseYaml(file, text);
  const wrong: readonly Problem[] = syntax.length > 0 ? syntax : documentCheck(policySchema)(document);
  if (wrong.length > 0) return { value: defaultPolicy, problems: wrong };
  const raw = document.value as RawPolicy & { etr?: Readonly<Record<string, { p50: string; p80: string }>> };
  const policy = policyFrom(raw, named);
  const etr = Object.entries(raw.etr ?? {}).map(([kind, { p50, p80 }]) => [
    kind,
    { p50Ms: parseDuration(p50) ?? seconds(0), p80Ms: parseDuration(p80) ?? seconds(0) },
  ]);
  // A table with a row for all others stands for itself; one without adds to the shipped rows.
  const base = raw.etr?.['*'] === undefined ? policy.value.etr : {};
  return {
    value: { ...policy.value, etr: { ...base, ...Object.fromEntries(etr) } },
    problems: policy.problems.map(({ path, ...found }) => document.problemAt(path, found)),
  };
}
