/** Puts one value of a datagram into its cell without making an object of it. */
import { isOid, type TableCells, valueTag } from '../../collect/session.ts';
import { signedNumber } from './ber.ts';

/** False when the bytes do not fit the type or there is no room: the cell stays a hole and is counted. */
export function keepValue(cells: TableCells, at: number, value: CellValue): boolean {
  const { bytes, tag, from, end } = value;
  switch (tag) {
    case valueTag.counter32:
    case valueTag.gauge32:
    case valueTag.timeticks:
    case valueTag.unsigned32:
    case valueTag.counter64:
      return keepUnsigned(cells, at, value);
    case valueTag.integer:
      return keepSigned(cells, at, value);
    case valueTag.octets:
    case valueTag.opaque:
    case valueTag.nsap:
      return cells.keepBytes(at, tag, value);
    case valueTag.oid:
      return end === from || isOid(bytes, from, end) ? cells.keepBytes(at, tag, value) : unreadable(cells);
    case valueTag.ipAddress:
      return end - from === 4 ? cells.keepBytes(at, tag, value) : unreadable(cells);
    case valueTag.null:
      cells.tags[at] = tag;
      return true;
    default:
      return unreadable(cells);
  }
}

/** Where the value stands; reused for all values of a walk. */
export interface CellValue {
  bytes: Uint8Array;
  tag: number;
  from: number;
  end: number;
}

/**
 * Agents exist that leave out the leading zero byte of values from 2^31 up, so the first byte is no sign; up to eight
 * significant bytes for Counter64, four for the others.
 */
function keepUnsigned(cells: TableCells, at: number, { bytes, tag, from, end }: CellValue): boolean {
  let i = from;
  while (i < end - 1 && bytes[i] === 0) i++;
  const size = end - i;
  if (from >= end || size > (tag === valueTag.counter64 ? 8 : 4)) return unreadable(cells);
  let high = 0;
  for (const lowFrom = end - 4; i < lowFrom; i++) high = (high << 8) | bytes[i]!;
  let low = 0;
  for (; i < end; i++) low = (low << 8) | bytes[i]!;
  cells.tags[at] = tag;
  cells.hi[at] = high;
  cells.lo[at] = low;
  return true;
}

function keepSigned(cells: TableCells, at: number, { bytes, from, end }: CellValue): boolean {
  if (end - from <= 4 && end > from) {
    let low = (bytes[from]! << 24) >> 24;
    for (let i = from + 1; i < end; i++) low = (low << 8) | bytes[i]!;
    cells.tags[at] = valueTag.integer;
    cells.hi[at] = low >> 31;
    cells.lo[at] = low;
    return true;
  }
  const number = signedNumber(bytes, from, end);
  if (Number.isNaN(number)) return unreadable(cells);
  cells.tags[at] = valueTag.integer;
  cells.hi[at] = Math.floor(number / 0x1_0000_0000);
  cells.lo[at] = number;
  return true;
}

function unreadable(cells: TableCells): false {
  cells.refuseUnreadable();
  return false;
}
