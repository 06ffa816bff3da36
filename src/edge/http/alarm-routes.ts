/** Calls about alarms: list, take in a stream, acknowledge, shelve, clear by hand. */
import { after, milliseconds } from '../../base/instant.ts';
import type { Command } from '../../flow/input.ts';
import type { AlarmId } from '../../model/ids.ts';
import { maxIntakeBytes, takeIn } from './alarm-intake.ts';
import { type Call, listQuery, object, ok, oneOf, type Reply, type Route, text, unknownId } from './route.ts';
import { alarmJson, listJson } from './views.ts';

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
      return ok(listJson(await ports.query.alarms(filter, page), alarmJson));
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
    summary: 'Hides an alarm from presentation for that many minutes; it is updated all the same',
    body: object({ minutes: { type: 'integer', minimum: 1, maximum: 10_080 } }, ['minutes']),
    answers: 'the alarm',
    handle(call) {
      const { minutes } = call.body as { readonly minutes: number };
      const until = after(call.ports.world.now(), milliseconds(minutes * 60_000));
      return commandAlarm(call, { kind: 'shelveAlarm', alarm: call.id as AlarmId, until });
    },
  },
  {
    method: 'POST',
    path: '/alarms/:id/clear',
    summary: 'Clears an alarm by hand where its device never will',
    answers: 'the alarm',
    handle: (call) => commandAlarm(call, { kind: 'clearAlarm', alarm: call.id as AlarmId }),
  },
];

async function commandAlarm(call: Call, command: Command): Promise<Reply> {
  const { ports, user, id } = call;
  if ((await ports.query.alarm(id)) === undefined) return unknownId('alarm', id);
  await ports.submit({ kind: 'command', by: user.name, command });
  return alarmReply(call);
}

async function alarmReply({ ports, id }: Call): Promise<Reply> {
  const alarm = await ports.query.alarm(id);
  return alarm === undefined ? unknownId('alarm', id) : ok(alarmJson(alarm));
}
