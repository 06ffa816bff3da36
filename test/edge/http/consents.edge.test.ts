/** What subscribers agreed to, over the API. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { administratorKey, aSubscriber, viewerKey } from '../../support/front-ports.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';

let opened: OpenedFront;
beforeEach(async () => {
  opened = await openTestFront();
  opened.daemon.subscribers.set('s-7', aSubscriber('s-7'));
});
afterEach(() => opened.close());

const call = async (path: string, body?: unknown, key = administratorKey) => {
  const answer = await fetch(`${opened.console}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as { readonly items: readonly unknown[] } };
};

test('a consent is put on record with who said so and how it is known, and the deed before it is done', async () => {
  const path = '/subscribers/s-7/consents';
  expect((await call(path)).body.items).toEqual([]);
  const put = await call(path, {
    category: 'feedback',
    channel: 'sms',
    state: 'withdrawn',
    evidence: 'call 17',
  });
  expect(put.status).toBe(200);
  expect(put.body.items).toMatchObject([
    { category: 'feedback', channel: 'sms', state: 'withdrawn', basis: 'consent', evidence: 'call 17' },
  ]);
  expect(opened.daemon.recorded).toMatchObject([{ action: 'consent', target: 's-7' }]);
  expect(JSON.stringify(opened.daemon.recorded)).not.toContain('call 17');
});

test('what is no consent, of nobody, or asked for by who may only look, is refused', async () => {
  const right = { category: 'planned', state: 'granted', evidence: 'form' };
  expect((await call('/subscribers/s-7/consents', { ...right, category: 'adverts' })).status).toBe(400);
  expect((await call('/subscribers/s-7/consents', { category: 'planned', state: 'granted' })).status).toBe(
    400,
  );
  expect((await call('/subscribers/none/consents', right)).status).toBe(404);
  expect((await call('/subscribers/s-7/consents', right, viewerKey)).status).toBe(403);
  expect((await call('/subscribers/s-7/consents', undefined, viewerKey)).status).toBe(403);
});

test('quiet hours are put on record and shown; what is no span of hours is refused with what to write', async () => {
  const path = '/subscribers/s-7/quiet-hours';
  expect(await call(path, { hours: '21:00-9:30' })).toMatchObject({
    ...{ status: 200, body: { id: 's-7', quietHours: '21:00-09:30' } },
  });
  expect(opened.daemon.recorded.at(-1)).toMatchObject({ action: 'quietHours', target: 's-7' });
  expect((await call(path, { hours: 'usual' })).body).toMatchObject({ quietHours: null });
  for (const hours of ['9 to 5', '21:07-09:00', ''])
    expect(await call(path, { hours })).toMatchObject({ status: 400 });
  expect((await call(path, { hours: 'off' }, viewerKey)).status).toBe(403);
  expect((await call('/subscribers/nobody/quiet-hours', { hours: 'off' })).status).toBe(404);
});
