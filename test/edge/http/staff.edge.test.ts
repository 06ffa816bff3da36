/** Users, keys and the second person over real HTTP with a real book behind the daemon's own ports. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { accountPorts } from '../../../src/app/center/staff.ts';
import { recordVerbs } from '../../../src/app/cli/records.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import { type Front, openFront } from '../../../src/edge/http/front.ts';
import { json, say } from '../../app/cli/collecting-terminal.ts';
import { emptyPages, type Pages } from '../../support/built-pages.ts';
import { type MemoryDaemon, memoryDaemon } from '../../support/front-ports.ts';
import { anIncident, aView } from '../../support/front-records.ts';
import { realWorld } from '../../support/real-world.ts';
import { bookIn } from '../book/book-fixture.ts';

const bootstrap = 'b'.repeat(40);
let folder: string;
let book: Book;
let pages: Pages;
let front: Front;
let daemon: MemoryDaemon;
let address: string;
/** How many people could let go what is held, after each change. */
let heard: number[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'allclear-staff-'));
  const world = realWorld();
  book = await bookIn(folder, world);
  daemon = memoryDaemon(world);
  heard = [];
  const ports = {
    ...daemon.ports,
    outside: book,
    ...accountPorts({
      ...{ book, world, bootstrapTokens: [bootstrap], front: () => front },
      onChange: async () => void heard.push(await book.releasers()),
    }),
  };
  pages = await emptyPages();
  const at = { host: '127.0.0.1', port: 0 };
  front = await openFront({ ports, http: at, public: at, pagesFolder: pages.folder });
  address = `http://127.0.0.1:${front.http.port}`;
});

afterEach(async () => {
  delete process.env['ALLCLEAR_TOKEN'];
  await front.close();
  await book.close();
  await pages.remove();
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what an outside program sees has no type.
  readonly body: any;
}

async function call(method: string, path: string, body?: unknown, token = bootstrap): Promise<Answer> {
  const answer = await fetch(`${address}${path.startsWith('/tmf') ? '' : '/api/v1'}${path}`, {
    method,
    headers: {
      ...(token.startsWith('allclear_session') ? own(token) : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

const own = (cookie: string) => ({ cookie, origin: address, 'x-allclear-page': '1' });

/** Adds somebody and signs them in by their link; answers the cookie. */
async function signedIn(name: string, role: string): Promise<string> {
  const added = await call('POST', '/users', { name, role });
  expect(added).toMatchObject({ status: 201, body: { id: name, role, state: 'active' } });
  const answer = await fetch(added.body.signIn.url, { method: 'POST', redirect: 'manual' });
  expect(answer.status).toBe(303);
  return answer.headers.get('set-cookie')!.split(';')[0]!;
}

test('a link signs in once; disabled means out at once, and what was done is on record', async () => {
  const cookie = await signedIn('ирина', 'administrator');
  expect((await call('GET', '/session', undefined, cookie)).body).toMatchObject({ user: 'ирина' });
  const bob = await signedIn('bob', 'operator');
  expect((await call('GET', '/users', undefined, bob)).status).toBe(403);
  const place = `/users/${encodeURIComponent('ирина')}`;
  for (const refused of [
    await call('PATCH', place, { role: 'viewer' }),
    await call('PATCH', place, { state: 'disabled' }),
    await call('DELETE', place),
  ])
    expect(refused).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('last administrator') },
    });
  expect((await call('PATCH', '/users/bob', { state: 'disabled' }, cookie)).body.state).toBe('disabled');
  expect((await call('GET', '/session', undefined, bob)).status).toBe(401);
  expect((await call('POST', '/users/bob/links', undefined, cookie)).status).toBe(409);
  expect(heard).toEqual([1, 2, 1]);
  const { items } = await book.auditPage({ limit: 10 });
  expect(items[0]).toMatchObject({ actor: 'ирина', action: 'changeUser', target: 'bob' });
  expect(items[0]!.detail).toEqual({ isDisabled: true });
});

test('what is no name, a name of the daemon and an empty change are refused with a reason', async () => {
  for (const name of ['', 'key:x', 'a b', '<b>', 'x'.repeat(65)])
    expect((await call('POST', '/users', { name, role: 'viewer' })).status).toBe(400);
  expect((await call('POST', '/users', { name: 'Bootstrap', role: 'viewer' })).status).toBe(409);
  expect((await call('POST', '/users', { name: 'ann', role: 'root' })).status).toBe(400);
  expect((await call('PATCH', '/users/ann', {})).status).toBe(400);
  expect((await call('PATCH', '/users/ann', { role: 'viewer' })).status).toBe(404);
  expect((await call('POST', '/keys', { name: 'k', role: 'viewer', days: 0 })).status).toBe(400);
  expect((await call('DELETE', '/keys/none')).status).toBe(404);
});

test('a key opens both APIs with its role, is told once and ends at once; a session changes only from our page', async () => {
  const { status, body } = await call('POST', '/keys', { name: 'grafana', role: 'viewer', days: 30 });
  expect(status).toBe(201);
  const secret: string = body.key;
  expect((await call('GET', '/incidents', undefined, secret)).status).toBe(200);
  expect((await call('POST', '/notices/stop', {}, secret)).status).toBe(403);
  const alarms = '/tmf-api/alarmManagement/v4/alarm';
  expect((await call('GET', alarms, undefined, secret)).status).toBe(200);
  expect((await call('POST', alarms, {}, secret)).status).toBe(403);
  const listed = await call('GET', '/keys');
  expect(listed.body).toMatchObject({ total: 1, items: [{ id: 'grafana', createdBy: 'bootstrap' }] });
  expect(JSON.stringify(listed.body)).not.toContain(secret);
  expect((await call('DELETE', '/keys/grafana')).status).toBe(200);
  expect((await call('GET', '/incidents', undefined, secret)).status).toBe(401);
  const cookie = await signedIn('ann', 'administrator');
  const foreign = await fetch(`${address}/api/v1/users/ann`, { method: 'DELETE', headers: { cookie } });
  expect(foreign.status).toBe(403);
});

test('who changed an incident by hand does not release its notices where two people could; somebody else does', async () => {
  const view = aView(
    anIncident('i.1', 1, { history: [{ at: realWorld().now(), event: 'merge', by: 'ann' }] }),
  );
  const { id } = view.incident;
  daemon.incidents.set(id, view);
  const ann = await signedIn('ann', 'operator');
  const approve = (token: string) => call('POST', '/notices/approve', { incident: id }, token);
  expect((await approve(ann)).status).toBe(200);
  const bob = await signedIn('bob', 'operator');
  const key = (await call('POST', '/keys', { name: 'bot', role: 'operator' })).body.key as string;
  expect(await approve(ann)).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('another person') },
  });
  for (const nobody of [key, bootstrap]) expect((await approve(nobody)).status).toBe(409);
  expect((await approve(bob)).status).toBe(200);
  expect(daemon.inputs).toMatchObject([
    { by: 'ann', command: { kind: 'approveNotices' } },
    { by: 'bob', command: { kind: 'approveNotices' } },
  ]);
  expect((await call('POST', '/notices/refuse', { incident: id }, ann)).status).toBe(200);
});

