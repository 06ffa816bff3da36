/** Text of a file whose encoding nobody named: marked as UTF-8 or UTF-16, else UTF-8 where it is, else windows-1251. */

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1251';

/** So much is looked at. */
const lookedAt = 64 * 1024;

/** Pieces that are text already stay as they are. */
export async function* decodedText(
  source: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
  named?: Encoding,
): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const piece of source) {
    if (typeof piece === 'string') {
      yield piece;
      continue;
    }
    if (decoder !== undefined) {
      yield decoder.decode(piece, { stream: true });
      continue;
    }
    waiting.push(piece);
    size += piece.length;
    if (size < lookedAt) continue;
    const start = Buffer.concat(waiting);
    waiting = [];
    decoder = new TextDecoder(named ?? encodingOf(start));
    yield decoder.decode(start, { stream: true });
  }
  if (waiting.length > 0) {
    const all = Buffer.concat(waiting);
    decoder = new TextDecoder(named ?? encodingOf(all));
    yield decoder.decode(all, { stream: true });
  }
  if (decoder !== undefined) yield decoder.decode();
}

function encodingOf(start: Uint8Array): Encoding {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  try {
    // With `stream` a character that is cut off at the end is no mistake.
    new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: true });
    return 'utf-8';
  } catch {
    return 'windows-1251';
  }
}
