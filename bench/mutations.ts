/** Mutated datagrams against the poller's reply path and the trap port: nothing dies or grows, and the next good one counts. */
import { createSocket } from 'node:dgram';
import { existsSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { verbWorld } from '../src/app/cli/common-options.ts';
import { type Random, seededRandom } from '../src/base/random.ts';
import { Secret } from '../src/base/secret.ts';
import type { Answer } from '../src/collect/session.ts';
import { encodeResponse, encodeVarbind } from '../src/edge/snmp/pdu.ts';
import { openSession } from '../src/edge/snmp/session.ts';
import { openV3Session } from '../src/edge/snmp/session-v3.ts';
import { openTransport } from '../src/edge/snmp/transport.ts';
import { openTrapReceiver } from '../src/edge/trap/trap.ts';
import { PaperAgent } from '../test/edge/snmp/paper-agent.ts';
import { openEvilAgent } from '../test/support/evil-agent.ts';
import { reporter } from './support/report.ts';

const COLUMN = '1.3.6.1.2.1.2.2.1.10';
const recordings = '../shared/data/snmp-malformed';
/** Before each good answer. */
const BAD_EACH = 20;
const MOST_GROWTH_BYTES = 32 * 1024 * 1024;
const world = verbWorld();

export interface Mutated {
  readonly perSecond: number;
  readonly growthBytes: number;
  /** Of what is still referred to after a collection: what a leak would be, without the garbage of a moment. */
  readonly liveGrowthBytes: number;
  /** Good datagrams that did not count. */
  readonly lost: number;
}

export async function run({ json }: { readonly json: boolean }): Promise<void> {
  const report = reporter('mutations', json);
  const parts = {
    'reply path': mutatedReplies,
    'SNMPv3 replies': mutatedV3Replies,
    'trap port': mutatedTraps,
  };
  for (const [name, mutate] of Object.entries(parts)) {
    const { perSecond, growthBytes, lost } = await mutate(500_000);
    report({ case: `${name}: 500000 mutations`, ours: perSecond, unit: '1/s' });
    report({ case: `${name}: growth`, ours: growthBytes / 1024 / 1024, unit: 'MiB' });
    report({ case: `${name}: good ones lost`, ours: lost, unit: '' });
    if (lost > 0 || growthBytes > MOST_GROWTH_BYTES) throw new Error(`${name}: grown, or good ones lost`);
  }
}

function seeds(): Buffer[] {
  return ['datagrams.ndjson', 'own/well-formed-seeds.ndjson'].flatMap((file) => {
    const path = `${recordings}/${file}`;
    if (!existsSync(path)) return [];
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    return lines.map((line) => Buffer.from((JSON.parse(line) as { hex: string }).hex, 'hex'));
  });
}

/** A device whose every answer comes behind mutations of itself and of recorded datagrams: asked for a value, and walked. */
export async function mutatedReplies(count: number): Promise<Mutated> {
  const behind = mutationsBefore(seededRandom(11));
  const recording = Array.from({ length: 8 }, (_, i) => `${COLUMN}.${i + 1}|70|7`).join('\n');
  const agent = await openEvilAgent(recording, ({ honest, reply, send }) =>
    behind.answer(reply(honest()), send),
  );
  const transport = await openTransport(world);
  const session = openSession(transport, {
    ...{ address: '127.0.0.1', port: agent.port, version: 1, community: new Secret('c') },
    ...{ timeoutMs: 1_000, retries: 0 },
  });
  let lost = 0;
  // A mutation may be a sound answer of another kind; what must not be is silence.
  const heard = ({ problem }: Answer): void => {
    if (problem?.kind === 'timeout') lost++;
  };
  const measured = await measure(count, behind.sent, async () => {
    heard(await session.get([`${COLUMN}.1`]));
    heard(await session.walk([COLUMN], { requests: 20, rows: 100, timeMs: 5_000 }));
  });
  transport.close();
  await agent.close();
  return { ...measured, lost };
}

/** The same over SNMPv3 with authentication and privacy. */
export async function mutatedV3Replies(count: number): Promise<Mutated> {
  const behind = mutationsBefore(seededRandom(13));
  const key = new Secret('a-password-of-the-bench');
  const user = {
    user: 'u',
    level: 'authPriv',
    auth: 'sha',
    authKey: key,
    priv: 'aes',
    privKey: key,
  } as const;
  const paper = new PaperAgent(user);
  const varbinds = [{ oid: `${COLUMN}.1`, value: { type: 'counter64', bigint: 7n } }] as const;
  const device = createSocket('udp4');
  device.on('message', (bytes, from) => {
    const heard = paper.hear(bytes);
    // RFC 3414 section 4: who asks without an engine id is told it.
    const good = heard.engineId === '' ? paper.report(heard, 4) : paper.reply(heard, { varbinds });
    behind.answer(good, (datagram) => device.send(datagram, from.port, from.address));
  });
  await new Promise<void>((resolve) => device.bind(0, '127.0.0.1', resolve));
  const transport = await openTransport(world);
  const session = openV3Session(transport, {
    ...{ address: '127.0.0.1', port: device.address().port, timeoutMs: 1_000, retries: 0, v3: user },
  });
  let lost = 0;
  const measured = await measure(count, behind.sent, async () => {
    const { varbinds: found } = await session.get([`${COLUMN}.1`]);
    if (found[0]?.value.type !== 'counter64' || found[0].value.bigint !== 7n) lost++;
  });
  transport.close();
  device.close();
  return { ...measured, lost };
}

/** Sends mutations of an answer and of recorded datagrams, then the answer. */
function mutationsBefore(random: Random): {
  sent(): number;
  answer(good: Uint8Array, send: (datagram: Uint8Array) => void): void;
} {
  const recorded = seeds();
  let sent = 0;
  return {
    sent: () => sent,
    answer(good, send) {
      for (let i = 0; i < BAD_EACH; i++) {
        const seed = i < 16 || recorded.length === 0 ? good : recorded[random.below(recorded.length)]!;
        send(damaged(seed, random));
      }
      sent += BAD_EACH;
      send(good);
    },
  };
}

/** The receiver as its socket feeds it, with a good trap behind each lot. */
export async function mutatedTraps(count: number): Promise<Mutated> {
  const random = seededRandom(12);
  let taken = 0;
  const receiver = await openTrapReceiver({
    ...{ listen: { host: '127.0.0.1', port: 0 }, communities: [new Secret('public')], world },
    users: [{ user: 'authu', level: 'authNoPriv', auth: 'sha', authKey: new Secret('authkeyauthkey') }],
    rate: { perSecond: 1e9, burst: 1e9 },
    accept: async (records) => {
      taken += records.filter(({ address }) => address === '192.0.2.9').length;
    },
  });
  const good = trap();
  const all = [good, ...seeds()];
  let sent = 0;
  let expected = 0;
  const lot = async (): Promise<void> => {
    for (let i = 0; i < BAD_EACH; i++) {
      const seed = all[random.below(all.length)]!;
      receiver.take(Buffer.from(damaged(seed, random)), { address: '192.0.2.1', port: 9 });
    }
    sent += BAD_EACH;
    expected++;
    receiver.take(good, { address: '192.0.2.9', port: 9 });
    if (expected % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
  };
  const measured = await measure(count, () => sent, lot);
  await receiver.close();
  return { ...measured, lost: expected - taken };
}

function trap(): Buffer {
  const varbinds = [
    encodeVarbind({ oid: '1.3.6.1.2.1.1.3.0', value: { type: 'timeticks', number: 5 } })!,
    encodeVarbind({ oid: '1.3.6.1.6.3.1.1.4.1.0', value: { type: 'oid', oid: '1.3.6.1.6.3.1.1.5.3' } })!,
  ];
  const fields = { version: 1, requestId: 77, errorStatus: 0, errorIndex: 0 } as const;
  return Buffer.from(encodeResponse({ ...fields, community: Buffer.from('public'), varbinds }, 'trap')!);
}

/** Growth counts from a tenth of the way on: before it the engine that runs us settles. */
async function measure(
  count: number,
  done: () => number,
  step: () => Promise<void>,
): Promise<Omit<Mutated, 'lost'>> {
  while (done() < count / 10) await step();
  const before = process.memoryUsage.rss();
  const liveBefore = await liveBytes();
  const [from, startsAt] = [done(), performance.now()];
  while (done() < count) await step();
  const perSecond = ((done() - from) * 1_000) / (performance.now() - startsAt);
  const growthBytes = process.memoryUsage.rss() - before;
  return { perSecond, growthBytes, liveGrowthBytes: (await liveBytes()) - liveBefore };
}

/** Collected until nothing more goes: what is under way ends in turns of its own, and buffers go a turn after their owners. */
async function liveBytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let turns = 0; turns < 4; turns++) {
    await new Promise((resolve) => setTimeout(resolve, 3));
    collect();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** One to four injuries: bytes, lengths and tags, truncation, loss, repetition. */
function damaged(message: Uint8Array, random: Random): Uint8Array {
  let bytes = Buffer.from(message);
  for (let turns = 1 + random.below(4); turns > 0 && bytes.length > 1; turns--) {
    const at = random.below(bytes.length);
    const end = at + 1 + random.below(12);
    const kind = random.below(6);
    if (kind === 0) bytes[at] = random.below(256);
    else if (kind === 1) bytes[at] = [0, 0x7f, 0x80, 0x81, 0x84, 0xff, 0x30, 0x1f][random.below(8)]!;
    else if (kind === 2) bytes[at] = bytes[at]! ^ (1 << random.below(8));
    else if (kind === 3) bytes = bytes.subarray(0, at + 1);
    else if (kind === 4) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    else bytes = Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
  }
  return bytes;
}
