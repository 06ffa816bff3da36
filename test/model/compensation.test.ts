import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hours } from '../../src/base/instant.ts';
import { type CompensationRule, dayStart, type Outage, owedFor } from '../../src/model/compensation.ts';

const row = (version: string, more: Partial<CompensationRule> = {}): CompensationRule => ({
  ...{ id: 'loss', version, from: dayStart(version)!, overMinutes: 2_880, per: 'day' },
  money: { thousandths: 10_340, currency: 'GBP' },
  ...more,
});
const outage = (minutes: number, more: Partial<Outage> = {}): Outage => ({
  ...{ class: 'residential', service: 'internet', startedAt: dayStart('2026-05-01')!, minutes },
  ...more,
});
const sum = (minutes: number, rules: readonly CompensationRule[], more: Partial<Outage> = {}) =>
  owedFor(outage(minutes, more), rules)?.money.thousandths;

describe('what is owed', () => {
  test('begins beyond the threshold, and rises with each day that has begun', () => {
    const rules = [row('2026-04-01')];
    expect([2_880, 2_881, 4_320, 4_321].map((minutes) => sum(minutes, rules))).toEqual([
      ...[undefined, 10_340, 10_340, 20_680],
    ]);
  });

  test('is that of the newest row in force when the outage began', () => {
    const rules = [
      row('2024-04-01', { money: { thousandths: 9_760, currency: 'GBP' } }),
      row('2026-04-01'),
      row('2027-04-01', { money: { thousandths: 11_000, currency: 'GBP' } }),
    ];
    const at = (day: string) => sum(3_000, rules, { startedAt: dayStart(day)! });
    expect([at('2024-03-31'), at('2026-03-31'), at('2026-04-01')]).toEqual([undefined, 9_760, 10_340]);
  });

  test('is by the first row that fits class, service and length, and never above its cap', () => {
    const rules = [
      row('2026-01-01', { id: 'shops', classes: ['business'], overMinutes: 60, per: 'outage' }),
      row('2026-01-01', { id: 'tv', services: ['tv'], overMinutes: 0, per: 'hour', cap: 25_000 }),
    ];
    expect(sum(61, rules)).toBeUndefined();
    expect(sum(61, rules, { class: 'business' })).toBe(10_340);
    expect(sum(6_000, rules, { service: 'tv' })).toBe(25_000);
  });

  test('is nothing for works that were announced in time, where the row says so', () => {
    const rules = [row('2026-01-01', { exceptWorksToldMs: hours(72) })];
    expect(sum(3_000, rules, { worksToldMs: hours(72) })).toBeUndefined();
    expect(sum(3_000, rules, { worksToldMs: hours(71) })).toBe(10_340);
    expect(sum(3_000, rules)).toBe(10_340);
  });

  test('is never negative and never less for a longer outage', () => {
    const rule = fc.record({
      over: fc.nat(5_000),
      per: fc.constantFrom('outage', 'day', 'hour'),
      cap: fc.nat(50_000),
    });
    fc.assert(
      fc.property(rule, fc.nat(20_000), fc.nat(20_000), ({ over, per, cap }, a, b) => {
        const rules = [row('2026-01-01', { overMinutes: over, per: per as CompensationRule['per'], cap })];
        const [less, more] = [sum(Math.min(a, b), rules) ?? 0, sum(Math.max(a, b), rules) ?? 0];
        expect(less).toBeGreaterThanOrEqual(0);
        expect(more).toBeGreaterThanOrEqual(less);
      }),
    );
  });

  test('has rows from days that there are', () => {
    expect(['2026-02-30', '2026-4-1', 'today', ''].map(dayStart)).toEqual([
      ...[undefined, undefined, undefined, undefined],
    ]);
    expect(dayStart('2026-04-01')).toBe(Date.UTC(2026, 3, 1));
  });
});
