/** The confirmations of one incident as columns, about 25 bytes each, since millions may be asked about one outage. */
import type { ConfirmationState } from '../model/confirmation.ts';
import type { SubscriberKey } from '../model/ids.ts';
import { isTerminal } from './machine.ts';

const states: readonly ConfirmationState[] = [
  'PENDING_PROBE',
  'HELD',
  'ASKED',
  'REMINDED',
  'CLARIFY',
  'CONFIRMED',
  'STILL_OUT',
  'CALLBACK_QUEUED',
  'CALLBACK_ACTIVE',
  'UNREACHABLE',
  'EXPIRED_OK',
  'EXPIRED_UNKNOWN',
  'SUPERSEDED',
  'ESCALATED',
  'CLOSED',
];
const codeOf = new Map(states.map((state, code) => [state, code]));

export type Flag = 'stopped' | 'probedGood' | 'actedOn' | 'clarified' | 'sampled';
const bits: Readonly<Record<Flag, number>> = {
  stopped: 1,
  probedGood: 2,
  actedOn: 4,
  clarified: 8,
  sampled: 16,
};

export interface SheetSnapshot {
  readonly keys: readonly number[];
  readonly states: readonly number[];
  readonly loops: readonly number[];
  readonly flags: readonly number[];
  readonly batches: readonly number[];
}

export class Sheet {
  #size = 0;
  #open = 0;
  #keys = new Uint32Array(16);
  #states = new Uint8Array(16);
  #loops = new Uint8Array(16);
  #flags = new Uint8Array(16);
  #batches = new Uint32Array(16);
  /** Row + 1 by hash of the key, open addressing; at most half full. */
  #index = new Uint32Array(32);

  get size(): number {
    return this.#size;
  }

  /** Confirmations that are not settled. */
  get open(): number {
    return this.#open;
  }

  /** -1 when the subscriber has none. */
  rowOf(key: SubscriberKey): number {
    return this.#index[this.#slotOf(key)]! - 1;
  }

  /** A new row, settled until it is moved. */
  add(key: SubscriberKey): number {
    if (this.#size === this.#keys.length) this.#grow();
    const row = this.#size++;
    this.#keys[row] = key;
    this.#states[row] = codeOf.get('CLOSED')!;
    this.#index[this.#slotOf(key)] = row + 1;
    return row;
  }

  keyOf(row: number): SubscriberKey {
    return this.#keys[row] as SubscriberKey;
  }

  stateOf(row: number): ConfirmationState {
    return states[this.#states[row]!]!;
  }

  loopOf(row: number): number {
    return this.#loops[row]!;
  }

  batchOf(row: number): number {
    return this.#batches[row]!;
  }

  move(row: number, state: ConfirmationState, loop: number): void {
    this.#open += (isTerminal(state) ? 0 : 1) - (isTerminal(this.stateOf(row)) ? 0 : 1);
    this.#states[row] = codeOf.get(state)!;
    this.#loops[row] = loop;
  }

  setBatch(row: number, batch: number): void {
    this.#batches[row] = batch;
  }

  has(row: number, flag: Flag): boolean {
    return (this.#flags[row]! & bits[flag]) !== 0;
  }

  mark(row: number, flag: Flag, isSet: boolean): void {
    this.#flags[row] = isSet ? this.#flags[row]! | bits[flag] : this.#flags[row]! & ~bits[flag];
  }

  snapshot(): SheetSnapshot {
    const part = (column: Uint8Array | Uint32Array): number[] => [...column.subarray(0, this.#size)];
    return {
      keys: part(this.#keys),
      states: part(this.#states),
      loops: part(this.#loops),
      flags: part(this.#flags),
      batches: part(this.#batches),
    };
  }

  static restored(snapshot: SheetSnapshot): Sheet {
    const sheet = new Sheet();
    snapshot.keys.forEach((key, at) => {
      const row = sheet.add(key as SubscriberKey);
      sheet.move(row, states[snapshot.states[at]!]!, snapshot.loops[at]!);
      sheet.#flags[row] = snapshot.flags[at]!;
      sheet.#batches[row] = snapshot.batches[at]!;
    });
    return sheet;
  }

  /** Where the key is, or the free slot where it would be (Knuth's multiplicative hash, linear probing). */
  #slotOf(key: SubscriberKey): number {
    const mask = this.#index.length - 1;
    let slot = (Math.imul(key, 0x9e3779b1) >>> 7) & mask;
    for (;;) {
      const row = this.#index[slot]! - 1;
      if (row < 0 || this.#keys[row] === key) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const size = this.#keys.length * 2;
    const wider = <T extends Uint8Array | Uint32Array>(column: T, copy: T): T => {
      copy.set(column);
      return copy;
    };
    this.#keys = wider(this.#keys, new Uint32Array(size));
    this.#states = wider(this.#states, new Uint8Array(size));
    this.#loops = wider(this.#loops, new Uint8Array(size));
    this.#flags = wider(this.#flags, new Uint8Array(size));
    this.#batches = wider(this.#batches, new Uint32Array(size));
    this.#index = new Uint32Array(size * 2);
    for (let row = 0; row < this.#size; row++) this.#index[this.#slotOf(this.keyOf(row))] = row + 1;
  }
}
