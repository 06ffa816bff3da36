// The centre is killed again and again while it tells people, by each kind of channel: nobody is missed, and whoever may have
// been told twice, or not at all, is shown as such. ALLCLEAR_HOMES and ALLCLEAR_KILLS make it as large as one likes.
import { afterEach, expect, test } from 'vitest';
import { type Random, seededRandom } from '../../src/base/random.ts';
import type { ConfirmationJson, IncidentJson, NoticeJson } from '../../src/edge/http/contract.ts';
import {
  type Daemon,
  endAllDaemons,
  folderWith,
  freePorts,
  removeFolders,
  startDaemon,
  until,
} from '../support/daemon.ts';
import { openGateway } from '../support/gateway.ts';
import { killWhileTelling } from '../support/kills.ts';
import { openMailbox } from '../support/mailbox.ts';
import { numbered, ponPort, subscribersCsv, topologyJson } from '../support/network-files.ts';
import { openSmsc, type Smsc, type Submitted } from '../support/smsc.ts';

const homes = Number(process.env['ALLCLEAR_HOMES'] ?? 200);
const kills = Number(process.env['ALLCLEAR_KILLS'] ?? 2);
const seed = Number(process.env['ALLCLEAR_SEED'] ?? Date.now() % 100_000);
const window = 16;
const withinMs = 120_000 + 30 * homes;

/** How often somebody was told, by the number of the home. */
type Told = Map<number, number>;

interface Peer {
  readonly channel: string;
  close(): Promise<void>;
  /** What people do when the outage is over. */
  afterwards?(daemon: Daemon): Promise<void>;
}

type Opening = (told: Told, random: Random) => Promise<Peer>;

const tell = (told: Told, address: string): void => {
  const home = Number(/\d{1,7}(?=@|$)/.exec(address)?.[0]);
  told.set(home, (told.get(home) ?? 0) + 1);
};

const overHttp =
  (honoursKey: boolean): Opening =>
  async (told, random) => {
    const secret = 'a-shared-secret';
    // Without a key an answer that is lost is one more that may come twice; those of the kills are counted here.
    const gateway = await openGateway({
      ...{ secret, random, errors: honoursKey ? 0.02 : 0, lostAnswers: honoursKey ? 0.02 : 0 },
      onTaken: ({ to }, isRepeat) => {
        if (!honoursKey || !isRepeat) tell(told, to);
      },
    });
    return {
      channel: `kind: webhook, url: "${gateway.url}", secret: ${secret}, honoursKey: ${honoursKey}`,
      async close() {
        expect(gateway.wrong).toBe(0);
        await gateway.close();
      },
    };
  };

const overSmtp: Opening = async (told) => {
  const mailbox = await openMailbox(({ to }) => tell(told, to));
  return {
    channel: `kind: smtp, host: 127.0.0.1, port: ${mailbox.port}, tls: off, from: noc@isp.example`,
    close: () => mailbox.close(),
  };
};

const overSmpp: Opening = async (told, random) => {
  const centre = await openSmsc();
  centre.onSubmit = (message, nth) => {
    if (random.next() < 0.02) return { kind: 'status', status: 0x08 };
    // A text in parts is told with its first one.
    if (partOf(message) === 1) tell(told, message.destination.address);
    return { kind: 'take', id: `m${nth}` };
  };
  return {
    channel: `kind: smpp, host: 127.0.0.1, port: ${centre.port}, tls: off, systemId: allclear, password: secret08, from: "1234"`,
    close: () => centre.stop(),
    afterwards: (daemon) => answerByMessage(daemon, centre),
  };
};

/** Place of a part among those of its notice, 1 for a short one. */
const partOf = ({ esmClass, shortMessage }: Submitted): number =>
  (esmClass & 0x40) === 0 ? 1 : shortMessage[5]!;

