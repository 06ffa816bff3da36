/** A running daemon at its most talkative: no secret it was given and nobody's address stands in what it says. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import {
  endAllDaemons,
  folderWith,
  freePorts,
  removeFolders,
  startDaemon,
  until,
} from '../support/daemon.ts';

const refusing = createServer((_request, answer) => answer.writeHead(500).end('no'));

afterEach(async () => {
  await endAllDaemons();
  await removeFolders();
  refusing.close();
});

const run = promisify(execFile);

const canaries = {
  community: 'canary-community-5Q',
  trap: 'canary-trap-word-5Q',
  authKey: 'canary-auth-key-5Q',
  privKey: 'canary-priv-key-5Q',
  gateway: 'canary-gateway-secret-5Q',
  bootstrap: 'canary-bootstrap-token-5Q-of-more-than-32',
  stranger: 'canary-strange-token-5Q',
  phone: '+79160005511',
};

test('communities, keys, tokens and numbers are not in the log at level debug', async () => {
  await new Promise<void>((done) => refusing.listen(0, '127.0.0.1', done));
  const gateway = `http://127.0.0.1:${(refusing.address() as AddressInfo).port}/send`;
  const config = `${freePorts}snmp: { interval: 1s, timeout: 200ms, retries: 0, trapCommunities: [${canaries.trap}] }
devices:
  - { id: r-1, address: 127.0.0.1, port: 9, community: ${canaries.community} }
  - { id: r-2, address: 127.0.0.1, port: 9, v3: { user: u, level: authPriv, authKey: ${canaries.authKey}, privKey: ${canaries.privKey} } }
subscribers: ./subscribers.csv
channels:
  sms: { kind: webhook, url: "${gateway}", secret: ${canaries.gateway}, allowPrivate: true }
notify: { hold: 0s, quietHours: off, stopAboveShare: 1 }
`;
  const folder = await folderWith({
    'allclear.yaml': config,
    'subscribers.csv': `id,resource,phone\ns-1,r-1,${canaries.phone}\n`,
  });
  const daemon = startDaemon({
    folder,
    env: { ALLCLEAR_LOG: 'debug', ALLCLEAR_BOOTSTRAP_TOKEN: canaries.bootstrap },
  });
  const { http, public: open, traps, signIn } = await daemon.ready;
  const call = (path: string, key: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${http}${path}`, { ...init, headers: { authorization: `Bearer ${key}` } });
  const status = async (): Promise<Record<string, number>> =>
    (
      (await (await call('/api/v1/status', canaries.bootstrap)).json()) as {
        counters: Record<string, number>;
      }
    ).counters;
  for (const word of [canaries.trap, `${canaries.trap}-wrong`]) {
    await run('snmptrap', ['-v2c', '-c', word, traps, '', '1.3.6.1.6.3.1.1.5.1']);
  }
  expect((await call('/api/v1/status', canaries.stranger)).status).toBe(401);
  await fetch(`${open}/s/${canaries.stranger}`);
  await fetch(signIn, { method: 'POST' });
  await until(
    'silence is told to the gateway',
    async () => ((await status())['notices_sms_retried'] ?? 0) > 0,
  );
  await writeFile(join(folder, 'allclear.yaml'), config.replace('community:', 'comunity:'));
  expect((await call('/api/v1/reload', canaries.bootstrap, { method: 'POST' })).status).toBe(422);
  await writeFile(join(folder, 'subscribers.csv'), `id,resource,phone\ns-1,r-1,${canaries.phone}x\n`);
  await writeFile(join(folder, 'allclear.yaml'), config);
  expect((await call('/api/v1/reload', canaries.bootstrap, { method: 'POST' })).status).toBe(422);
  await daemon.stop();
  const said = daemon.errors();
  expect(said.length).toBeGreaterThan(0);
  const never = [...Object.values(canaries), signIn.split('/').at(-1)!];
  expect(never.filter((canary) => said.includes(canary))).toEqual([]);
});
