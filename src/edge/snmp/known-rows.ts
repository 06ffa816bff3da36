/** The hot path of polling: values of rows known from the last reading, straight from the datagram into their cells. */
import { valueTag } from '../../collect/session.ts';
import { keepValue } from './cell-values.ts';
import { LEAST_NAME_OF_WORDS, WORDS_OF_NAME } from './column-prefixes.ts';
import type { MessageView } from './pdu.ts';
import type { WalkRequest } from './walk-request.ts';

/**
 * Takes bindings as long as each is the next row of its column among the first `rows` ones; answers the first binding that is
 * anything else, or `count`. No column of the request may be at its end.
 */
export function takeKnownRows(request: WalkRequest, view: MessageView, count: number, rows: number): number {
  const { cells, asked, askedCount, nonRepeaters } = request;
  const { names, words } = request.prefixes;
  const { bytes, starts } = view;
  const { tags, hi, lo, width, last, indexFrom, indexes } = cells;
  const message = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let turn = 0;
  for (let i = nonRepeaters; i < count; i++) {
    const column = asked[turn]!;
    if (++turn === askedCount) turn = 0;
    const row = last[column]! + 1;
    if (row >= rows) return i;
    const index = indexFrom[row]!;
    const indexLength = indexFrom[row + 1]! - index;
    const name = names[column]!;
    const length = name.length;
    const at = starts[i]!;
    const indexAt = at + 4 + length;
    const tagAt = indexAt + indexLength;
    const end = at + 2 + bytes[at + 1]!;
    const size = end - tagAt - 2;
    // The view found the lengths sound; these are all of one byte, so that the name and `size` bytes lie in the binding.
    if (bytes[at + 1]! >= 0x80 || bytes[at + 3] !== length + indexLength || bytes[tagAt + 1] !== size)
      return i;
    if (length < LEAST_NAME_OF_WORDS) return i;
    // Columns of a table differ in their last byte.
    const word = column * WORDS_OF_NAME;
    if (message.getInt32(indexAt - 4) !== words[word + 2]) return i;
    if (message.getInt32(indexAt - 8) !== words[word + 1]) return i;
    if (message.getInt32(at + 4) !== words[word]) return i;
    for (let k = 4; k < length - 8; k++) if (bytes[at + 4 + k] !== name[k]) return i;
    for (let k = 0; k < indexLength; k++) if (bytes[indexAt + k] !== indexes[index + k]) return i;
    const tag = bytes[tagAt]!;
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
