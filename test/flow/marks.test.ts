// Who is asked for a mark once it works, from the subscriber's word to what the page may show.
import { expect, test } from 'vitest';
import { days, minutes } from '../../src/base/instant.ts';
import { confirmationId, type SubscriberKey } from '../../src/model/ids.ts';
import { policy } from '../support/care.ts';
import { cityContents, keyAt } from '../support/line-city.ts';
import { freshLine, LineRun } from '../support/line-run.ts';
import { terminals } from '../support/small-city.ts';

const branch = terminals('1-1-1');
const [one, other] = [keyAt(branch[0]!), keyAt(branch[1]!)].map((key) => key as SubscriberKey) as [
  SubscriberKey,
  SubscriberKey,
];
const of = policy({
  notify: { holdMs: minutes(1) },
  confirm: { ratingEveryMs: days(90), ratingAfterComplaintMs: days(30) },
});

/** It is out and back, and both say that it works. Answers whether each was asked for a mark. */
function playedOn(run: LineRun, isCalling: boolean) {
  run.observe('raise', branch, { cause: 'LOS' }).pass(minutes(20));
  if (isCalling) run.put({ kind: 'subscriberContact', subscriber: other, channel: 'phone', contact: 'c1' });
  run.observe('clear', branch, { cause: 'LOS' }).pass(minutes(30));
  const { incident } = run.changes('confirmation').at(-1)!.confirmation;
  return [one, other].map((subscriber) => {
    const confirmation = confirmationId(incident, subscriber);
    run.put({
      kind: 'subscriberReply',
      confirmation,
      channel: 'sms',
      reply: { kind: 'answer', answer: 'fixed' },
    });
    return run.changes('confirmation').at(-1)!.confirmation;
  });
}

test('who complained is not asked, who rated lately is not asked again, and both are counted', () => {
  const run = new LineRun(freshLine({ ...cityContents(), policy: () => of })).begin();
  const first = playedOn(run, true);
  expect(first).toMatchObject([
    { subscriber: one, state: 'CONFIRMED', toRate: 'asked' },
    { subscriber: other, state: 'CONFIRMED', toRate: 'complainedLately' },
  ]);
  run.pass(days(40));
  expect(playedOn(run, false)).toMatchObject([{ toRate: 'askedLately' }, { toRate: 'asked' }]);
  expect(run.line.kpis()).toMatchObject({
    ratingsAsked: 2,
    ratingsAskedLately: 1,
    ratingsComplainedLately: 1,
  });
});

test('who gives a mark unasked is heard', () => {
  const run = new LineRun(freshLine({ ...cityContents(), policy: () => of })).begin();
  const [, spared] = playedOn(run, true);
  run.put({
    ...{ kind: 'subscriberReply', confirmation: spared!.id, channel: 'web' },
    reply: { kind: 'rating', score: 3, cause: 'network' },
  });
  expect(run.changes('confirmation').at(-1)!.confirmation.rating).toMatchObject({
    score: 3,
    cause: 'network',
  });
});

test('the call about a low mark ends with what it was about', () => {
  const run = new LineRun(freshLine({ ...cityContents(), policy: () => of })).begin();
  const [asked] = playedOn(run, false);
  run.put({
    ...{ kind: 'subscriberReply', confirmation: asked!.id, channel: 'web' },
    reply: { kind: 'rating', score: 2, cause: 'network' },
  });
  const { task } = run.changes('task').find((change) => change.task.kind === 'ratingCall')!;
  run.put({
    ...{ kind: 'command', by: 'anna' },
    command: { kind: 'finishTask', task: task.id, outcome: 'talked', cause: 'network.speed' },
  });
  expect(run.changes('task').at(-1)!.task).toMatchObject({ state: 'done', cause: 'network.speed' });
});
