/** Calls of gateways, bots and the telephone system: answers of subscribers, as a choice or in their own words. */
import { meantBy, namesOf, openInOrder, type Reading, readPressed, tallyOf } from '../../confirm/confirm.ts';
import type { SubscriberReply } from '../../flow/input.ts';
import type { Answer } from '../../model/confirmation.ts';
import type { ConfirmationId, SubscriberKey } from '../../model/ids.ts';
import type { ContactChannel } from '../../model/ticket.ts';
import type { ConfirmationView } from './ports.ts';
import { type Call, object, ok, oneOf, type Reply, type Route, refusal, text, unknownId } from './route.ts';
import { confirmationJson } from './views.ts';

/** A word of the gateway's own; it goes into the journal, so it is short and holds no address or number. */
const answerChannel = { type: 'string', pattern: '^[A-Za-z][A-Za-z_-]{0,31}$' };
/** E.164 (ITU-T): at most 15 digits. */
const phoneNumber = { type: 'string', pattern: '^\\+[1-9]\\d{4,14}$' };
const maxTextLength = 4_000;

export const answerRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/incidents/:id/answers',
    summary:
      'What those who were asked about an incident answered, in numbers, and the share that may still be out at the most ' +
      '(one-sided 95 %; 3/n where nobody of n said "no")',
    answers: 'the counts',
    async handle({ ports, id }) {
      if ((await ports.query.incident(id)) === undefined) return unknownId('incident', id);
      const { stillOutAtMost = null, ...counts } = tallyOf(await ports.query.confirmationCounts(id));
      return ok({ ...counts, stillOutAtMost });
    },
  },
  {
    method: 'POST',
    path: '/confirmations/:id/answer',
    summary:
      'Hands in the answer of a subscriber that came by a bot, the telephone or a gateway; without `answer` the text is read. ' +
      'With `from` only a number of that subscriber counts',
    body: object(
      {
        answer: oneOf(['fixed', 'notFixed', 'contactMe']),
        channel: answerChannel,
        text: text(maxTextLength),
        from: phoneNumber,
      },
      ['channel'],
    ),
    answers: 'the confirmation',
    handle: handInAnswer,
  },
  {
    method: 'POST',
    path: '/answers',
    summary:
      'Hands in what somebody wrote or pressed, by the number it came from: it answers the question that is open to this number; ' +
      'where several are open, 11 12 13 answer the first, 21 22 23 the second, in the order of asking',
    body: object({ from: phoneNumber, channel: answerChannel, text: text(maxTextLength) }, [
      'from',
      'channel',
      'text',
    ]),
    answers: 'how it was read, and the confirmations that took it',
    handle: takeMessage,
  },
];

async function handInAnswer({ ports, id, body }: Call): Promise<Reply> {
  const given = body as {
    readonly answer?: Answer;
    readonly channel: ContactChannel;
    readonly text?: string;
    readonly from?: string;
  };
  if (given.answer === undefined && given.text === undefined)
    return refusal(400, 'An answer needs `answer` or `text`.');
  const view = await ports.query.confirmation(id);
  if (view === undefined) return unknownId('confirmation', id);
  const { subscriber } = view.confirmation;
  if (given.from !== undefined) {
    if (!ports.answers.admits(given.from)) return tooMany();
    const people = await ports.query.whoHas(given.from);
    if (people === 'crowd' || !people.includes(subscriber))
      return refusal(403, 'The sender is no number of this subscriber; nothing was changed.');
  }
  const contact =
    given.text === undefined ? undefined : await ports.query.storeContact(subscriber, given.text);
  const reading =
    given.answer === undefined ? readingOf(given.text!, given.channel, ports.answers) : undefined;
  await submit({ ports }, view.confirmation.id, given.channel, replyOf(reading, given.answer, contact));
  return ok(confirmationJson((await ports.query.confirmation(id)) ?? view));
}

/** Strangers and those who were asked nothing get the same answer as everybody: nothing is told of who is whom. */
async function takeMessage({ ports, body }: Call): Promise<Reply> {
  const given = body as { readonly from: string; readonly channel: ContactChannel; readonly text: string };
  if (!ports.answers.admits(given.from)) return tooMany();
  const found = await ports.query.whoHas(given.from);
  const people = found === 'crowd' ? [] : found;
  const all = await ports.query.questionsTo(people);
  const waiting = openInOrder(all);
  const names = namesOf(waiting, await ports.query.askedNumbers(waiting.map(({ id }) => id)));
  const reading = readingOf(given.text, given.channel, ports.answers, names);
  const meant = meantBy(reading, { waiting, names, all });
  const taken: ConfirmationView[] = [];
  for (const { id, subscriber } of meant) {
    const contact = await ports.query.storeContact(subscriber, given.text);
    await submit({ ports }, id, given.channel, replyOf(reading, undefined, contact));
    const view = await ports.query.confirmation(id);
    if (view !== undefined) taken.push(view);
  }
  if (meant.length === 0) await keepWords({ ports }, people[0], { ...given, reading });
  const answer = reading.kind === 'answer' ? reading.answer : null;
  return ok({ read: reading.kind, answer, sureness: reading.sureness, taken: taken.map(confirmationJson) });
}

/** Nothing is asked of them: what they say is for a person, a bare "yes" excepted, and what keys say is nothing without a question. */
async function keepWords(
  { ports }: Pick<Call, 'ports'>,
  subscriber: SubscriberKey | undefined,
  said: {
    readonly from: string;
    readonly channel: ContactChannel;
    readonly text: string;
    readonly reading: Reading;
  },
): Promise<void> {
  if (said.channel === 'ivr') return;
  if (subscriber === undefined)
    return ports.query.storeStranger({ from: said.from, to: said.channel, text: said.text });
  const contact = await ports.query.storeContact(subscriber, said.text);
  const { channel, reading } = said;
  if (reading.kind === 'answer' && reading.answer === 'fixed') return;
  await ports.submit({ kind: 'subscriberContact', subscriber, channel, contact });
}

/** On the telephone only keys count: what a machine made of a voice is no answer. */
function readingOf(
  given: string,
  channel: ContactChannel,
  reader: Call['ports']['answers'],
  asked: readonly number[] = [],
): Reading {
  if (channel !== 'ivr') return reader.read(given, asked.length === 0 ? undefined : asked);
  const answer = readPressed(given);
  return answer === undefined ? { kind: 'unclear', sureness: 0 } : { kind: 'answer', answer, sureness: 1 };
}

function replyOf(
  reading: Reading | undefined,
  answer: Answer | undefined,
  contact: string | undefined,
): SubscriberReply {
  if (answer !== undefined) return { kind: 'answer', answer };
  if (reading?.kind === 'answer')
    return { kind: 'answer', answer: reading.answer, sureness: reading.sureness, contact };
  return reading?.kind === 'stop' ? { kind: 'stop' } : { kind: 'unclear', contact };
}

async function submit(
  { ports }: Pick<Call, 'ports'>,
  confirmation: ConfirmationId,
  channel: ContactChannel,
  reply: SubscriberReply,
): Promise<void> {
  await ports.submit({ kind: 'subscriberReply', confirmation, channel, reply });
}

const tooMany = (): Reply =>
  refusal(429, 'More comes from this number than a person writes; try again later.');
