/** From how long services were out to what is owed: a slice of subscribers at a time, those who are owed the same together. */
import { type Instant, instant } from '../base/instant.ts';
import { type Range, runsOf, united } from '../base/ranges.ts';
import { type CompensationRule, type Money, type Owed, owedFor } from '../model/compensation.ts';
import { subscriberKey } from '../model/ids.ts';
import type { SubscriberClass } from '../model/incident.ts';
import type { Subscribers } from '../topology/topology.ts';
import { type Account, type Lost, lossOf, type Strand } from './account.ts';

/** Whom to say sorry to, and what they get. */
export interface Apology {
  readonly ranges: readonly Range[];
  readonly credit: readonly Money[];
  readonly from: Instant;
  readonly to: Instant;
}

export interface Ledger {
  readonly rules: readonly CompensationRule[];
  readonly subscribers: Subscribers;
  readonly worksToldMs: (works: string) => number | undefined;
}

type Line = Omit<Owed, 'subscribers'>;
const minuteMs = 60_000;

/** One service group of a subscriber whose outage has ended, or who was owed something for it once. */
interface Loss {
  readonly lost: Lost;
  readonly services: readonly string[];
}

function lossesOf(account: Account, number: number, subscribers: Subscribers): readonly Loss[] {
  const losses: Loss[] = [];
  for (const strand of account.strands) {
    const lost = lossOf(strand, number);
    if (lost !== undefined) losses.push({ lost, services: servicesOf(strand, number, subscribers) });
  }
  return losses.length > 1 ? onceEach(losses) : losses;
}

/** Whoever has one service at two places, as after a move, lost it once: where it was longer. */
function onceEach(losses: readonly Loss[]): readonly Loss[] {
  const seen = new Set<string>();
  return [...losses]
    .sort((a, b) => b.lost.ms - a.lost.ms)
    .map(({ lost, services }) => {
      const left = services.filter((service) => !seen.has(service));
      for (const service of left) seen.add(service);
      return { lost, services: left };
    })
    .filter(({ services }) => services.length > 0);
}

/** What is owed for each service, zero where it was something once. */
function linesOf(
  { incident, kind, works }: Account,
  of: { readonly class: SubscriberClass; readonly losses: readonly Loss[] },
  { rules, worksToldMs }: Ledger,
): readonly Line[] {
  const toldMs = works === undefined ? undefined : worksToldMs(works);
  return of.losses.flatMap(({ lost, services }) => {
    const minutes = Math.floor(lost.ms / minuteMs);
    return services.map((service): Line => {
      const outage = { class: of.class, service, startedAt: lost.first, minutes, worksToldMs: toldMs };
      const owed = owedFor(outage, rules);
      const rule = owed === undefined ? undefined : { id: owed.rule.id, version: owed.rule.version };
      const money = owed?.money ?? { thousandths: 0 };
      const line = { incident, kind, class: of.class, service, from: lost.first, to: lost.last, minutes };
      return { ...line, rule, money };
    });
  });
}

function servicesOf({ service }: Strand, number: number, { bindings }: Subscribers): readonly string[] {
  return service === undefined ? bindings.own(number) : [service];
}

export function isOwed(account: Account, number: number, ledger: Ledger): boolean {
  const { subscribers } = ledger;
  const of = { class: subscribers.classOf(number), losses: lossesOf(account, number, subscribers) };
  return linesOf(account, of, ledger).some(({ money }) => money.thousandths > 0);
}

interface Group {
  readonly class: SubscriberClass;
  readonly losses: readonly Loss[];
  readonly numbers: number[];
}

/** Those of whom it says the same are owed the same: very many lost the same for the same time. */
const nameOf = (of: SubscriberClass, losses: readonly Loss[]): string =>
  losses.reduce<string>(
    (name, { lost: { first, last, ms }, services }) =>
      `${name}|${first} ${last} ${ms} ${services.join('\n')}`,
    of,
  );

/** Numbers must be at most 5,000 (design L5). */
export function settle(
  account: Account,
  slice: readonly Range[],
  ledger: Ledger,
): { readonly owed: readonly Owed[]; readonly apologies: readonly Apology[] } {
  const groups = new Map<string, Group>();
  for (const { from, to } of slice) {
    for (let number = from; number < to; number++) {
      const losses = lossesOf(account, number, ledger.subscribers);
      if (losses.length === 0) continue;
      const of = ledger.subscribers.classOf(number);
      const name = nameOf(of, losses);
      const same = groups.get(name);
      if (same === undefined) groups.set(name, { class: of, losses, numbers: [number] });
      else same.numbers.push(number);
    }
  }
  const owed: Owed[] = [];
  const apologies: Apology[] = [];
  for (const { numbers, ...of } of groups.values()) {
    const lines = linesOf(account, of, ledger);
    const subscribers = numbers.map((number) => subscriberKey(ledger.subscribers.keyOf(number)));
    const ranges = runsOf(numbers);
    for (const line of lines) if (note(account, line, ranges)) owed.push({ ...line, subscribers });
    const credit = summed(lines.map(({ money }) => money));
    if (credit.length > 0) apologies.push({ ranges, credit, ...spanOf(lines) });
  }
  return { owed, apologies };
}

/** False where nothing is owed now, and nobody of them was ever owed anything. */
function note(account: Account, { service, money }: Line, ranges: readonly Range[]): boolean {
  const strand =
    account.strands.find((one) => one.service === service) ??
    account.strands.find((one) => one.service === undefined);
  if (strand === undefined) return false;
  if (money.thousandths === 0)
    return ranges.some(({ from, to }) => strand.owed.some((one) => one.from < to && from < one.to));
  strand.owed = united(strand.owed, ranges);
  return true;
}

/** From the first start to the last end of what is owed for. */
function spanOf(lines: readonly Line[]): Pick<Apology, 'from' | 'to'> {
  const owed = lines.filter(({ money }) => money.thousandths > 0);
  return {
    from: instant(Math.min(...owed.map(({ from }) => from))),
    to: instant(Math.max(...owed.map(({ to }) => to))),
  };
}

/** One sum a currency. */
function summed(all: readonly Money[]): Money[] {
  const sums = new Map<string | undefined, number>();
  for (const { currency, thousandths } of all)
    if (thousandths > 0) sums.set(currency, (sums.get(currency) ?? 0) + thousandths);
  return [...sums].map(([currency, thousandths]) => ({ thousandths, currency }));
}
