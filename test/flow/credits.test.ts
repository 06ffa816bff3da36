// What is owed at the end of an outage, from the alarm to the effect and the notice that names it.
import { expect, test } from 'vitest';
import { hours, milliseconds, minutes } from '../../src/base/instant.ts';
import type { Contents } from '../../src/flow/contents.ts';
import type { Effect } from '../../src/flow/effect.ts';
import { type Compensation, dayStart, type Owed } from '../../src/model/compensation.ts';
import type { Policy } from '../../src/model/policy.ts';
import { policy } from '../support/care.ts';
import { cityContents, keyAt } from '../support/line-city.ts';
import { freshLine, LineRun } from '../support/line-run.ts';
import { terminals } from '../support/small-city.ts';

const branch = terminals('1-1-1');
const compensation: Compensation = {
  rules: [
    {
      ...{ id: 'hour', version: '2025-01-01', from: dayStart('2025-01-01')!, overMinutes: 60, per: 'hour' },
      money: { thousandths: 2_500, currency: 'EUR' },
    },
  ],
  tell: 'after',
  tellAfterMs: hours(2),
};

function contentsWith(more: Partial<Compensation>, change: Parameters<typeof policy>[0] = {}): Contents {
  const of: Policy = {
    ...policy({ ...change, notify: { holdMs: minutes(1), ...change.notify } }),
    compensation: { ...compensation, ...more },
  };
  return { ...cityContents(), policy: () => of };
}

const begun = (more: Partial<Compensation> = {}, change: Parameters<typeof policy>[0] = {}): LineRun =>
  new LineRun(freshLine(contentsWith(more, change))).begin();
const effects = (run: LineRun): readonly Effect[] => run.applied.flatMap((applied) => applied.effects);
const owed = (run: LineRun): readonly Owed[] =>
  effects(run).flatMap((effect) => (effect.kind === 'owe' ? [effect.owed] : []));
const told = (run: LineRun, type: string) => run.tells().filter((tell) => tell.type === type);
const reached = (run: LineRun, type: string): number =>
  told(run, type).reduce((sum, { from, to, except }) => sum + to - from - except.length, 0);
const cut = (run: LineRun, length: number): LineRun =>
  run
    .observe('raise', branch, { cause: 'LOS' })
    .pass(minutes(length))
    .observe('clear', branch, { cause: 'LOS' });

test('an outage beyond the threshold is owed for once it is stable, and an apology names the sum two hours later', () => {
  const run = cut(begun(), 150).pass(hours(3));
  expect(owed(run)).toMatchObject([
    {
      ...{ service: 'internet', class: 'residential', rule: { id: 'hour', version: '2025-01-01' } },
      money: { thousandths: 5_000, currency: 'EUR' },
      subscribers: branch.map(keyAt),
    },
  ]);
  expect(owed(run)[0]!.minutes).toBeGreaterThanOrEqual(149);
  const [apology] = told(run, 'apology');
  expect(apology).toMatchObject({
    facts: { credit: [{ thousandths: 5_000, currency: 'EUR' }] },
    held: false,
  });
  expect(apology!.notBefore! - owed(run)[0]!.to).toBeGreaterThanOrEqual(hours(2));
  expect(reached(run, 'apology')).toBe(8);
});

test('a short one is owed nothing, and without rules there is nothing at all', () => {
  const run = cut(begun(), 40).pass(hours(3));
  expect([owed(run), told(run, 'apology')]).toEqual([[], []]);
  const without = cut(new LineRun().begin(), 300).pass(hours(3));
  expect([owed(without), told(without, 'apology')]).toEqual([[], []]);
});

test('a relapse brings what is owed in the end, and no second apology', () => {
  const run = cut(begun({ tellAfterMs: minutes(1) }), 150).pass(minutes(15));
  const first = owed(run).at(-1)!;
  cut(run, 100).pass(hours(4));
  const last = owed(run).at(-1)!;
  expect(last.incident).toBe(first.incident);
  expect(last.minutes).toBeGreaterThan(first.minutes);
  expect(last.money.thousandths).toBeGreaterThan(first.money.thousandths);
  expect(reached(run, 'apology')).toBe(8);
});

test('an apology that has not left when the fault is back is taken back, and comes when it is over', () => {
  const run = cut(begun(), 150).pass(minutes(15));
  expect(reached(run, 'apology')).toBe(8);
  cut(run, 100).pass(hours(4));
  const withdrawn = effects(run).some(
    (effect) => effect.kind === 'withdraw' && effect.types.includes('apology'),
  );
  expect(withdrawn).toBe(true);
  const [first, second] = told(run, 'apology');
  expect(second!.facts.credit![0]!.thousandths).toBeGreaterThan(first!.facts.credit![0]!.thousandths);
  expect(second!.revision).not.toBe(first!.revision);
});

test('where both are one message, only those who are owed nothing hear that it works in the other', () => {
  const confirm = { ask: false };
  const merged = cut(begun({ tell: 'merged' }, { confirm }), 150).pass(hours(3));
  expect([reached(merged, 'apology'), reached(merged, 'restored')]).toEqual([8, 0]);
  expect(told(merged, 'apology')[0]).toMatchObject({ notBefore: undefined });
  const short = cut(begun({ tell: 'merged' }, { confirm }), 40).pass(hours(3));
  expect([reached(short, 'apology'), reached(short, 'restored')]).toEqual([0, 8]);
  const never = cut(begun({ tell: 'never' }, { confirm }), 150).pass(hours(3));
  expect([reached(never, 'apology'), reached(never, 'restored')]).toEqual([0, 8]);
  expect(owed(never)).toHaveLength(1);
});

test('an apology sleeps through the night, and one to very many waits for a second person', () => {
  const quietHours = { fromMinute: 18 * 60, toMinute: 8 * 60 };
  const night = cut(begun({}, { notify: { quietHours } }), 150).pass(hours(3));
  // The city's noon in UTC is 15:00 in Moscow: two hours after an outage of two and a half it is night.
  expect(new Date(told(night, 'apology')[0]!.notBefore!).getUTCHours()).toBe(5);
  const careful = cut(begun({}, { notify: { secondPersonAbove: 3 } }), 150).pass(hours(3));
  expect(told(careful, 'apology')).toMatchObject([{ held: true }]);
});

test('a line that starts again from its snapshot owes what the other one owes', () => {
  const contents = contentsWith({});
  const run = new LineRun(freshLine(contents)).begin();
  run.observe('raise', branch, { cause: 'LOS' }).pass(minutes(90));
  const again = freshLine(contents);
  again.restore(JSON.parse(JSON.stringify(run.line.snapshot())));
  const other = new LineRun(again, run.at);
  for (const one of [run, other]) {
    one.observe('clear', branch, { cause: 'LOS' }).pass(milliseconds(1)).pass(hours(3));
  }
  expect(owed(other)).toEqual(owed(run));
  expect(owed(other)).toHaveLength(1);
});
