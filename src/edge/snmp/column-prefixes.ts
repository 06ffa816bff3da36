/** Columns as they begin names in messages, encoded once for all devices that are asked for them. */
import type { Oid } from '../../collect/session.ts';
import { encodeOid } from './oid.ts';

const encoded = new WeakMap<readonly Oid[], readonly Uint8Array[]>();

/** Undefined when one of the columns is no OID. */
export function prefixesOf(columns: readonly Oid[]): readonly Uint8Array[] | undefined {
  const known = encoded.get(columns);
  if (known !== undefined) return known;
  const names = columns.map(encodeOid);
  if (!names.every((name) => name !== undefined)) return undefined;
  encoded.set(columns, names);
  return names;
}
