/** Columns as they begin names in messages, encoded once for all devices that are asked for them. */
import type { Oid } from '../../collect/session.ts';
import { encodeOid } from './oid.ts';
import { TableRequests } from './request-buffer.ts';

export interface ColumnPrefixes {
  /** As BER content. */
  readonly names: readonly Uint8Array[];
  /**
   * Of each name its first four bytes, the four before its last four, its last four, and its length; of names too short for
   * that a length that no name has.
   */
  readonly words: Int32Array;
  readonly requests: TableRequests;
}

/** Words of a name in `ColumnPrefixes.words`. */
export const WORDS_OF_NAME = 4;
/** Of shorter names the words would overlap what stands before them. */
const LEAST_NAME_OF_WORDS = 8;

export const noPrefixes = prefixesFrom([]);

const encoded = new WeakMap<readonly Oid[], ColumnPrefixes>();

/** Undefined when one of the columns is no OID. */
export function prefixesOf(columns: readonly Oid[]): ColumnPrefixes | undefined {
  const known = encoded.get(columns);
  if (known !== undefined) return known;
  const names = columns.map(encodeOid);
  if (!names.every((name) => name !== undefined)) return undefined;
  const prefixes = prefixesFrom(names);
  encoded.set(columns, prefixes);
  return prefixes;
}

function prefixesFrom(names: readonly Uint8Array[]): ColumnPrefixes {
  return { names, words: Int32Array.from(names.flatMap(wordsOf)), requests: new TableRequests() };
}

function wordsOf(name: Uint8Array): number[] {
  if (name.length < LEAST_NAME_OF_WORDS) return [0, 0, 0, -0x1_0000];
  const view = new DataView(name.buffer, name.byteOffset, name.length);
  return [view.getInt32(0), view.getInt32(name.length - 8), view.getInt32(name.length - 4), name.length];
}
