/** Line, journal, contents, book and courier of the centre on a large network, with a channel that only counts. */
import { readFileSync } from 'node:fs';
import { calendarFrom } from '../../src/app/center/calendar.ts';
import { type LineHost, openLineHost } from '../../src/app/center/line-host.ts';
import { SubscriberVersions } from '../../src/app/center/subscriber-versions.ts';
import { defaultPolicy } from '../../src/app/config/policy.ts';
import { type Courier, startCourier } from '../../src/app/courier/courier.ts';
import { milliseconds } from '../../src/base/instant.ts';
import type { World } from '../../src/base/world.ts';
import type { Book } from '../../src/edge/book/book.ts';
import { parseNoticeTexts } from '../../src/edge/files/notice-texts.ts';
import type { Applied } from '../../src/flow/applied.ts';
import type { Policy } from '../../src/model/policy.ts';
import type { Channel, OutgoingNotice } from '../../src/notify/channel.ts';
import { encodeSubscribers, type Topology } from '../../src/topology/topology.ts';
import { shippedRules } from '../../test/support/shipped-rules.ts';
import { benchWorld } from './world.ts';

export interface MassCentre {
  readonly host: LineHost;
  readonly courier: Courier;
  readonly channel: CountingChannel;
  close(): Promise<void>;
}

/** Takes all at once; counts what left, and who was told twice. */
export class CountingChannel implements Channel {
  readonly name = 'sms';
  readonly address = 'phone';
  readonly honoursKey = true;
  readonly #told: Uint8Array;
  sent = 0;
  repeated = 0;
  onSent: () => void = () => {};

  /** Of so many subscribers, `s0` being the first. */
  constructor(subscribers: number) {
    this.#told = new Uint8Array(subscribers);
  }

  async send({ subscriber }: OutgoingNotice): Promise<{ readonly kind: 'sent' }> {
    const number = Number(subscriber.slice(1));
    if (this.#told[number] === 1) this.repeated++;
    this.#told[number] = 1;
    this.sent++;
    this.onSent();
    return { kind: 'sent' };
  }

  async close(): Promise<void> {}
}

/** Nobody has to be asked and nothing is waited for: what is left is the machine's own time. */
export const massPolicy: Policy = {
  ...defaultPolicy,
  notify: {
    ...defaultPolicy.notify,
    order: ['sms'],
    holdMs: milliseconds(0),
    quietHours: undefined,
    secondPersonAbove: Number.MAX_SAFE_INTEGER,
    stopAboveShare: 1,
  },
};

export async function openMassCentre(options: {
  readonly folder: string;
  readonly book: Book;
  readonly topology: Topology;
  readonly channel: CountingChannel;
  readonly onBatch: (batch: readonly Applied[]) => void;
}): Promise<MassCentre> {
  const { folder, book, channel } = options;
  const world = benchWorld();
  let courier: Courier | undefined;
  const host = await openLineHost({
    folder,
    world,
    book,
    rules: shippedRules,
    deliver(batch) {
      options.onBatch(batch);
      if (batch.some(({ effects }) => effects.length > 0)) courier?.poke();
    },
    onFailure: (error) => {
      throw error;
    },
  });
  host.running.start();
  await enter(host, { book, topology: options.topology, world });
  courier = await startCourier({
    book,
    world,
    channels: [{ channel, ratePerSecond: 1_000_000 }],
    texts: texts(),
    publicUrl: 'https://status.example',
    language: 'ru',
    zone: 'Europe/Moscow',
    keysOf: versionsOf(host),
    submit: (input) => host.submit(input),
  });
  return {
    host,
    courier,
    channel,
    async close() {
      await courier?.close();
      await host.stop();
    },
  };
}

function versionsOf(host: LineHost): Parameters<typeof startCourier>[0]['keysOf'] {
  const versions = new SubscriberVersions(host);
  return (range) => versions.keysOf(range);
}

async function enter(
  host: LineHost,
  { book, topology, world }: { readonly book: Book; readonly topology: Topology; readonly world: World },
): Promise<void> {
  await host.submit({ kind: 'policy', policy: await host.contents.putJson(massPolicy) });
  const channels = [{ name: 'sms', address: 'phone' }] as const;
  const table = await book.exportColumns({ channels, language: 'ru', zone: 'Europe/Moscow' });
  const calendar = await host.contents.putJson(calendarFrom(table.zones, world.now()));
  await host.submit({ kind: 'calendar', calendar });
  const { sha256 } = await host.contents.putTopology(topology, undefined);
  const subscribers = await host.contents.put(encodeSubscribers(table));
  await host.submit({ kind: 'topologyVersion', version: 1, topology: sha256, subscribers });
}

function texts(): Parameters<typeof startCourier>[0]['texts'] {
  const files = ['ru', 'en'].map((name) => ({
    file: name,
    text: readFileSync(`rules/texts/${name}.yaml`, 'utf8'),
  }));
  const { value, problems } = parseNoticeTexts(files);
  if (value === undefined) throw new Error(JSON.stringify(problems));
  return value;
}
