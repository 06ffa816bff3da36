import { expect, test } from 'vitest';
import { levelsOf, ownLines } from '../../../src/app/center/levels.ts';
import type { IncidentRecord } from '../../../src/edge/book/records.ts';
import type { IncidentId } from '../../../src/model/ids.ts';
import { placeSubscribers } from '../../../src/topology/topology.ts';
import { allTerminals, cityTable } from '../../support/line-city.ts';
import { smallCity, terminals } from '../../support/small-city.ts';

const topology = smallCity();
const subscribers = placeSubscribers(topology, cityTable());
const placed = { version: 1, topology, subscribers };
const branch = terminals('1-1-1');

/** An incident of everybody below splitter s1-1-1. */
const record = (change: { suspected?: boolean; topologyVersion?: number } = {}): IncidentRecord =>
  ({
    incident: { id: 'l.1.1', suspected: change.suspected },
    impact: {
      ...{ subscribers: branch.length, topologyVersion: change.topologyVersion ?? 1 },
      ranges: subscribers.rangesUnderId('s1-1-1'),
    },
  }) as unknown as IncidentRecord;

const book = (...dead: readonly string[]) =>
  ownLines({ deadResources: async () => ({ resources: dead }) }, () => 0);

test('whose own terminal is dark is proved, who hangs below what is dark is inferred', async () => {
  expect(await levelsOf(record(), book(...branch.slice(0, 3)), placed)).toEqual({
    ...{ proved: 3, inferred: branch.length - 3, suspected: 0 },
  });
  // The splitter's own alarm, and a terminal elsewhere, prove nobody here.
  const elsewhere = allTerminals.find((id) => !branch.includes(id))!;
  expect(await levelsOf(record(), book('s1-1-1', elsewhere, 'nowhere'), placed)).toEqual({
    ...{ proved: 0, inferred: branch.length, suspected: 0 },
  });
});

test('however many alarms there are, they are read in pages, and all of them count', async () => {
  const read: unknown[] = [];
  const own = ownLines(
    {
      deadResources: async ({ after }) => {
        read.push(after);
        const [, row] = after ?? [0, 0];
        return { resources: [branch[row]!], next: row < 3 ? [0, row + 1] : undefined };
      },
    },
    () => 0,
  );
  expect((await levelsOf(record(), own, placed))?.proved).toBe(4);
  expect(read).toEqual([undefined, [0, 1], [0, 2], [0, 3]]);
});

test('what only people say is suspected, whatever their terminals say', async () => {
  expect(await levelsOf(record({ suspected: true }), book(...branch), placed)).toEqual({
    ...{ proved: 0, inferred: 0, suspected: branch.length },
  });
});

test('an incident of another network, or one without people, has no levels', async () => {
  expect(await levelsOf(record({ topologyVersion: 7 }), book(), placed)).toBeUndefined();
  expect(await levelsOf(record(), book(), undefined)).toBeUndefined();
});

test('however often it is asked for, the book is asked once in five seconds, and whom it touches now counts', async () => {
  let [asked, now] = [0, 0];
  const own = ownLines(
    {
      deadResources: async () => {
        if (++asked === 1) throw new Error('busy');
        return { resources: branch.slice(0, asked) };
      },
    },
    () => now,
  );
  await expect(levelsOf(record(), own, placed)).rejects.toThrow('busy');
  const [first, second] = await Promise.all([
    levelsOf(record(), own, placed),
    levelsOf(record(), own, placed),
  ]);
  expect([first?.proved, second?.proved, asked]).toEqual([2, 2, 2]);
  const [range] = subscribers.rangesUnderId(branch[0]!);
  const one = { ...record(), impact: { subscribers: 1, topologyVersion: 1, ranges: [range] } };
  expect(await levelsOf(one as never, own, placed)).toEqual({ proved: 1, inferred: 0, suspected: 0 });
  now = 5_000;
  expect((await levelsOf(record(), own, placed))?.proved).toBe(3);
  expect(await levelsOf(record(), own, placed)).toMatchObject({ proved: 3 });
  expect(asked).toBe(3);
  expect(own.counters).toMatchObject({ levelsRead: 3, levelsShared: 3, levelsForgotten: 0, levelsCut: 0 });
});

test('of very many incidents, and of very many alarms, it is counted what was not kept or not looked at', async () => {
  let pages = 0;
  const own = ownLines(
    {
      deadResources: async ({ incident }) => {
        pages++;
        return { resources: [], next: incident === 'l.1.1' ? [0, pages] : undefined };
      },
    },
    () => 0,
  );
  await own('l.1.1' as IncidentId, placed);
  for (let n = 2; n <= 60; n++) await own(`l.1.${n}` as IncidentId, placed);
  expect(own.counters).toEqual({ levelsRead: 60, levelsShared: 0, levelsForgotten: 10, levelsCut: 1 });
});
