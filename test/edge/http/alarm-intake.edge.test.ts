/** POST /api/v1/alarms: streams of records from outside, line by line. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';

let opened: OpenedFront;
beforeEach(async () => {
  opened = await openTestFront();
});
afterEach(() => opened.close());

const post = async (
  body: string,
  type = 'application/x-ndjson',
): Promise<{ status: number; answer: unknown }> => {
  const answer = await opened.api('/alarms', { method: 'POST', body, headers: { 'content-type': type } });
  return { status: answer.status, answer: await answer.json() };
};

test('sound lines are taken in order and wrong ones are named with line and reason', async () => {
  const lines = [
    '{"id":"r1","event":"raise","resource":"olt-1","cause":"LOS","severity":"critical","source":"trap","at":1767225600000}',
    'not json',
    '',
    '{"event":"raise","resource":"olt-2"}',
    '{"event":"explode","resource":"olt-2"}',
    '{"event":"alive","resource":"olt-3","below":true,"unknownField":1}',
    '{"event":"clear","resource":"olt-1","cause":"LOS","severity":"terrible"}',
    '[1]',
    '{"event":"raise","resource":7,"cause":"X"}',
  ].join('\n');
  const { status, answer } = await post(lines);
  expect(status).toBe(200);
  expect(answer).toMatchObject({ accepted: 2 });
  expect((answer as { refused: { line: number }[] }).refused.map(({ line }) => line)).toEqual([
    2, 4, 5, 7, 8, 9,
  ]);
  expect(opened.daemon.inputs).toMatchObject([
    {
      kind: 'observation',
      observation: { event: 'raise', resource: 'olt-1', record: 'r1', deviceAt: 1767225600000 },
    },
    { kind: 'observation', observation: { event: 'alive', resource: 'olt-3', below: true, source: 'api' } },
  ]);
});

test('a clear without an id ends its key whoever raised it', async () => {
  const clear = { event: 'clear', resource: 'olt-1', cause: 'LOS', source: 'syslog' };
  await post(`${JSON.stringify(clear)}\n${JSON.stringify({ ...clear, id: 'c1' })}`);
  expect(opened.daemon.inputs).toMatchObject([
    { observation: { event: 'clear', source: 'api' } },
    { observation: { event: 'clear', source: 'syslog', record: 'c1' } },
  ]);
});

test('a JSON array is taken as well; a body that is neither is refused whole', async () => {
  const { answer } = await post(
    '[{"event":"raise","resource":"a","cause":"X"},{"event":"raise"}]',
    'application/json',
  );
  expect(answer).toMatchObject({ accepted: 1, refused: [{ line: 2 }] });
  expect((await post('[{"event":', 'application/json')).status).toBe(400);
  expect((await post('  ')).status).toBe(400);
  expect((await post('x'.repeat(9 * 1024 * 1024))).status).toBe(413);
});

test('more records than a call takes are refused whole; megabytes of empty lines are counted and nothing else', async () => {
  const record = '{"event":"raise","resource":"a","cause":"X"}';
  expect((await post('{}\n'.repeat(50_001))).status).toBe(413);
  expect((await post(`[${'1,'.repeat(50_000)}1]`, 'application/json')).status).toBe(413);
  expect(opened.daemon.inputs).toEqual([]);
  const { answer } = await post(`${'\n'.repeat(7_000_000)}${record}\n{}`);
  expect(answer).toMatchObject({ accepted: 1, refused: [{ line: 7_000_002 }] });
});

test('what the line did not take is refused line by line, never called accepted', async () => {
  opened.daemon.refuses = true;
  const { status, answer } = await post('{"event":"raise","resource":"a","cause":"X"}');
  expect(status).toBe(200);
  expect(answer).toMatchObject({ accepted: 0, refused: [{ line: 1 }] });
});

test('attributes with prototype keys stay data', async () => {
  await post(
    '{"event":"raise","resource":"a","cause":"X","attributes":{"__proto__":{"x":"y"},"ok":"1","n":5}}',
  );
  expect(opened.daemon.inputs[0]).toMatchObject({ observation: { attributes: { ok: '1' } } });
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});
