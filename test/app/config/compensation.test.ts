import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/app/config/config.ts';
import { parsePolicy } from '../../../src/app/config/policy.ts';
import { hours } from '../../../src/base/instant.ts';

const webhooks = 'webhooks: { billing: { url: "https://billing.example/in", secret: between-us } }\n';
const read = (compensation: string) =>
  parseConfig('/etc/allclear/allclear.yaml', `format: allclear/1\n${webhooks}${compensation}`);
const found = (compensation: string) =>
  read(compensation).problems.map(({ line, code, message }) => `${line} ${code}: ${message}`);

describe('what is owed for outages, as it is written', () => {
  test('dated rows become rules, in thousandths', () => {
    const { value, problems } = read(`compensation:
  to: billing
  rules:
    - { id: gb-loss, from: 2024-04-01, classes: [residential], over: 48h, per: day, amount: 9.76, currency: GBP }
    - { id: gb-loss, from: 2026-04-01, classes: [residential], over: 48h, per: day, amount: 10.34, currency: GBP, cap: 310.2 }
    - { id: fee, from: 2026-01-01, over: 4h, dayFees: 0.5, exceptWorksToldAhead: 72h }
`);
    expect(problems).toEqual([]);
    expect(value.policy.compensation).toEqual({
      ...{ tell: 'after', tellAfterMs: hours(2), to: 'billing' },
      rules: [
        {
          ...{ id: 'gb-loss', version: '2024-04-01', from: Date.UTC(2024, 3, 1), classes: ['residential'] },
          ...{ overMinutes: 2_880, per: 'day', money: { thousandths: 9_760, currency: 'GBP' } },
        },
        {
          ...{ id: 'gb-loss', version: '2026-04-01', from: Date.UTC(2026, 3, 1), classes: ['residential'] },
          ...{
            overMinutes: 2_880,
            per: 'day',
            money: { thousandths: 10_340, currency: 'GBP' },
            cap: 310_200,
          },
        },
        {
          ...{
            id: 'fee',
            version: '2026-01-01',
            from: Date.UTC(2026, 0, 1),
            overMinutes: 240,
            per: 'outage',
          },
          ...{ money: { thousandths: 500 }, exceptWorksToldMs: hours(72) },
        },
      ],
    });
  });

  test('without rules there is nothing of it', () => {
    expect(read('').value.policy.compensation).toBeUndefined();
    expect(read('compensation: { rules: [] }\n').value.policy.compensation).toBeUndefined();
  });

  test('every mistake has its line, and the sound rows stay', () => {
    const written = `compensation:
  to: biling
  rules:
    - { id: a, from: 2026-02-30, over: 4h, dayFees: 1 }
    - { id: b, from: 2026-01-01, over: 4h }
    - { id: c, from: 2026-01-01, over: 4h, amount: 1, dayFees: 1, currency: EUR }
    - { id: d, from: 2026-01-01, over: 4h, amount: 1 }
    - { id: e, from: 2026-01-01, over: 4h, amount: 1.2345, currency: EUR }
    - { id: f, from: 2026-01-01, over: 4h, amount: 1, currency: EUR }
    - { id: f, from: 2026-01-01, over: 5h, amount: 2, currency: EUR }
`;
    expect(found(written)).toEqual([
      '6 config/not-valid: "2026-02-30" is no day',
      '7 config/not-valid: "b" owes nothing',
      '8 config/not-valid: "c" owes two things',
      '9 config/not-valid: nobody knows of which currency 1 is',
      '10 config/not-valid: 1.2345 is finer than a thousandth',
      '12 config/duplicate-id: two rows of "f" hold from 2026-01-01',
      '4 config/unknown-webhook: there is no webhook "biling" in the configuration',
    ]);
    expect(read(written).value.policy.compensation?.rules.map(({ id }) => id)).toEqual(['f']);
  });

  test('a policy file says the same', () => {
    const text =
      'compensation: { to: billing, tell: merged, rules: [{ id: a, from: "2026-01-01", over: 1h, dayFees: 1 }] }\n';
    const { value, problems } = parsePolicy('policy.yaml', text, { channels: [], webhooks: ['billing'] });
    expect(problems).toEqual([]);
    expect(value.compensation).toMatchObject({ tell: 'merged', to: 'billing', rules: [{ id: 'a' }] });
  });
});
