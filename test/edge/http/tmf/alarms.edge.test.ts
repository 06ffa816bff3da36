import { afterAll, beforeAll, expect, test } from 'vitest';
import { areThere, judgeBy, missing, openTmForum, type TmForum } from './tmf-fixture.ts';

// TMF642 over real HTTP with a real line behind it.

let tmf: TmForum;
beforeAll(async () => {
  tmf = await openTmForum();
});
afterAll(() => tmf.close());

const sent = {
  alarmType: 'communicationsAlarm',
  perceivedSeverity: 'major',
  probableCause: 'LOS',
  specificProblem: 'no light',
  alarmedObject: { id: 'olt-1/ont/1', href: 'http://nms.example/ont/1' },
  sourceSystemId: 'nms-7',
  state: 'raised',
  alarmRaisedTime: '2026-01-01T10:00:00.000Z',
  externalAlarmId: 'ext-1',
  serviceAffecting: true,
};

test('an alarm of another system is raised in the line, and reads as it was sent', async () => {
  const made = await tmf.call('POST', 'alarm/v4/alarm', sent);
  expect([made.status, made.body]).toEqual([201, expect.objectContaining(sent)]);
  const { id, href } = made.body;
  expect(typeof id).toBe('string');
  expect(href).toBe(`${tmf.address}/tmf-api/alarm/v4/alarm/${encodeURIComponent(id)}`);
  expect(made.headers.get('location')).toBe(href);
  const again = await fetch(href, { headers: { authorization: `Bearer ${'k'.repeat(40)}` } });
  expect(await again.json()).toEqual(
    (await tmf.call('GET', `alarm/v4/alarm/${encodeURIComponent(id)}`)).body,
  );
  expect(await tmf.book.alarm(id)).toMatchObject({ resource: 'olt-1/ont/1', cause: 'LOS', state: 'raised' });
  const elsewhere = await tmf.call('GET', `alarmManagement/v4/alarm/${encodeURIComponent(id)}`);
  expect(elsewhere.body.href).toBe(href.replace('alarm/v4', 'alarmManagement/v4'));
});

test.skipIf(!areThere)(`alarms and errors are as published${missing}`, async () => {
  const judge = judgeBy('TMF642');
  const { body } = await tmf.call('GET', 'alarm/v4/alarm');
  expect(body.length).toBeGreaterThan(0);
  for (const alarm of body) expect(judge('Alarm', alarm)).toEqual([]);
  expect(judge('Error', (await tmf.call('GET', 'alarm/v4/alarm/nobody')).body)).toEqual([]);
});
