/** What single subscribers change reaches those who plan notices at once, and stays over a snapshot until there are new columns. */
import { expect, test } from 'vitest';
import { minutes } from '../../src/base/instant.ts';
import type { Line } from '../../src/flow/line.ts';
import { subscriberKey } from '../../src/model/ids.ts';
import type { Tell } from '../../src/model/notice.ts';
import { quietCode } from '../../src/model/quiet-hours.ts';
import type { SubscriberFacts } from '../../src/model/subscriber.ts';
import { keyAt } from '../support/line-city.ts';
import { freshLine, LineRun } from '../support/line-run.ts';
import { terminals } from '../support/small-city.ts';

const branch = terminals('1-1-1');
const facts = (terminal: string, change: Partial<SubscriberFacts> = {}): SubscriberFacts => ({
  subscriber: subscriberKey(keyAt(terminal)),
  masks: [3, 3, 3, 3],
  language: 'ru',
  optedOut: false,
  ...change,
});

const say = (run: LineRun, said: readonly SubscriberFacts[], channels = ['sms', 'mail']): LineRun =>
  run.put({ kind: 'subscriberFacts', channels, facts: said });

/** Keys of whoever is told of an outage of the whole branch. */
function toldOf(run: LineRun): number[] {
  run.observe('raise', branch, { cause: 'LOS' }).pass(minutes(30));
  const columns = run.line.subscribers!;
  return run
    .tells()
    .filter(({ type }: Tell) => type === 'detected')
    .flatMap(({ from, to, except }) =>
      Array.from({ length: to - from }, (_, i) => from + i).filter((number) => !except.includes(number)),
    )
    .map((number) => columns.keyOf(number) as number)
    .sort((a, b) => a - b);
}

const all = branch.map(keyAt).sort((a, b) => a - b);

test('whoever withdrew, cannot be reached any more or is gone is not planned for; whoever came back is', () => {
  const run = new LineRun().begin();
  const [one, two, three, four] = branch as [string, string, string, string];
  say(run, [
    facts(one, { masks: [0, 3, 3, 3] }),
    facts(two, { masks: [0, 0, 0, 0] }),
    facts(three, { optedOut: true }),
    facts(four, { optedOut: true }),
  ]);
  say(run, [facts(four)]);
  expect(toldOf(run)).toEqual(all.filter((key) => ![one, two, three].map(keyAt).includes(key)));
});

test('a category is withdrawn by itself, and channels are known by their names', () => {
  const run = new LineRun().begin();
  const [one] = branch as [string];
  say(run, [facts(one, { masks: [0b010, 0b000, 0b001, 0b110], language: 'en' })], ['mail', 'sms', 'fax']);
  const columns = run.line.subscribers!;
  const number = columns.numberOf(keyAt(one));
  const mask = (category?: 'planned' | 'feedback' | 'whatWeDid') => columns.channelMaskOf(number, category);
  // Of the columns sms is the first bit and mail the second; there is no fax.
  expect([mask(), mask('planned'), mask('feedback'), mask('whatWeDid')]).toEqual([0b01, 0, 0b10, 0b01]);
  expect(columns.languageOf(number)).toBe(0);
  expect(columns.isOptedOut(number)).toBe(false);
});

test('a key that no column has changes nothing', () => {
  const run = say(new LineRun().begin(), [{ ...facts(branch[0]!), subscriber: subscriberKey(999_999) }]);
  expect(run.line.kpis()).toMatchObject({ subscribersChanged: 0, failedInputs: 0 });
});

function restored(line: Line): LineRun {
  const again = freshLine();
  again.restore(JSON.parse(JSON.stringify(line.snapshot())));
  return new LineRun(again, line.at);
}

test('a snapshot carries it, one of before is read, and new columns take its place', () => {
  const run = new LineRun().begin();
  const [one] = branch as [string];
  const before = JSON.stringify(run.line.snapshot());
  expect(before).not.toContain('"facts":[');
  say(run, [facts(one, { masks: [0, 0, 0, 0], optedOut: true })]);
  const after = restored(run.line);
  expect(after.line.snapshot()).toEqual(JSON.parse(JSON.stringify(run.line.snapshot())));
  expect(toldOf(after)).toEqual(all.filter((key) => key !== keyAt(one)));
  run.put({ kind: 'topologyVersion', version: 2, topology: 'city', subscribers: 'all' });
  expect(run.line.kpis()).toMatchObject({ subscribersChanged: 0 });
  expect(toldOf(run)).toEqual(all);
});

test('quiet hours of their own come with it, stay over a snapshot, and go when they are given up', () => {
  const run = new LineRun().begin();
  const [one] = branch as [string];
  const quietOf = (of: LineRun) => of.line.subscribers!.quietOf(of.line.subscribers!.numberOf(keyAt(one)));
  const quiet = quietCode('21:00-10:00');
  expect(quietOf(run)).toBe(0);
  say(run, [facts(one, { quiet, optedOut: true, language: 'en' })]);
  const after = restored(run.line);
  for (const of of [run, after]) {
    const { subscribers } = of.line;
    const number = subscribers!.numberOf(keyAt(one));
    expect([quietOf(of), subscribers!.isOptedOut(number), subscribers!.languageOf(number)]).toEqual([
      quiet,
      true,
      0,
    ]);
    expect(subscribers!.channelMaskOf(number, 'whatWeDid')).toBe(3);
  }
  say(run, [facts(one)]);
  expect(quietOf(run)).toBe(0);
});
