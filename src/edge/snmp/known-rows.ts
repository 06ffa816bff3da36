/** The hot path of polling: values of rows known from the last reading, straight from the datagram into their cells. */
import { valueTag } from '../../collect/session.ts';
import { keepValue } from './cell-values.ts';
import { type MessageView, POSITION_FIELDS } from './pdu.ts';
import type { WalkRequest } from './walk-request.ts';

/**
 * Takes bindings as long as each is the next row of its column among the first `rows` ones; answers the first binding that is
 * anything else, or `count`. No column of the request may be at its end.
 */
export function takeKnownRows(request: WalkRequest, view: MessageView, count: number, rows: number): number {
  const { cells, asked, askedCount, prefixes } = request;
  const { bytes, positions } = view;
  const { tags, hi, lo, width, last } = cells;
  let turn = 0;
  for (let i = request.nonRepeaters; i < count; i++) {
    const column = asked[turn]!;
    if (++turn === askedCount) turn = 0;
    const row = last[column]! + 1;
    const place = i * POSITION_FIELDS;
    const prefix = prefixes[column]!;
    const nameFrom = positions[place]!;
    const indexFrom = nameFrom + prefix.length;
    const tag = positions[place + 2]!;
    if (row >= rows || tag >= valueTag.noSuchObject) return i;
    if (!cells.hasIndex(row, bytes, indexFrom, positions[place + 1]!)) return i;
    // Columns of a table differ in their last byte.
    for (let k = prefix.length - 1; k >= 0; k--) if (bytes[nameFrom + k] !== prefix[k]) return i;
    cells.arrived(column, row);
    const at = row * width + column;
    let from = positions[place + 3]!;
    const end = positions[place + 4]!;
    const isUnsigned = (tag >= valueTag.counter32 && tag <= valueTag.timeticks) || tag === valueTag.counter64;
    if (isUnsigned && end > from) {
      if (bytes[from] === 0 && end - from > 1) from++;
      const most = tag === valueTag.counter64 ? 8 : 4;
      if (end - from > most) {
        keepValue(cells, at, view, i);
        continue;
      }
      let high = 0;
      for (; end - from > 4; from++) high = (high << 8) | bytes[from]!;
      let low = 0;
      for (; from < end; from++) low = (low << 8) | bytes[from]!;
      tags[at] = tag;
      hi[at] = high;
      lo[at] = low;
    } else keepValue(cells, at, view, i);
  }
  return count;
}
