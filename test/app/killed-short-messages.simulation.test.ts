// The centre is killed while it tells people by SMPP, which knows no keys; then they are asked, and answer by SMS.
import { afterEach, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import type { ConfirmationJson, IncidentJson, NoticeJson } from '../../src/edge/http/contract.ts';
import {
  endAllDaemons,
  folderWith,
  freePorts,
  removeFolders,
  startDaemon,
  until,
} from '../support/daemon.ts';
import { killWhileTelling } from '../support/kills.ts';
import { numbered, ponPort, subscribersCsv, topologyJson } from '../support/network-files.ts';
import { openSmsc, type Smsc, type Submitted } from '../support/smsc.ts';

const homes = 300;
const kills = 3;
const window = 16;
const seed = Number(process.env['ALLCLEAR_SEED'] ?? Date.now() % 100_000);

let smsc: Smsc | undefined;
afterEach(async () => {
  await endAllDaemons();
  await smsc?.stop();
  await removeFolders();
});

const config = (port: number): string => `${freePorts}topology: ./topology.json
subscribers: ./subscribers.csv
channels:
  sms: { kind: smpp, host: 127.0.0.1, port: ${port}, tls: off, allowPrivate: true, systemId: allclear, password: secret08,
         from: "1234", window: ${window}, ratePerSecond: 100 }
notify: { hold: 0s, quietHours: off, stopAboveShare: 1 }
confirm: { ask: true, stableFor: 0s }
`;

const numberOf = (home: number): string => `7999${String(home).padStart(7, '0')}`;

/** Place of a part among those of its notice, 1 for a short one. */
const partOf = ({ esmClass, shortMessage }: Submitted): number =>
  (esmClass & 0x40) === 0 ? 1 : shortMessage[5]!;

test(`over SMPP and ${kills} kills nobody is told twice, and who may have been missed is shown as uncertain`, async () => {
  const random = seededRandom(seed);
  const centre = await openSmsc();
  smsc = centre;
  const taken = new Map<string, number>();
  centre.onSubmit = (message, nth) => {
    if (random.next() < 0.02) return { kind: 'status', status: 0x08 };
    const part = `${message.destination.address} ${partOf(message)}`;
    taken.set(part, (taken.get(part) ?? 0) + 1);
    return { kind: 'take', id: `m${nth}` };
  };
  const folder = await folderWith({
    'allclear.yaml': config(centre.port),
    'topology.json': topologyJson(homes),
    'subscribers.csv': subscribersCsv(homes),
  });
  const daemon = startDaemon({ folder });
  const alarm = { event: 'raise', resource: ponPort, cause: 'LINK_DOWN', severity: 'critical' };
  await daemon.api.post('/alarms', [alarm]);
  const reached = (): Set<string> => new Set(centre.submitted.map(({ destination }) => destination.address));
  await killWhileTelling(daemon, { kills, homes, random, seed, told: () => reached().size });
  await until(
    `all notices are settled (seed ${seed})`,
    async () => {
      const [incident] = await daemon.api.list<IncidentJson>('/incidents?state=open');
      return incident !== undefined && incident.notices.sent + incident.notices.uncertain === homes;
    },
    120_000,
  );
  const notices = await daemon.api.list<NoticeJson>('/notices');
  const states = new Map(notices.map(({ subscriber, state }) => [subscriber, state]));
  const uncertain = [...states.values()].filter((state) => state === 'uncertain').length;
  console.log(`${kills} kills, seed ${seed}: ${reached().size} reached, ${uncertain} uncertain`);
  expect(uncertain).toBeLessThanOrEqual(kills * window);
  const missed = numbered(homes).filter((home) => !reached().has(numberOf(home)));
  expect(missed.filter((home) => states.get(`s-${home}`) !== 'uncertain')).toEqual([]);

  expect([...taken].filter(([, times]) => times > 1)).toEqual([]);

  await daemon.api.post('/alarms', [{ ...alarm, event: 'clear' }]);
  const asked = await until(
    'somebody is asked',
    async () =>
      (await daemon.api.list<ConfirmationJson>('/confirmations')).find(({ state }) => state === 'ASKED'),
    60_000,
  );
  const home = Number(asked.subscriber.slice(2));
  const source = { ton: 1, npi: 1, address: numberOf(home) };
  const destination = { ton: 0, npi: 1, address: '1234' };
  expect(await centre.deliver({ source, destination, shortMessage: Buffer.from('1') })).toBe(0);
  await until('the answer is there', async () =>
    (await daemon.api.list<ConfirmationJson>('/confirmations')).some(
      ({ id, state }) => id === asked.id && state === 'CONFIRMED',
    ),
  );
  expect(await daemon.stop()).toEqual({ code: 0, signal: null });
});
