/** What subscribers are owed for an outage: rules as dated rows, and what comes of them. Nothing here writes into billing. */
import { type DurationMs, type Instant, instant } from '../base/instant.ts';
import type { IncidentId, SubscriberKey } from './ids.ts';
import type { FaultKind, SubscriberClass } from './incident.ts';

/** Thousandths of one unit of `currency` (ISO 4217), or of one day's fee where no currency is named. */
export interface Money {
  readonly thousandths: number;
  readonly currency?: string | undefined;
}

/** One dated row. Rows of one id follow each other in time; the newest that is in force when the outage begins counts. */
export interface CompensationRule {
  readonly id: string;
  /** The day from which it holds, `2026-04-01`; with the id it names the row. */
  readonly version: string;
  readonly from: Instant;
  /** Undefined: all. */
  readonly classes?: readonly SubscriberClass[] | undefined;
  readonly services?: readonly string[] | undefined;
  /** An outage up to this long is owed nothing. */
  readonly overMinutes: number;
  /** For the outage as a whole, or for each day or hour that has begun beyond `overMinutes`. */
  readonly per: 'outage' | 'day' | 'hour';
  readonly money: Money;
  /** At most, in thousandths, for one service and incident. */
  readonly cap?: number | undefined;
  /** Planned works that were announced at least so long ahead are owed nothing. */
  readonly exceptWorksToldMs?: DurationMs | undefined;
}

export interface Compensation {
  /** The first that fits counts, once a service and incident. */
  readonly rules: readonly CompensationRule[];
  /** A notice of its own, the notice that it works again at the same time, or none. */
  readonly tell: 'after' | 'merged' | 'never';
  /** From the end of the outage to the notice, where it is one of its own. */
  readonly tellAfterMs: DurationMs;
  /** The webhook by which the billing system hears of it. */
  readonly to?: string | undefined;
}

/** One outage of one service as a rule looks at it. */
export interface Outage {
  readonly class: SubscriberClass;
  readonly service: string;
  readonly startedAt: Instant;
  readonly minutes: number;
  /** How long ahead the works were announced that it was planned for; undefined: it was not planned, or not announced. */
  readonly worksToldMs?: number | undefined;
}

const minutesOf = { day: 1_440, hour: 60 } as const;

/** The row of that id which is in force then. */
const isInForce = (rule: CompensationRule, rules: readonly CompensationRule[], at: Instant): boolean =>
  rule.from <= at &&
  !rules.some((other) => other.id === rule.id && other.from > rule.from && other.from <= at);

/** The rule that counts and what is owed by it; undefined where nothing is. */
export function owedFor(
  outage: Outage,
  rules: readonly CompensationRule[],
): { readonly rule: CompensationRule; readonly money: Money } | undefined {
  const rule = rules.find(
    (one) =>
      outage.minutes > one.overMinutes &&
      (one.classes?.includes(outage.class) ?? true) &&
      (one.services?.includes(outage.service) ?? true) &&
      !(one.exceptWorksToldMs !== undefined && (outage.worksToldMs ?? -1) >= one.exceptWorksToldMs) &&
      isInForce(one, rules, outage.startedAt),
  );
  if (rule === undefined) return undefined;
  const { per, money, cap } = rule;
  const begun = per === 'outage' ? 1 : Math.ceil((outage.minutes - rule.overMinutes) / minutesOf[per]);
  const thousandths = Math.min(cap ?? Number.MAX_SAFE_INTEGER, money.thousandths * begun);
  return thousandths > 0 ? { rule, money: { ...money, thousandths } } : undefined;
}

/** What is owed to each of `subscribers` for one service now, whatever was said before. */
export interface Owed {
  readonly incident: IncidentId;
  readonly kind: FaultKind;
  readonly class: SubscriberClass;
  readonly service: string;
  /** Of the service's own outage, from its first start to its last end, and how long it was out in between. */
  readonly from: Instant;
  readonly to: Instant;
  readonly minutes: number;
  /** Undefined: nothing is owed, or not any more. */
  readonly rule?: { readonly id: string; readonly version: string } | undefined;
  readonly money: Money;
  /** At most 5,000 (design L5). */
  readonly subscribers: readonly SubscriberKey[];
}

/** The first instant of a day that is written `2026-04-01`, in UTC; undefined where there is no such day. */
export function dayStart(day: string): Instant | undefined {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== day) return undefined;
  return instant(at);
}
