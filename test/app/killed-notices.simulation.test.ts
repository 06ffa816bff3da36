// The centre is killed again and again while it tells people: everybody is told, nobody twice.
import { afterEach, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import type { IncidentJson, NoticeJson } from '../../src/edge/http/contract.ts';
import {
  endAllDaemons,
  folderWith,
  freePorts,
  removeFolders,
  startDaemon,
  until,
} from '../support/daemon.ts';
import { type Gateway, openGateway } from '../support/gateway.ts';
import { killWhileTelling } from '../support/kills.ts';
import { numbered, ponPort, subscribersCsv, topologyJson } from '../support/network-files.ts';

const homes = 500;
const kills = 4;
const seed = Number(process.env['ALLCLEAR_SEED'] ?? Date.now() % 100_000);

let gateway: Gateway | undefined;
afterEach(async () => {
  await endAllDaemons();
  await gateway?.close();
  await removeFolders();
});

const config = (url: string): string => `${freePorts}topology: ./topology.json
subscribers: ./subscribers.csv
channels:
  sms: { kind: webhook, url: "${url}", secret: a-shared-secret, allowPrivate: true, ratePerSecond: 100 }
notify: { hold: 0s, quietHours: off, stopAboveShare: 1 }
confirm: { ask: true, stableFor: 0s }
`;

test(`${homes} subscribers are told exactly once each while the centre is killed ${kills} times`, async () => {
  const random = seededRandom(seed);
  const opened = await openGateway({ secret: 'a-shared-secret', random, errors: 0.02, lostAnswers: 0.02 });
  gateway = opened;
  const folder = await folderWith({
    'allclear.yaml': config(opened.url),
    'topology.json': topologyJson(homes),
    'subscribers.csv': subscribersCsv(homes),
  });
  const daemon = startDaemon({ folder });
  const alarm = { event: 'raise', resource: ponPort, cause: 'LINK_DOWN', severity: 'critical' };
  await daemon.api.post('/alarms', [alarm]);
  await killWhileTelling(daemon, { kills, homes, random, seed, told: () => opened.taken.size });
  await until(
    `all notices are settled (seed ${seed})`,
    async () => {
      const [incident] = await daemon.api.list<IncidentJson>('/incidents?state=open');
      return incident?.notices.sent === homes ? incident : undefined;
    },
    120_000,
  );
  const told = [...opened.taken.values()].filter(({ type }) => type === 'detected');
  console.log(
    `${kills} kills, seed ${seed}: ${told.length} told, ${opened.repeats} repeats by key swallowed`,
  );
  expect(told.map(({ subscriber }) => subscriber).sort()).toEqual(
    numbered(homes)
      .map((home) => `s-${home}`)
      .sort(),
  );
  expect(opened.taken.size).toBe(homes);
  expect(opened.wrong).toBe(0);
  const notices = await daemon.api.list<NoticeJson>('/notices');
  expect(notices.filter(({ state }) => state !== 'sent')).toEqual([]);
  expect(await daemon.stop()).toEqual({ code: 0, signal: null });
});
