/** `incident`, `alarm`, .. over the API of a real front, and the token that opens it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordVerbs } from '../../../src/app/cli/records.ts';
import type { Verb } from '../../../src/app/cli/verb.ts';
import { resourceId } from '../../../src/model/ids.ts';
import { key } from '../../support/front-ports.ts';
import { anAlarm } from '../../support/front-records.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';
import { json, jsonLines, say } from './collecting-terminal.ts';

let opened: OpenedFront;
beforeEach(async () => {
  opened = await openTestFront();
  process.env['ALLCLEAR_TOKEN'] = key;
});
afterEach(async () => {
  delete process.env['ALLCLEAR_TOKEN'];
  await opened.close();
});

const verb = (name: string): Verb => recordVerbs.find((one) => one.name === name)!;
const run = (name: string, ...argv: readonly string[]) => say(verb(name), ...argv, '--url', opened.console);

test('alarms are listed as a table, as one object and as a stream', async () => {
  const alarm = anAlarm({ resource: resourceId('olt-1/if/7'), cause: 'LINK_DOWN' });
  opened.daemon.alarms.set(alarm.id, alarm);
  const table = await run('alarm');
  expect(table.code).toBe(0);
  expect(table.out[0]).toContain('severity');
  expect(table.out[0]).toContain(alarm.id.slice(0, 20));
  expect(json(await run('alarm', 'list', '--json'))).toMatchObject({ total: 1, items: [{ id: alarm.id }] });
  expect(jsonLines(await run('alarm', 'list', '--state', 'raised', '--jsonl'))).toMatchObject([
    { id: alarm.id },
  ]);
});

test('an alarm is shown and acknowledged by its id', async () => {
  const alarm = anAlarm({ resource: resourceId('olt-1/if/7'), cause: 'LINK_DOWN' });
  opened.daemon.alarms.set(alarm.id, alarm);
  expect(json(await run('alarm', 'show', alarm.id, '--json'))).toMatchObject({ id: alarm.id });
  expect((await run('alarm', 'ack', alarm.id, '--json')).code).toBe(0);
  expect(opened.daemon.inputs).toMatchObject([
    { kind: 'command', by: 'irina', command: { kind: 'acknowledgeAlarm', alarm: alarm.id } },
  ]);
  await run('alarm', 'shelve', alarm.id, '--minutes', '5');
  expect(opened.daemon.inputs[1]).toMatchObject({ command: { kind: 'shelveAlarm' } });
  await run('alarm', 'shelve', alarm.id, '--until-cleared');
  expect(opened.daemon.inputs[2]).toMatchObject({ command: { kind: 'shelveAlarm', untilCleared: true } });
  await expect(run('alarm', 'shelve', alarm.id)).rejects.toThrow('how many minutes');
  await run('alarm', 'unshelve', alarm.id);
  expect(opened.daemon.inputs[3]).toMatchObject({ command: { kind: 'shelveAlarm', until: 0 } });
  const noted = json(await run('alarm', 'note', alarm.id, '--text', 'the fan was ordered', '--json'));
  expect(noted).toMatchObject({ notes: [{ by: 'irina', text: 'the fan was ordered' }] });
});

test('what the API refuses is told with its reason; what is missing is usage', async () => {
  await expect(run('incident', 'show', 'none')).rejects.toMatchObject({ code: 'api/refused' });
  await expect(run('notice', 'approve', 'none')).rejects.toMatchObject({ code: 'api/refused' });
  await expect(run('task', 'finish', 't-1')).rejects.toMatchObject({ code: 'usage/option' });
  await expect(run('task', 'finish', 't-1', '--outcome', 'magic')).rejects.toThrow('outcome');
  await expect(run('notice', 'show', 'x')).rejects.toMatchObject({ code: 'usage/argument' });
  await expect(run('alarm', 'akc', 'x')).rejects.toThrow('did you mean "ack"?');
});

test('no token and a wrong one are denied, a closed port is unreachable', async () => {
  process.env['ALLCLEAR_TOKEN'] = 'x'.repeat(40);
  await expect(run('device')).rejects.toMatchObject({ code: 'denied/refused' });
  delete process.env['ALLCLEAR_TOKEN'];
  await expect(run('device')).rejects.toMatchObject({ code: 'denied/no-token' });
  process.env['ALLCLEAR_TOKEN'] = key;
  await expect(say(verb('device'), '--url', 'http://127.0.0.1:1')).rejects.toMatchObject({
    code: 'reach/no-answer',
  });
  await expect(say(verb('device'), '--url', 'nonsense')).rejects.toMatchObject({ code: 'usage/url' });
});
