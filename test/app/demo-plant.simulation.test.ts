// The demo's older plant: an amplifier, a telephone cable and a street cabinet's mains; each fault is one incident at its root.
import { afterEach, expect, test } from 'vitest';
import type { IncidentJson, NoticeJson } from '../../src/edge/http/contract.ts';
import {
  type Daemon,
  endAllDaemons,
  folderWith,
  removeFolders,
  startDaemon,
  until,
} from '../support/daemon.ts';

afterEach(async () => {
  await endAllDaemons();
  await removeFolders();
});

const anyPort = ['--http', '--public', '--traps', '--syslog'].flatMap((flag) => [flag, '127.0.0.1:0']);

async function playing(scenario: string): Promise<Daemon> {
  const daemon = startDaemon({
    folder: await folderWith(),
    args: ['demo', '--play', scenario, '--households', '1024', ...anyPort],
  });
  await daemon.ready;
  return daemon;
}

/** The only incident with such a root, once those whom it touches are told. */
const toldOf = (daemon: Daemon, root: RegExp): Promise<IncidentJson> =>
  until(
    `subscribers are told of ${root.source}`,
    async () => {
      const all = await daemon.api.list<IncidentJson>('/incidents');
      const found = all.find((one) => root.test(one.root ?? ''));
      return found !== undefined && found.subscribers > 0 && found.notices.sent >= found.subscribers
        ? found
        : undefined;
    },
    150_000,
  );

async function toldWho(daemon: Daemon, { id }: IncidentJson): Promise<number> {
  const notices = await daemon.api.list<NoticeJson>(`/notices?incident=${id}`);
  return new Set(notices.filter(({ type }) => type === 'detected').map(({ subscriber }) => subscriber)).size;
}

/** Of those that touch anybody. */
const incidentsOf = async (daemon: Daemon): Promise<readonly string[]> =>
  (await daemon.api.list<IncidentJson>('/incidents'))
    .filter(({ subscribers, state }) => subscribers > 0 && state !== 'merged')
    .map(({ kind, root }) => `${kind} ${root}`);

test('an amplifier that died and a telephone cable that was cut are one incident each', async () => {
  const daemon = await playing('amplifier-fault');
  await daemon.api.post('/demo/play', { scenario: 'cable-cut' });
  const amplifier = await toldOf(daemon, /^amplifier-\d-\d$/);
  expect(amplifier.kind).toBe('amplifier');
  expect(amplifier.subscribers).toBeGreaterThan(10);
  expect(await toldWho(daemon, amplifier)).toBe(amplifier.subscribers);
  const cable = await toldOf(daemon, /^cable-\d$/);
  expect(cable.kind).toBe('cable');
  expect(cable.subscribers).toBeGreaterThan(12);
  expect(await toldWho(daemon, cable)).toBe(cable.subscribers);
  expect(await incidentsOf(daemon)).toHaveLength(2);
  expect(await daemon.stop()).toEqual({ code: 0, signal: null });
});

test('a street cabinet without mains is one incident of its power, from the battery to the dark DSLAM', async () => {
  const daemon = await playing('mains-loss');
  const power = await toldOf(daemon, /^(ups-street\/|mains-street|site-street)/);
  expect(power.subscribers).toBeGreaterThan(30);
  expect(await toldWho(daemon, power)).toBe(power.subscribers);
  expect(await incidentsOf(daemon)).toHaveLength(1);
  expect(await daemon.stop()).toEqual({ code: 0, signal: null });
});
