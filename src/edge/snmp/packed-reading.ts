/** A whole reading as thousands of devices keep theirs: packed, in pieces small enough that none of them holds anybody up. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { DeviceNames } from '../../flow/polled-device.ts';
import type { DeviceReading } from '../../model/reading.ts';

const lists = ['interfaces', 'readings', 'links', 'objects', 'relations'] as const;
type List = (typeof lists)[number];
/** Items of a list in one piece. */
const pieceLength = 500;

interface Piece {
  readonly list: List;
  readonly packed: Uint8Array;
}

export class PackedReading {
  readonly #head: Uint8Array;
  readonly #pieces: readonly Piece[];

  private constructor(head: Uint8Array, pieces: readonly Piece[]) {
    this.#head = head;
    this.#pieces = pieces;
  }

  /** Yields between the pieces of a list. */
  static *of(reading: DeviceReading): Generator<void, PackedReading> {
    const pieces: Piece[] = [];
    for (const list of lists) {
      const items: readonly unknown[] = reading[list] ?? [];
      for (let from = 0; from < items.length; from += pieceLength) {
        pieces.push({ list, packed: packed(items.slice(from, from + pieceLength)) });
        if (from + pieceLength < items.length) yield;
      }
    }
    const empty = lists.flatMap((list) => (reading[list] === undefined ? [] : [[list, []] as const]));
    return new PackedReading(packed({ ...reading, ...Object.fromEntries(empty) }), pieces);
  }

  /** Yields after each piece that is full. */
  *unpacked(): Generator<void, DeviceReading> {
    const reading = unpacked(this.#head) as DeviceReading;
    for (const { list, packed: piece } of this.#pieces) {
      const items = reading[list] as unknown[];
      for (const item of unpacked(piece) as readonly unknown[]) items.push(item);
      if (items.length % pieceLength === 0) yield;
    }
    return reading;
  }

  /** At once, for whoever cannot wait: without the numbers, which are the most of it. */
  named(): DeviceNames {
    const names = { interfaces: [] as unknown[], objects: [] as unknown[] };
    for (const { list, packed: piece } of this.#pieces) {
      if (list !== 'interfaces' && list !== 'objects') continue;
      for (const item of unpacked(piece) as readonly unknown[]) names[list].push(item);
    }
    return names as DeviceNames;
  }
}

const packed = (value: unknown): Uint8Array => deflateRawSync(JSON.stringify(value), { level: 3 });

const unpacked = (bytes: Uint8Array): unknown => JSON.parse(inflateRawSync(bytes).toString('utf8'));
