import { describe, expect, it } from 'vitest';
import { TableCells } from '../../../src/collect/session.ts';
import { prefixesOf } from '../../../src/edge/snmp/column-prefixes.ts';
import { encodeOid } from '../../../src/edge/snmp/oid.ts';
import { MessageView, V2C } from '../../../src/edge/snmp/pdu.ts';
import { RequestBuffer, type RequestParts, upTimeColumn } from '../../../src/edge/snmp/request-buffer.ts';

const columns = ['1.3.6.1.2.1.2.2.1.8', '1.3.6.1.2.1.31.1.1.1.6'];
const to = (community: string) => ({ version: V2C, community: new TextEncoder().encode(community) }) as const;

/** A walk of a device whose columns are all at the row with this index. */
function walkAt(index: string | undefined, parts: Partial<RequestParts> = {}): RequestParts {
  const cells = new TableCells({ columns });
  cells.begin();
  cells.stamp(1, 2);
  const bytes = index === undefined ? new Uint8Array(0) : encodeOid(`1.3.${index}`)!;
  for (let column = 0; index !== undefined && column < 2; column++)
    cells.rowFor(column, bytes, 1, bytes.length);
  const asked = Int32Array.of(0, 1);
  const form = { nonRepeaters: 1, maxRepetitions: 7, usesBulk: true, asked, askedCount: 2 };
  return { ...form, prefixes: prefixesOf(columns)!, cells, ...parts };
}

function readBack(bytes: Uint8Array) {
  const view = new MessageView();
  expect(view.read(bytes)).toBe(true);
  const names = Array.from({ length: view.count }, (_, i) => view.oid(i));
  const community = new TextDecoder().decode(bytes.subarray(view.communityFrom, view.communityEnd));
  return {
    id: view.requestId,
    repetitions: view.errorIndex,
    nonRepeaters: view.errorStatus,
    names,
    community,
  };
}

describe('a request of a walk', () => {
  it('written over that of another device is the same as one written anew', () => {
    const shared = new RequestBuffer();
    const walks: readonly (readonly [RequestParts, string])[] = [
      [walkAt('1'), 'public'],
      [walkAt('7'), 'public'],
      [walkAt('7', { maxRepetitions: 3 }), 'public'],
      [walkAt('127'), 'private'],
      [walkAt('127'), 'no'],
      [walkAt('128'), 'no'],
      [walkAt('4194304256.1'), 'no'],
      [walkAt('4194304256.2', { nonRepeaters: 0 }), 'no'],
      [walkAt('3', { usesBulk: false }), 'no'],
      [walkAt('4', { usesBulk: false, maxRepetitions: 1 }), 'no'],
      [walkAt('5', { askedCount: 1 }), 'no'],
      [walkAt('6', { askedCount: 1, asked: Int32Array.of(1) }), 'no'],
      [walkAt('7', { askedCount: 1, asked: Int32Array.of(1) }), 'no'],
      [walkAt(undefined), 'no'],
      [walkAt('2'), 'no'],
    ];
    for (const [i, [walk, community]] of walks.entries()) {
      const id = 0x4000_0000 + i;
      const found = shared.encode(walk, to(community), id)!;
      expect([...found]).toEqual([...new RequestBuffer().encode(walk, to(community), id)!]);
      expect(readBack(found)).toMatchObject({ id, community });
    }
  });

  it('asks for the time once and for the rows behind the last ones', () => {
    expect(readBack(new RequestBuffer().encode(walkAt('128'), to('public'), 0x4000_0001)!)).toEqual({
      id: 0x4000_0001,
      repetitions: 7,
      nonRepeaters: 1,
      names: ['1.3.6.1.2.1.1.3', ...columns.map((column) => `${column}.128`)],
      community: 'public',
    });
  });

  it('of columns that stand at different rows names each of them', () => {
    const walk = walkAt('1');
    const cells = walk.cells as TableCells;
    const index = Uint8Array.of(0x81, 0x00);
    cells.rowFor(1, index, 0, 2);
    const shared = new RequestBuffer();
    shared.encode(walkAt('1'), to('public'), 0x4000_0001);
    const { names } = readBack(shared.encode(walk, to('public'), 0x4000_0002)!);
    expect(names.slice(1)).toEqual([`${columns[0]}.1`, `${columns[1]}.128`]);
  });

  it('that the kernel keeps is not written into any more', () => {
    const shared = new RequestBuffer();
    const kept = shared.encode(walkAt('1'), to('public'), 0x4000_0001)!;
    const before = [...kept];
    shared.leave();
    const next = shared.encode(walkAt('2'), to('public'), 0x4000_0002)!;
    expect([...kept]).toEqual(before);
    expect(readBack(next).id).toBe(0x4000_0002);
  });

  it('is none when it would be larger than what is sent', () => {
    const names = Array.from({ length: 6_000 }, () => upTimeColumn);
    const asked = Int32Array.from(names.keys());
    const cells = { lastIndexLength: () => 0, writeLastIndex: (_: number, __: Uint8Array, at: number) => at };
    const parts = { prefixes: { names }, asked, askedCount: names.length, cells };
    expect(new RequestBuffer().encode(walkAt('1', parts), to('public'), 1)).toBeUndefined();
  });
});
