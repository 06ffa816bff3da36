import { expect, test } from 'vitest';
import {
  type FromIngest,
  IngestLink,
  type RecordsMessage,
  type ToIngest,
} from '../../../src/app/center/ingest-link.ts';
import { instant } from '../../../src/base/instant.ts';
import type { Detection } from '../../../src/detect/detect.ts';
import { encodeTrap } from '../../../src/edge/trap/trap.ts';
import { decodeInput } from '../../../src/flow/record.ts';
import { Running } from '../../../src/flow/running.ts';
import { resourceId } from '../../../src/model/ids.ts';
import { cityNoon } from '../../support/line-city.ts';
import { freshLine } from '../../support/line-run.ts';
import { MemoryJournal } from '../../support/memory-journal.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

const spool = 'a'.repeat(32);
const trap = (n: number): Uint8Array =>
  encodeTrap({
    at: instant(cityNoon),
    from: '192.0.2.1:162',
    address: '192.0.2.1',
    version: 'v2c',
    inform: true,
    trapOid: `1.3.6.1.4.1.9.${n}`,
    varbinds: [],
  });
const records = (first: number, count: number, from = first): RecordsMessage => ({
  kind: 'records',
  spool,
  from,
  first,
  records: Array.from({ length: count }, (_, index) => trap(first + index)),
});

function openLink(options: { readonly capacity?: number } = {}) {
  const world = virtualWorld({ startsAt: cityNoon });
  const journal = new MemoryJournal();
  const line = freshLine();
  const sent: ToIngest[] = [];
  const running = new Running({
    line,
    journal,
    world,
    capacity: options.capacity,
    deliver: async (batch) => link.delivered(batch),
    onFailure: (error) => {
      throw error;
    },
  });
  const link: IngestLink = new IngestLink({
    onHint: () => undefined,
    onChange: () => undefined,
    running,
    world,
    detection: { trap: () => [], asksForDiscovery: () => false } as unknown as Detection,
    deviceOf: () => [],
    spoolOffset: (name) => line.spoolOffset(name),
    send: (message) => void sent.push(message),
  });
  running.start();
  const take = async (...messages: readonly FromIngest[]): Promise<void> => {
    for (const message of messages) link.take(message);
    await world.pass(1);
  };
  /** Offsets in the journal, in order. */
  const taken = () =>
    journal.records.flatMap((bytes) => {
      const { input } = decodeInput(bytes);
      return input.kind === 'observation' && input.spool !== undefined ? [input.spool.offset] : [];
    });
  return { link, line, sent, take, taken };
}

test('a centre that comes back confirms what the journal had, and an ingest that comes back hears it again', async () => {
  const { line, take, sent } = openLink();
  const observation = { event: 'alive', resource: resourceId('olt-1'), source: 'trap' } as const;
  line.apply(0, instant(cityNoon), { kind: 'observation', observation, spool: { id: spool, offset: 7 } });
  await take({ kind: 'hello', spool }, { kind: 'hello', spool });
  const told: ToIngest[] = [
    { kind: 'sendFrom', spool, offset: 8 },
    { kind: 'confirmed', spool, offset: 7 },
  ];
  expect(sent).toEqual([...told, ...told]);
});

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

test('what an ingest sends before it is told where to go on leaves no hole behind', async () => {
  const { take, taken, sent } = openLink();
  // The centre was killed with 1 to 30 in its memory; the ingest goes on with 31.
  await take(records(31, 5), { kind: 'hello', spool }, records(36, 5));
  expect(sent).toEqual([{ kind: 'sendFrom', spool, offset: 1 }]);
  await take(records(1, 40));
  expect(taken()).toEqual(upTo(40));
});

test('what a full queue refused is asked for again and journaled in order, though more was under way', async () => {
  const { take, taken, sent } = openLink({ capacity: 8 });
  await take({ kind: 'hello', spool }, records(1, 10), records(11, 5));
  expect(taken()).toEqual(upTo(8));
  expect(sent).toContainEqual({ kind: 'sendFrom', spool, offset: 9 });
  // Was on its way when the ingest was asked.
  await take(records(16, 4));
  expect(taken()).toEqual(upTo(8));
  await take(records(9, 7), records(16, 1));
  await take(records(16, 5));
  expect(taken()).toEqual(upTo(20));
  expect(sent.at(-1)).toEqual({ kind: 'confirmed', spool, offset: 20 });
});

test('an ingest that starts again repeats nothing that already waits for the journal', async () => {
  const { link, take, taken } = openLink();
  link.take({ kind: 'hello', spool });
  link.take(records(1, 6));
  await take({ kind: 'hello', spool }, records(1, 9));
  expect(taken()).toEqual(upTo(9));
});

test('records that a damaged spool has lost are passed over, and so is one that cannot be read', async () => {
  const { link, take, taken } = openLink();
  const broken = { ...records(6, 3), records: [trap(6), Buffer.from('{"schema":9}'), trap(8)] };
  await take({ kind: 'hello', spool }, records(1, 2), records(6, 3, 3), broken, records(9, 1));
  expect(taken()).toEqual([1, 2, 6, 7, 8, 9]);
  await take({ ...records(10, 2), records: [Buffer.from('{"schema":9}'), trap(11)] });
  expect(taken().at(-1)).toBe(11);
  expect(link.counters['spoolUnreadable']).toBe(1);
});
