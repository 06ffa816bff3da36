// The demo's DNS: one resolver is poisoned and one slow; each opens one incident with its cause in words, and nobody is told.
import { afterEach, expect, test } from 'vitest';
import type { DnsJson, IncidentJson } from '../../src/edge/http/contract.ts';
import { endAllDaemons, folderWith, removeFolders, startDaemon, until } from '../support/daemon.ts';

afterEach(async () => {
  await endAllDaemons();
  await removeFolders();
});

const anyPort = ['--http', '--public', '--traps', '--syslog'].flatMap((flag) => [flag, '127.0.0.1:0']);

test('a poisoned and a slow resolver are found, each as one incident', async () => {
  const daemon = startDaemon({
    folder: await folderWith(),
    args: ['demo', '--play', 'dns-poisoning', '--households', '100', ...anyPort],
  });
  await daemon.ready;
  await until('the platform was measured', async () => {
    const { resolvers } = await daemon.api.get<DnsJson>('/dns');
    return resolvers.length === 4 && resolvers.every(({ state }) => state === 'answers');
  });
  await daemon.api.post('/demo/play', { scenario: 'dns-slow' });
  const wanted = ['dns-answers dns-2', 'slow dns-4'];
  const named = ({ kind, root }: IncidentJson): string => `${kind} ${root}`;
  const incidents = await until(
    'both are incidents',
    async () => {
      const all = await daemon.api.list<IncidentJson>('/incidents');
      const decided = all.filter((one) => one.decidedAt !== null && wanted.includes(named(one)));
      return decided.length >= 2 ? decided : undefined;
    },
    90_000,
  );
  expect(incidents.map(named).sort()).toEqual(wanted);
  const poisoned = incidents.find(({ root }) => root === 'dns-2')!;
  expect(poisoned.words.en.cause).toContain('poisoned');
  expect(poisoned.words.ru.cause).toContain('отравлен');
  expect(poisoned).toMatchObject({ subscribers: 0, notices: { planned: 0 } });
  const { findings } = await daemon.api.get<DnsJson>('/dns');
  const raised = findings.filter((one) => one.raised).map(({ kind, about }) => `${kind} ${about}`);
  expect(raised).toEqual(expect.arrayContaining(['slow dns-4', 'wrongAnswer dns-2']));
  expect(await daemon.stop()).toEqual({ code: 0, signal: null });
});