test('the command line keeps users and keys; a dry run sends nothing', async () => {
  process.env['ALLCLEAR_TOKEN'] = bootstrap;
  const run = (name: string, ...argv: readonly string[]) =>
    say(recordVerbs.find((verb) => verb.name === name)!, ...argv, '--url', address);
  const dry = await run('user', 'add', 'ann', '--role', 'operator', '--dry-run', '--lang', 'ru');
  expect(dry.out[0]).toContain('Ничего не отправлено. Было бы: POST /api/v1/users');
  expect(json(await run('user', 'list', '--json'))).toMatchObject({ total: 0 });
  const added = await run('user', 'add', 'ann', '--role', 'operator', '--language', 'ru');
  // The link can be taken from the table as it stands.
  expect(added.out[0]).toMatch(/^signIn\.url +http:\/\/\S+\/sign-in\/[\w-]+$/m);
  expect(json(await run('user', 'link', 'ann', '--json'))['url']).toContain('/sign-in/');
  expect(json(await run('user', 'role', 'ann', '--role', 'viewer', '--json'))).toMatchObject({
    role: 'viewer',
  });
  expect(json(await run('user', 'disable', 'ann', '--json'))).toMatchObject({ state: 'disabled' });
  expect(json(await run('user', 'enable', 'ann', '--json'))).toMatchObject({ state: 'active' });
  expect((await run('user', 'list')).out[0]).toMatch(/ann +viewer +ru +active/);
  expect(json(await run('user', 'remove', 'ann', '--json'))).toMatchObject({ id: 'ann' });
  const { key } = json(await run('key', 'add', 'bot', '--role', 'operator', '--days', '7', '--json'));
  expect(String(key).length).toBe(43);
  await run('key', 'revoke', 'bot');
  expect(json(await run('key', 'list', '--json'))).toMatchObject({ total: 0 });
});
