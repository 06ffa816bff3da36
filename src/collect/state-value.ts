/** The word that a state of a row stands for. */
import { numberIn, rawOf, textIn } from './cells.ts';
import { isBitSet } from './octets.ts';
import { firstGroup } from './pattern.ts';
import type { State } from './profile.ts';
import type { Row } from './row.ts';
import type { VarbindValue } from './session.ts';

/** Undefined: the row has no such cell. `value` null: it says nothing that the map knows. */
export interface StateSaid {
  readonly raw: number | string;
  readonly value: string | null;
  readonly absent?: 'sentinel' | 'out-of-range' | 'offline';
}

export function stateIn(state: State, row: Row): StateSaid | undefined {
  const cell = row.cell(state.source);
  const key = cell && keyOf(state, cell);
  if (cell === undefined || key === undefined) return undefined;
  if (!state.where.every((condition) => row.holds(condition))) return undefined;
  const raw = rawOf(cell);
  if (state.nullWhen.some((condition) => row.holds(condition)))
    return { raw, value: null, absent: 'offline' };
  const word = state.as === 'bits' ? bitWord(state, cell) : state.map.get(key);
  const value = word === undefined ? state.other : word;
  if (value === undefined) return { raw, value: null, absent: 'out-of-range' };
  return value === null ? { raw, value, absent: 'sentinel' } : { raw, value };
}

function keyOf({ as, pattern }: State, cell: VarbindValue): string | undefined {
  if (as === 'bits') return cell.type === 'octets' ? '' : undefined;
  if (as === 'oid') return cell.type === 'oid' ? cell.oid : undefined;
  const text = as === 'text' ? (textIn(cell) ?? numberIn(cell)?.toString()) : numberIn(cell)?.toString();
  if (text === undefined || pattern === undefined) return text?.toLowerCase();
  return (firstGroup(pattern, text) ?? '').trim().toLowerCase();
}

function bitWord({ map, none }: State, cell: VarbindValue): string | null | undefined {
  if (cell.type !== 'octets') return undefined;
  const bytes = writtenBytes(cell.bytes);
  for (const [bit, word] of map) if (isBitSet(bytes, Number(bit))) return word;
  return bytes.some((byte) => byte !== 0) ? undefined : none;
}

/** Some agents write BITS as text, `80 00` for two bytes: read as bits, the letters would be a critical alarm of everything. */
function writtenBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 3 || bytes.length > 64 || !bytes.includes(0x20)) return bytes;
  const text = String.fromCharCode(...bytes).trim();
  if (!/^[0-9A-Fa-f]{1,2}( [0-9A-Fa-f]{1,2})+$/.test(text)) return bytes;
  return Uint8Array.from(text.split(' '), (byte) => Number.parseInt(byte, 16));
}
