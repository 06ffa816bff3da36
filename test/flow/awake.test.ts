/** Who answers us at night is told at night what comes next; who wants nothing more is not. */
import { expect, test } from 'vitest';
import { hours, instant, minutes } from '../../src/base/instant.ts';
import type { SubscriberReply } from '../../src/flow/input.ts';
import type { IncidentId } from '../../src/model/ids.ts';
import { confirmationId, subscriberKey } from '../../src/model/ids.ts';
import { allTerminals, cityNoon, keyAt } from '../support/line-city.ts';
import { freshLine, LineRun } from '../support/line-run.ts';

const below = allTerminals.filter((id) => id.startsWith('ont-1-1-1-'));
const [first] = below as [string];

/** Half past ten in the evening in Moscow; noon of the city is 12:00 UTC. */
const evening = instant(cityNoon + hours(7) + minutes(30));

function toldAtNight(reply: SubscriberReply | undefined) {
  const run = new LineRun(freshLine(), evening).begin({ policy: 'quiet' });
  const confirmation = confirmationId('l.1.4' as IncidentId, subscriberKey(keyAt(first)));
  if (reply !== undefined) run.put({ kind: 'subscriberReply', confirmation, channel: 'sms', reply });
  run.observe('raise', below, { cause: 'LOS' }).pass(minutes(5));
  const told = run.tells().filter(({ type }) => type === 'detected');
  const numberOf = run.line.subscribers!.numberOf(keyAt(first));
  const own = told.filter(
    ({ from, to, except }) => from <= numberOf && numberOf < to && !except.includes(numberOf),
  );
  expect(own).toHaveLength(1);
  return own[0]!.notBefore === undefined;
}

test.each<[string, SubscriberReply | undefined, boolean]>([
  ['an answer', { kind: 'answer', answer: 'fixed' }, true],
  ['words that nobody could make out', { kind: 'unclear', contact: 'row-1' }, true],
  ['a mark', { kind: 'rating', score: 9 }, true],
  ['that they want no more questions', { kind: 'stop' }, false],
  ['nothing', undefined, false],
])('who sent %s a short while ago', (_said, reply, isTold) => {
  expect(toldAtNight(reply)).toBe(isTold);
});
