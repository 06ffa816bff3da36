/** A compiled topology as one row of bytes: what a thread hands to another and the journal names by hash. */
import { Fault } from '../base/fault.ts';
import type { TopologyColumns, Tree } from './columns.ts';
import type { PlannedWorks } from './records.ts';

// "ACTP"; then version and length of the JSON head. Numbers lie in the order of the machine: every one Node runs on is
// little-endian, and another one would refuse the magic.
const magic = 0x50544341;
const version = 1;
const headerBytes = 16;
/** Every column begins on a multiple of the largest number. */
const unit = 8;

const kinds = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  i32: Int32Array,
  f64: Float64Array,
} as const;
type ColumnKind = keyof typeof kinds;
type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

interface Head {
  readonly resources: number;
  readonly kinds: readonly string[];
  readonly trees: readonly string[];
  readonly planned: readonly PlannedWorks[];
  /** Length of each column, in the order of `layout`. */
  readonly lengths: readonly number[];
}

const layout: readonly ColumnKind[] = [
  ...(['u8', 'u32', 'u32', 'u8', 'u32', 'u16', 'u32', 'f64'] as const),
  ...(['i32', 'u8', 'u32', 'u32', 'i32', 'i32', 'u32', 'u32', 'i32', 'i32'] as const),
];
const treeLayout: readonly ColumnKind[] = ['i32', 'u32', 'i32'];

function columnsOf(columns: TopologyColumns): Numbers[] {
  const { ids, labels, endNames, segments, needs } = columns;
  const own = [ids.bytes, ids.starts, ids.slots, labels.bytes, labels.starts, columns.kind];
  const links = [columns.ends, endNames.bytes, endNames.starts, segments.starts, segments.items];
  const needed = [columns.needy, columns.atLeast, needs.starts, needs.items, columns.serviceRoots];
  const trees = [...columns.trees.values()].flatMap(({ parents, starts, children }) => [
    parents,
    starts,
    children,
  ]);
  return [...own, columns.ownSubscribers, columns.order, ...links, ...needed, ...trees];
}

/** The same columns always give the same bytes; they are views of the columns, in pieces, since a copy would cost their size. */
export function topologyPieces(columns: TopologyColumns): readonly Uint8Array[] {
  const all = columnsOf(columns);
  const { resources, planned } = columns;
  const head: Head = {
    resources,
    kinds: columns.kinds,
    trees: [...columns.trees.keys()],
    planned,
    lengths: all.map(({ length }) => length),
  };
  const text = new TextEncoder().encode(JSON.stringify(head));
  const first = new Uint8Array(aligned(headerBytes + text.length));
  new Uint32Array(first.buffer, 0, 3).set([magic, version, text.length]);
  first.set(text, headerBytes);
  const pieces = [first];
  for (const { buffer, byteOffset, byteLength } of all) {
    pieces.push(new Uint8Array(buffer, byteOffset, byteLength) as Uint8Array<ArrayBuffer>);
    if (byteLength % unit !== 0) pieces.push(new Uint8Array(unit - (byteLength % unit)));
  }
  return pieces;
}

/** True of bytes that `topologyPieces` gave, of whatever version. */
export const isStoredTopology = (bytes: Uint8Array): boolean =>
  bytes.length >= headerBytes && new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true) === magic;

/** Columns lie in `bytes`, which must not change any more. Throws `topology/damaged` on anything else. */
export function decodeTopology(given: Uint8Array<ArrayBuffer>): TopologyColumns {
  const bytes = given.byteOffset % unit === 0 ? given : given.slice();
  if (!isStoredTopology(bytes)) throw damaged('not a stored topology');
  const [, found, length = 0] = new Uint32Array(bytes.buffer, bytes.byteOffset, 3);
  if (found !== version) throw damaged(`version ${found}, expected ${version}`);
  if (length > bytes.length - headerBytes) throw damaged('the head is longer than the file');
  const head = headOf(bytes.subarray(headerBytes, headerBytes + length));
  const expected = [...layout, ...head.trees.flatMap(() => treeLayout)];
  if (head.lengths.length !== expected.length) throw damaged(`${head.lengths.length} columns`);
  let at = aligned(headerBytes + length);
  const columns = expected.map((kind, place) => {
    const Column = kinds[kind];
    const count = head.lengths[place]!;
    const size = count * Column.BYTES_PER_ELEMENT;
    if (!(size >= 0) || at + size > bytes.length) throw damaged('a column is longer than the file');
    const column = new Column(bytes.buffer, bytes.byteOffset + at, count);
    at += aligned(size);
    return column;
  });
  return named(head, columns);
}

function named(head: Head, all: readonly Numbers[]): TopologyColumns {
  let next = 0;
  const take = <T extends Numbers>(): T => all[next++] as T;
  const ids = { bytes: take<Uint8Array>(), starts: take<Uint32Array>(), slots: take<Uint32Array>() };
  const labels = { bytes: take<Uint8Array>(), starts: take<Uint32Array>() };
  const kind = take<Uint16Array>();
  const ownSubscribers = take<Uint32Array>();
  const order = take<Float64Array>();
  const ends = take<Int32Array>();
  const endNames = { bytes: take<Uint8Array>(), starts: take<Uint32Array>() };
  const segments = { starts: take<Uint32Array>(), items: take<Int32Array>() };
  const needy = take<Int32Array>();
  const atLeast = take<Uint32Array>();
  const needs = { starts: take<Uint32Array>(), items: take<Int32Array>() };
  const serviceRoots = take<Int32Array>();
  const trees = head.trees.map((name): [string, Tree] => [
    name,
    { parents: take<Int32Array>(), starts: take<Uint32Array>(), children: take<Int32Array>() },
  ]);
  const { resources, planned } = head;
  return {
    ...{ resources, kinds: head.kinds, planned, trees: new Map(trees), ids, labels, kind, ownSubscribers },
    ...{ order, ends, endNames, segments, needy, atLeast, needs, serviceRoots },
  };
}

function headOf(bytes: Uint8Array): Head {
  try {
    const head = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Head;
    if (Array.isArray(head.kinds) && Array.isArray(head.trees) && Array.isArray(head.lengths)) return head;
  } catch (error) {
    throw damaged('the head is not JSON', error);
  }
  throw damaged('the head lacks its lists');
}

const aligned = (length: number): number => Math.ceil(length / unit) * unit;
const damaged = (what: string, cause?: unknown): Fault =>
  new Fault('topology/damaged', `damaged topology: ${what}`, cause);
