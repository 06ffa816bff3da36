/** The number that a cell holds in the form its profile names: plain, signed in fewer bits, a float in disguise, in a text. */
import { numberIn, textIn } from './cells.ts';
import { firstGroup } from './pattern.ts';
import type { Metric } from './profile.ts';
import type { VarbindValue } from './session.ts';

/**
 * Undefined: the cell is there and says that there is no value. `no number`: it is nothing that the profile speaks of.
 */
export function numberFrom(cell: VarbindValue, metric: Metric): number | bigint | undefined | 'no number' {
  const isText = cell.type === 'octets' || cell.type === 'oid';
  if (isText && isSentinelText(textIn(cell), metric)) return undefined;
  if (metric.pattern !== undefined || metric.lane !== undefined || metric.as === 'text')
    return numberInText(textIn(cell) ?? numberIn(cell)?.toString() ?? '', metric);
  switch (metric.as) {
    case 'float32':
      return floatIn(cell);
    case 'signed16':
      return signed(numberIn(cell), 16);
    case 'signed32':
      return signed(numberIn(cell), 32);
    case 'hex':
      return hexIn(textIn(cell) ?? '');
    case 'bytes':
      return cell.type === 'octets' ? wholeNumber(cell.bytes) : undefined;
    default:
      if (cell.type === 'opaque') return floatIn(cell);
      return numberIn(cell) ?? 'no number';
  }
}

const isSentinelText = (text: string | undefined, { sentinelTexts }: Metric): boolean =>
  sentinelTexts.has((text ?? '').toLowerCase());

/** One number a lane; undefined where a lane says none. */
export const lanesIn = (text: string): (number | undefined)[] =>
  text === '' ? [] : text.split(',').slice(0, 64).map(firstNumber);

function numberInText(text: string, { pattern, lane }: Metric): number | undefined {
  const part = typeof lane === 'number' ? text.split(',')[lane - 1] : text;
  if (part === undefined) return undefined;
  const found = pattern === undefined ? part : firstGroup(pattern, part);
  return found === undefined ? undefined : firstNumber(found);
}

/** A comma between digits is a decimal mark, as many agents print it. */
function firstNumber(text: string): number | undefined {
  // "<-40" is the end of a scale, not a value.
  if (/^\s*[<>]/.test(text)) return undefined;
  const [found] = /[-+]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?/.exec(text.slice(0, 256)) ?? [];
  return found === undefined ? undefined : Number(found.replace(',', '.'));
}

function signed(number: number | bigint | undefined, bits: 16 | 32): number | undefined {
  if (number === undefined) return undefined;
  const kept = Number(BigInt.asIntN(bits, BigInt(number)));
  return kept;
}

/** IEEE 754 in the bits of an INTEGER, or as net-snmp wraps it in an Opaque: 9F 78 04 and four bytes, 9F 79 08 and eight. */
function floatIn(cell: VarbindValue): number | undefined {
  const view = new DataView(new ArrayBuffer(8));
  if (cell.type === 'opaque' || cell.type === 'octets') {
    const isWrapped = cell.bytes[0] === 0x9f && (cell.bytes[1] === 0x78 || cell.bytes[1] === 0x79);
    const bytes = isWrapped ? cell.bytes.subarray(3) : cell.bytes;
    if (bytes.length !== 4 && bytes.length !== 8) return undefined;
    for (const [place, byte] of bytes.entries()) view.setUint8(place, byte);
    return finite(bytes.length === 4 ? view.getFloat32(0) : view.getFloat64(0));
  }
  const number = numberIn(cell);
  if (number === undefined) return undefined;
  view.setUint32(0, Number(BigInt.asUintN(32, BigInt(number))));
  return finite(view.getFloat32(0));
}

/** Seven digits are all that four bytes hold. */
const finite = (value: number): number | undefined =>
  Number.isFinite(value) ? Number(value.toPrecision(7)) : undefined;

const hexIn = (text: string): number | undefined => {
  const [, digits] = /^(?:0x)?([0-9a-f]{1,13})h?$/i.exec(text) ?? [];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
};

/** Most significant byte first, as numbers on a wire are. */
function wholeNumber(bytes: Uint8Array): number | bigint | undefined {
  if (bytes.length === 0 || bytes.length > 8) return undefined;
  const whole = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return whole <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(whole) : whole;
}
