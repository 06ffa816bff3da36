/** JSON of what may be megabytes, in pieces that none takes long to write. */

/** Items of a list in one piece. */
const pieceLength = 500;

/** Joined they are what `JSON.stringify` writes of the same plain data. */
export function* jsonPieces(value: unknown): Generator<string> {
  if (isLongList(value)) {
    for (let from = 0; from < value.length; from += pieceLength) {
      const piece = JSON.stringify(value.slice(from, from + pieceLength));
      yield `${from === 0 ? '[' : ','}${piece.slice(1, -1)}`;
    }
    yield ']';
  } else if (isGroup(value) && holdsLongList(value)) {
    let before = '{';
    for (const [key, held] of Object.entries(value)) {
      if (held === undefined) continue;
      yield `${before}${JSON.stringify(key)}:`;
      yield* jsonPieces(held);
      before = ',';
    }
    yield '}';
  } else yield JSON.stringify(value);
}

const isLongList = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && value.length > pieceLength;

const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const holdsLongList = (group: Readonly<Record<string, unknown>>): boolean =>
  Object.values(group).some((held) => isLongList(held) || (isGroup(held) && holdsLongList(held)));
