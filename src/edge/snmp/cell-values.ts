/** Puts one value of a datagram into its cell without making an object of it. */
import { isOid, type TableCells, valueTag } from '../../collect/session.ts';
import { signedNumber } from './ber.ts';
import type { MessageView } from './pdu.ts';

/** Value `i` of the message into cell `at`; where its bytes do not fit its type the cell stays a hole and is counted. */
export function keepValue(cells: TableCells, at: number, view: MessageView, i: number): void {
  const { bytes } = view;
  const tag = view.tag(i);
  const from = view.valueFrom(i);
  const end = view.valueEnd(i);
  if (tag >= valueTag.counter32 && tag <= valueTag.timeticks && end - from <= 4 && from < end) {
    // Agents exist that leave out the leading zero byte of values from 2^31 up, so the first byte is no sign.
    let low = bytes[from]!;
    for (let k = from + 1; k < end; k++) low = (low << 8) | bytes[k]!;
    cells.tags[at] = tag;
    cells.hi[at] = 0;
    cells.lo[at] = low;
  } else if (tag === valueTag.counter64 || (tag >= valueTag.counter32 && tag <= valueTag.timeticks)) {
    keepUnsigned(cells, at, { tag, bytes, from, end });
  } else if (tag === valueTag.integer && end - from <= 4 && from < end) {
    let low = (bytes[from]! << 24) >> 24;
    for (let k = from + 1; k < end; k++) low = (low << 8) | bytes[k]!;
    cells.tags[at] = tag;
    cells.hi[at] = low >> 31;
    cells.lo[at] = low;
  } else keepOther(cells, at, { tag, bytes, from, end });
}

interface Value {
  readonly tag: number;
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly end: number;
}

/** Up to eight significant bytes for Counter64, four for the others. */
function keepUnsigned(cells: TableCells, at: number, { tag, bytes, from, end }: Value): void {
  let i = from;
  while (i < end - 1 && bytes[i] === 0) i++;
  if (from >= end || end - i > (tag === valueTag.counter64 ? 8 : 4)) {
    cells.refuseUnreadable();
    return;
  }
  let high = 0;
  for (const lowFrom = end - 4; i < lowFrom; i++) high = (high << 8) | bytes[i]!;
  let low = 0;
  for (; i < end; i++) low = (low << 8) | bytes[i]!;
  cells.tags[at] = tag;
  cells.hi[at] = high;
  cells.lo[at] = low;
}

function keepOther(cells: TableCells, at: number, value: Value): void {
  const { tag, bytes, from, end } = value;
  switch (tag) {
    case valueTag.unsigned32:
      keepUnsigned(cells, at, value);
      break;
    case valueTag.integer:
      keepLongInteger(cells, at, value);
      break;
    case valueTag.octets:
    case valueTag.opaque:
    case valueTag.nsap:
      cells.keepBytes(at, tag, value);
      break;
    case valueTag.oid:
      if (end === from || isOid(bytes, from, end)) cells.keepBytes(at, tag, value);
      else cells.refuseUnreadable();
      break;
    case valueTag.ipAddress:
      if (end - from === 4) cells.keepBytes(at, tag, value);
      else cells.refuseUnreadable();
      break;
    case valueTag.null:
      cells.tags[at] = tag;
      break;
    default:
      cells.refuseUnreadable();
  }
}

/** Padded, or longer than the standard allows. */
function keepLongInteger(cells: TableCells, at: number, { bytes, from, end }: Value): void {
  const number = signedNumber(bytes, from, end);
  if (Number.isNaN(number)) {
    cells.refuseUnreadable();
    return;
  }
  cells.tags[at] = valueTag.integer;
  cells.hi[at] = Math.floor(number / 0x1_0000_0000);
  cells.lo[at] = number;
}