async function answerByMessage(daemon: Daemon, centre: Smsc): Promise<void> {
  await daemon.api.post('/alarms', [{ ...alarm, event: 'clear' }]);
  const asked = await until(
    'somebody is asked',
    async () =>
      (await daemon.api.list<ConfirmationJson>('/confirmations')).find(({ state }) => state === 'ASKED'),
    withinMs,
  );
  const number = `7999${asked.subscriber.slice(2).padStart(7, '0')}`;
  const source = { ton: 1, npi: 1, address: number };
  const destination = { ton: 0, npi: 1, address: '1234' };
  expect(await centre.deliver({ source, destination, shortMessage: Buffer.from('1') })).toBe(0);
  await until('the answer is there', async () =>
    (await daemon.api.list<ConfirmationJson>('/confirmations')).some(
      ({ id, state }) => id === asked.id && state === 'CONFIRMED',
    ),
  );
}

const alarm = { event: 'raise', resource: ponPort, cause: 'LINK_DOWN', severity: 'critical' };

const config = (channel: string): string => `${freePorts}topology: ./topology.json
subscribers: ./subscribers.csv
channels:
  out: { ${channel}, allowPrivate: true, window: ${window}, ratePerSecond: ${Math.max(50, homes / 10)} }
notify: { hold: 0s, quietHours: off, stopAboveShare: 1, secondPersonAbove: ${10 * homes} }
confirm: { ask: true, stableFor: 0s }
`;

let peer: Peer | undefined;
afterEach(async () => {
  await endAllDaemons();
  const last = peer;
  peer = undefined;
  await last?.close();
  await removeFolders();
});

const isFlagged = ({ state, maybeTwice }: NoticeJson): boolean => state === 'uncertain' || maybeTwice;

const ways: readonly { readonly way: string; readonly open: Opening; readonly honoursKey?: true }[] = [
  { way: 'HTTP, key honoured', open: overHttp(true), honoursKey: true },
  { way: 'HTTP, key not honoured', open: overHttp(false) },
  { way: 'SMTP', open: overSmtp },
  { way: 'SMPP', open: overSmpp },
];

test.each(ways)(
  `$way: of ${homes} subscribers and ${kills} kills nobody is missed, and who may be told twice is shown`,
  async ({ way, open, honoursKey }) => {
    const random = seededRandom(seed);
    const told: Told = new Map();
    peer = await open(told, random);
    const folder = await folderWith({
      'allclear.yaml': config(peer.channel),
      'topology.json': topologyJson(homes),
      'subscribers.csv': subscribersCsv(homes),
    });
    const daemon = startDaemon({ folder });
    await daemon.api.post('/alarms', [alarm]);
    await killWhileTelling(daemon, { kills, homes, random, seed, withinMs, told: () => told.size });
    const { notices: counts } = await until(
      `all notices are settled (seed ${seed})`,
      async () => {
        const [incident] = await daemon.api.list<IncidentJson>('/incidents?state=open');
        const ended = incident === undefined ? 0 : incident.notices.sent + incident.notices.uncertain;
        return ended === homes ? incident : undefined;
      },
      withinMs,
    );
    const notices = new Map(
      (await daemon.api.list<NoticeJson>('/notices')).map((one) => [Number(one.subscriber.slice(2)), one]),
    );
    const flagged = numbered(homes).filter((home) => isFlagged(notices.get(home)!));
    const twice = [...told].flatMap(([home, times]) => (times > 1 ? [home] : []));
    const untold = numbered(homes).filter((home) => !told.has(home));
    const missed = untold.filter((home) => !flagged.includes(home));
    console.log(
      `${way}: ${kills} kills, seed ${seed}: ${told.size} told, ${missed.length} missed, ${twice.length} twice, ` +
        `${flagged.length} flagged uncertain (${untold.length} of them not told and waiting for a person)`,
    );
    expect(missed).toEqual([]);
    expect(twice.filter((home) => !flagged.includes(home))).toEqual([]);
    expect(flagged.length).toBeLessThanOrEqual(honoursKey ? 0 : kills * window);
    expect(counts.uncertain + counts.maybeTwice).toBe(flagged.length);
    await peer.afterwards?.(daemon);
    expect(await daemon.stop()).toEqual({ code: 0, signal: null });
  },
  (kills + 3) * withinMs,
);
