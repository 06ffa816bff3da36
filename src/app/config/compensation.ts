/** What is owed for outages, as it is written: dated rows, in words and numbers of the operator. */
import { type DurationMs, hours } from '../../base/instant.ts';
import { didYouMean } from '../../base/problem.ts';
import type { DocumentPath, Finding } from '../../base/source-document.ts';
import { type Compensation, type CompensationRule, dayStart } from '../../model/compensation.ts';
import { type SubscriberClass, subscriberClasses } from '../../model/incident.ts';
import { parseDuration } from './values.ts';

interface RawRule {
  readonly id: string;
  readonly from: string;
  readonly source?: string;
  readonly classes?: readonly SubscriberClass[];
  readonly services?: readonly string[];
  readonly over: string;
  readonly per?: CompensationRule['per'];
  readonly amount?: number;
  readonly currency?: string;
  readonly dayFees?: number;
  readonly cap?: number;
  readonly exceptWorksToldAhead?: string;
}

export interface RawCompensation {
  readonly to?: string;
  readonly tell?: Compensation['tell'];
  readonly tellAfter?: string;
  readonly rules?: readonly (RawRule | undefined)[];
}

type Placed = Finding & { readonly path: DocumentPath };

const text = { type: 'string', minLength: 1, maxLength: 200 };
const sum = { type: 'number', exclusiveMinimum: 0, maximum: 1_000_000_000 };

export const compensationSchema = (duration: object): object => ({
  type: 'object',
  properties: {
    to: text,
    tell: { enum: ['after', 'merged', 'never'] },
    tellAfter: duration,
    rules: {
      type: 'array',
      maxItems: 200,
      items: {
        type: 'object',
        properties: {
          id: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' },
          from: text,
          source: { type: 'string', minLength: 1, maxLength: 1_000 },
          classes: { type: 'array', items: { enum: subscriberClasses }, minItems: 1, maxItems: 5 },
          services: { type: 'array', items: text, minItems: 1, maxItems: 16 },
          over: duration,
          per: { enum: ['outage', 'day', 'hour'] },
          amount: sum,
          currency: { type: 'string', pattern: '^[A-Z]{3}$' },
          dayFees: sum,
          cap: sum,
          exceptWorksToldAhead: duration,
        },
        required: ['id', 'from', 'over'],
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
});

/** Nothing where no rule is written. A row that says two things, or none, is left out of force. */
export function compensationFrom(
  raw: RawCompensation | undefined,
  targets: readonly string[],
): { readonly value: Compensation | undefined; readonly problems: readonly Placed[] } {
  if (raw === undefined) return { value: undefined, problems: [] };
  const problems: Placed[] = [];
  const rules: CompensationRule[] = [];
  const seen = new Set<string>();
  for (const [index, written] of (raw.rules ?? []).entries()) {
    if (written === undefined) continue;
    const wrong = mistakeIn(written, seen);
    seen.add(`${written.id} ${written.from}`);
    if (wrong === undefined) rules.push(ruleFrom(written));
    else problems.push({ ...wrong, path: ['compensation', 'rules', index, ...wrong.path] });
  }
  if (raw.to !== undefined && !targets.includes(raw.to)) {
    const near = didYouMean(raw.to, targets);
    const known = targets.length === 0 ? 'name it under webhooks:' : `known: ${targets.join(', ')}`;
    problems.push({
      path: ['compensation', 'to'],
      code: 'config/unknown-webhook',
      message: `there is no webhook "${raw.to}" in the configuration`,
      hint: near === undefined ? known : `did you mean "${near}"?`,
    });
  }
  if (rules.length === 0) return { value: undefined, problems };
  const tellAfterMs = lengthOf(raw.tellAfter) ?? hours(2);
  const to = raw.to !== undefined && targets.includes(raw.to) ? { to: raw.to } : {};
  return { value: { rules, tell: raw.tell ?? 'after', tellAfterMs, ...to }, problems };
}

const lengthOf = (written: string | undefined): DurationMs | undefined =>
  written === undefined ? undefined : parseDuration(written);

function mistakeIn(
  { id, from, amount, currency, dayFees, cap }: RawRule,
  seen: ReadonlySet<string>,
): Placed | undefined {
  const wrong = (path: DocumentPath, message: string, hint?: string): Placed => ({
    ...{ path, code: 'config/not-valid', message },
    ...(hint === undefined ? {} : { hint }),
  });
  if (dayStart(from) === undefined) return wrong(['from'], `"${from}" is no day`, 'write it as 2026-04-01');
  if (seen.has(`${id} ${from}`)) {
    const message = `two rows of "${id}" hold from ${from}`;
    return { path: ['id'], code: 'config/duplicate-id', message, hint: 'a newer row holds from a later day' };
  }
  if ((amount === undefined) === (dayFees === undefined))
    return wrong(
      [],
      `"${id}" owes ${amount === undefined ? 'nothing' : 'two things'}`,
      'write amount and currency, or dayFees',
    );
  if (amount !== undefined && currency === undefined)
    return wrong(['amount'], `nobody knows of which currency ${amount} is`, 'add currency: EUR');
  if (dayFees !== undefined && currency !== undefined)
    return wrong(['currency'], 'a share of the fee is in the currency of the fee', 'leave currency out');
  for (const [name, value] of Object.entries({ amount, dayFees, cap })) {
    if (value !== undefined && Math.abs(value * 1_000 - Math.round(value * 1_000)) > 1e-6)
      return wrong([name], `${value} is finer than a thousandth`, 'at most three digits behind the point');
  }
  return undefined;
}

function ruleFrom(written: RawRule): CompensationRule {
  const { id, from, classes, services, over, per, amount, currency, dayFees, cap } = written;
  const exceptMs = lengthOf(written.exceptWorksToldAhead);
  const thousandths = Math.round((amount ?? dayFees ?? 0) * 1_000);
  return {
    ...{ id, version: from, from: dayStart(from)! },
    ...(classes === undefined ? {} : { classes }),
    ...(services === undefined ? {} : { services }),
    overMinutes: Math.floor((lengthOf(over) ?? 0) / 60_000),
    per: per ?? 'outage',
    money: amount === undefined ? { thousandths } : { thousandths, currency: currency! },
    ...(cap === undefined ? {} : { cap: Math.round(cap * 1_000) }),
    ...(exceptMs === undefined ? {} : { exceptWorksToldMs: exceptMs }),
  };
}
