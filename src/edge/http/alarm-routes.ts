/** Calls about alarms: list, take in a stream, acknowledge, shelve, write a note, clear by hand. */
import { after, instant, milliseconds } from '../../base/instant.ts';
import type { Command } from '../../flow/input.ts';
import type { Alarm } from '../../model/alarm.ts';
import type { AlarmId } from '../../model/ids.ts';
import { maxIntakeBytes, takeIn } from './alarm-intake.ts';
import { alarmLoadJson } from './alarm-load-json.ts';
import type { FrontPorts } from './ports.ts';
import {
  type Call,
  listQuery,
  object,
  ok,
  oneOf,
  type Reply,
  type Route,
  refusal,
  text,
  unknownId,
} from './route.ts';
import { alarmJson, listJson } from './views.ts';

/** A week: what is hidden for longer is forgotten. */
const mostShelfMinutes = 10_080;

export const alarmRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/alarms',
    summary: 'Alarms, newest first',
    query: listQuery({ state: oneOf(['raised', 'cleared']), incident: text(200) }),
    answers: 'a list of alarms',
    async handle({ ports, query, page }) {
      const filter = {
        state: query['state'] as 'raised' | 'cleared' | undefined,
        incident: query['incident'],
      };
      const listed = await ports.query.alarms(filter, page);
      const texts = await textsOf(ports, listed.items);
      return ok(listJson(listed, (alarm) => alarmJson(alarm, texts)));
    },
  },
  {
    method: 'POST',
    path: '/alarms',
    summary:
      'Takes in alarm-stream records, NDJSON or a JSON array; answered when all that was accepted is on disk',
    rawBodyBytes: maxIntakeBytes,
    answers: 'how many were accepted and which lines were refused, and why',
    handle: ({ ports, body }) => takeIn(ports, body as string),
  },
  {
    method: 'GET',
    path: '/alarm-load',
    summary:
      'What an operator position was shown, by ISA-18.2 and EEMUA 191: rates, floods, the most frequent, chattering, stale, shelved',
    answers: 'the figures of the last day and of thirty days, with the targets',
    handle: async ({ ports }) => ok(await alarmLoadJson(ports)),
  },
  {
    method: 'GET',
    path: '/alarms/:id',
    summary: 'One alarm',
    answers: 'the alarm',
    handle: alarmReply,
  },
  {
    method: 'POST',
    path: '/alarms/:id/acknowledge',
    summary: 'Takes an alarm: somebody is looking after it',
    answers: 'the alarm',
    handle: (call) => commandAlarm(call, { kind: 'acknowledgeAlarm', alarm: call.id as AlarmId }),
  },
  {
    method: 'POST',
    path: '/alarms/:id/unacknowledge',
    summary: 'Gives an alarm back',
    answers: 'the alarm',
    handle: (call) => commandAlarm(call, { kind: 'unacknowledgeAlarm', alarm: call.id as AlarmId }),
  },
  {
    method: 'POST',
    path: '/alarms/:id/shelve',
    summary:
      'Hides an alarm from presentation for that many minutes, or until it clears but no longer; it is updated all the same',
    body: object(
      {
        minutes: { type: 'integer', minimum: 1, maximum: mostShelfMinutes },
        untilCleared: { type: 'boolean' },
      },
      [],
    ),
    answers: 'the alarm',
    handle: shelve,
  },
  {
    method: 'POST',
    path: '/alarms/:id/unshelve',
    summary: 'Takes an alarm off the shelf',
    answers: 'the alarm',
    handle: (call) =>
      commandAlarm(call, { kind: 'shelveAlarm', alarm: call.id as AlarmId, until: instant(0) }),
  },
  {
    method: 'POST',
    path: '/alarms/:id/notes',
    summary: 'Writes a note to an alarm; it stays as long as the alarm lives',
    body: object({ text: text(4_000) }, ['text']),
    answers: 'the alarm',
    handle: note,
  },
  {
    method: 'POST',
    path: '/alarms/:id/clear',
    summary: 'Clears an alarm by hand where its device never will',
    answers: 'the alarm',
    handle: (call) => commandAlarm(call, { kind: 'clearAlarm', alarm: call.id as AlarmId }),
  },
];

function shelve(call: Call): Promise<Reply> {
  const { minutes, untilCleared } = call.body as { minutes?: number; untilCleared?: boolean };
  if (minutes === undefined && untilCleared !== true)
    return Promise.resolve(refusal(400, 'Say for how many minutes, or untilCleared, or both.'));
  const until = after(call.ports.world.now(), milliseconds((minutes ?? mostShelfMinutes) * 60_000));
  const alarm = call.id as AlarmId;
  return commandAlarm(call, {
    ...{ kind: 'shelveAlarm', alarm, until },
    untilCleared: untilCleared === true ? true : undefined,
  });
}

/** The text goes to the book first: the journal names its row. */
async function note(call: Call): Promise<Reply> {
  const { ports, id, body } = call;
  const { text: written } = body as { readonly text: string };
  if (written.trim() === '') return refusal(400, 'text is empty.');
  if ((await ports.query.alarm(id)) === undefined) return unknownId('alarm', id);
  const row = await ports.query.storeNote(written);
  return commandAlarm(call, { kind: 'noteAlarm', alarm: id as AlarmId, note: row });
}

async function commandAlarm(call: Call, command: Command): Promise<Reply> {
  const { ports, user, id } = call;
  if ((await ports.query.alarm(id)) === undefined) return unknownId('alarm', id);
  await ports.submit({ kind: 'command', by: user.name, command });
  return alarmReply(call);
}

async function alarmReply({ ports, id }: Call): Promise<Reply> {
  const alarm = await ports.query.alarm(id);
  return alarm === undefined ? unknownId('alarm', id) : ok(alarmJson(alarm, await textsOf(ports, [alarm])));
}

const textsOf = (ports: FrontPorts, alarms: readonly Alarm[]): Promise<ReadonlyMap<string, string>> =>
  ports.query.noteTexts(alarms.flatMap(({ notes = [] }) => notes.map((one) => one.text)));
