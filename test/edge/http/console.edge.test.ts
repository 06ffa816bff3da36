/** The console's listener beside the API: sign-in, sessions, headers, pages. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resourceId } from '../../../src/model/ids.ts';
import { key } from '../../support/front-ports.ts';
import { anAlarm } from '../../support/front-records.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';

let opened: OpenedFront;
beforeEach(async () => {
  opened = await openTestFront();
  opened.daemon.oneTimeToken = 'one-time';
});
afterEach(() => opened.close());

async function signIn(): Promise<string> {
  const answer = await fetch(`${opened.console}/sign-in/one-time`, { method: 'POST', redirect: 'manual' });
  expect(answer.status).toBe(303);
  expect(answer.headers.get('location')).toBe('/');
  return answer.headers.get('set-cookie')!.split(';')[0]!;
}

test('opening a sign-in link signs nobody in, pressing its button does, once', async () => {
  for (const method of ['GET', 'HEAD', 'GET']) {
    const shown = await fetch(`${opened.console}/sign-in/one-time`, { method });
    expect([shown.status, shown.headers.get('set-cookie')]).toEqual([200, null]);
  }
  expect(opened.daemon.oneTimeToken).toBe('one-time');
  const answer = await fetch(`${opened.console}/sign-in/one-time`, { method: 'POST', redirect: 'manual' });
  expect(answer.headers.get('set-cookie')).toMatch(
    /HttpOnly; SameSite=Strict; Max-Age=3600|HttpOnly; SameSite=Strict; Max-Age=3599/,
  );
  expect((await fetch(`${opened.console}/sign-in/one-time`, { method: 'POST' })).status).toBe(404);
});

test('a session acts only from our own page: origin and header together', async () => {
  const cookie = await signIn();
  const alarm = anAlarm({ resource: resourceId('olt-1'), cause: 'LOS' });
  opened.daemon.alarms.set(alarm.id, alarm);
  const act = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${opened.console}/api/v1/alarms/${encodeURIComponent(alarm.id)}/acknowledge`, {
      method: 'POST',
      headers: { cookie, ...headers },
    });
  expect((await fetch(`${opened.console}/api/v1/alarms`, { headers: { cookie } })).status).toBe(200);
  expect((await act({})).status).toBe(403);
  expect((await act({ origin: opened.console })).status).toBe(403);
  expect((await act({ origin: 'https://evil.example', 'x-allclear-page': '1' })).status).toBe(403);
  expect((await act({ origin: 'null', 'x-allclear-page': '1' })).status).toBe(403);
  expect(opened.daemon.inputs).toEqual([]);
  expect((await act({ origin: opened.console, 'x-allclear-page': '1' })).status).toBe(200);
  opened.daemon.endSessions();
  expect((await fetch(`${opened.console}/api/v1/alarms`, { headers: { cookie } })).status).toBe(401);
});

test('pages are served to the signed-in, others learn how to sign in; every answer carries the safe headers', async () => {
  const cookie = await signIn();
  for (const path of [
    '/',
    '/alarms',
    '/incidents/i.1',
    '/devices/x%2Fy',
    '/subscribers/S-1',
    '/tickets/t',
    '/notices',
    '/tasks',
  ]) {
    const page = await fetch(opened.console + path, { headers: { cookie } });
    expect([path, page.status, await page.text()]).toEqual([
      path,
      200,
      expect.stringContaining('<title>console'),
    ]);
    const stranger = await fetch(opened.console + path, { headers: { 'accept-language': 'ru' } });
    expect([path, stranger.status, await stranger.text()]).toEqual([
      path,
      401,
      expect.stringContaining('Вы не вошли'),
    ]);
  }
  const headers = { authorization: `Bearer ${key}` };
  for (const path of [
    '/',
    '/nowhere',
    '/healthz',
    '/metrics',
    '/api/v1/status',
    '/sign-in/x',
    '/index.html',
    '/docs/api',
  ]) {
    const answer = await fetch(opened.console + path, { headers });
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect([path, policy.includes("default-src 'none'"), policy.includes('unsafe')]).toEqual([
      path,
      true,
      false,
    ]);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  }
  expect(await (await fetch(`${opened.console}/metrics`, { headers })).text()).toMatch(/^allclear_/);
});

test('files outside the pages are not served', async () => {
  for (const path of ['/../package.json', '/%2e%2e/package.json', '/assets/..%2f..%2fpackage.json']) {
    expect((await fetch(opened.console + path)).status).toBe(404);
  }
});

test('the API document names every call with its schemas', async () => {
  const answer = await fetch(`${opened.console}/api/openapi.json`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const document = (await answer.json()) as {
    openapi: string;
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining(['/api/v1/incidents', '/api/v1/alarms/{id}/acknowledge']),
  );
  const ids = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map((call) => call.operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
});
