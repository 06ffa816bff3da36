/** The hot path of polling: values of rows known from the last reading, straight from the datagram into their cells. */
import { valueTag } from '../../collect/session.ts';
import { keepValue } from './cell-values.ts';
import { WORDS_OF_NAME } from './column-prefixes.ts';
import type { MessageView } from './pdu.ts';
import type { WalkRequest } from './walk-request.ts';

/** One place for all messages: read at addresses that never change, and without making a view of each. */
const desk = new Uint8Array(65_536);
const message = new DataView(desk.buffer);

/**
 * Takes bindings as long as each is the next row of its column among the first `rows` ones; answers the first binding that is
 * anything else, or `count`. No column of the request may be at its end.
 */
export function takeKnownRows(request: WalkRequest, view: MessageView, count: number, rows: number): number {
  const { cells, asked, askedCount, nonRepeaters } = request;
  const { words } = request.prefixes;
  const { starts } = view;
  const { tags, hi, lo, width, last, indexFrom, indexes } = cells;
  if (view.bytes.length > desk.length) return nonRepeaters;
  desk.set(view.bytes);
  let turn = 0;
  let known = -1;
  let index = 0;
  let indexLength = 0;
  for (let i = nonRepeaters; i < count; i++) {
    const column = asked[turn]!;
    if (++turn === askedCount) turn = 0;
    const row = last[column]! + 1;
    // Columns come side by side, so that most bindings are of the row of the one before.
    if (row !== known) {
      if (row >= rows) return i;
      known = row;
      index = indexFrom[row]!;
      indexLength = indexFrom[row + 1]! - index;
    }
    const word = column * WORDS_OF_NAME;
    const length = words[word + 3]!;
    const at = starts[i]!;
    const lengths = message.getInt32(at);
    const indexAt = at + 4 + length;
    const tagAt = indexAt + indexLength;
    const end = at + 2 + ((lengths >> 16) & 0xff);
    const size = end - tagAt - 2;
    // The view found the lengths sound; these are all of one byte, so that the name and `size` bytes lie in the binding.
    if ((lengths & 0x80_0000) !== 0 || (lengths & 0xff) !== length + indexLength) return i;
    const typed = message.getUint16(tagAt);
    if ((typed & 0xff) !== size) return i;
    // Columns of a table differ in their last byte.
    if (message.getInt32(indexAt - 4) !== words[word + 2]) return i;
    if (message.getInt32(indexAt - 8) !== words[word + 1]) return i;
    if (message.getInt32(at + 4) !== words[word]) return i;
    if (length > 12 && !hasMiddle(request.prefixes.names[column]!, at + 4)) return i;
    for (let k = 0; k < indexLength; k++) if (desk[indexAt + k] !== indexes[index + k]) return i;
    const tag = typed >> 8;
    if (tag >= valueTag.noSuchObject) return i;
    cells.arrived(column, row);
    const cell = row * width + column;
    // The bytes before a short value belong to the message, too, so that whole words are read and cut.
    const isNumber = tag === valueTag.integer || (tag >= valueTag.counter32 && tag <= valueTag.timeticks);
    if (isNumber && size <= 4 && size > 0) {
      const cut = 32 - 8 * size;
      const low = message.getInt32(end - 4) << cut;
      const isSigned = tag === valueTag.integer;
      tags[cell] = tag;
      hi[cell] = isSigned ? low >> 31 : 0;
      lo[cell] = isSigned ? low >> cut : low >>> cut;
    } else if (tag === valueTag.counter64 && size <= 8 && size > 4) {
      const cut = 64 - 8 * size;
      tags[cell] = tag;
      hi[cell] = (message.getInt32(end - 8) << cut) >>> cut;
      lo[cell] = message.getInt32(end - 4);
    } else keepValue(cells, cell, view, i);
  }
  return count;
}

/** What of a long name stands between its words. */
function hasMiddle(name: Uint8Array, at: number): boolean {
  for (let k = 4; k < name.length - 8; k++) if (desk[at + k] !== name[k]) return false;
  return true;
}
