/** Reads `.snmprec` recordings: one `OID|TAG|VALUE` a line, as snmpsim writes them. */

import type { Varbind, VarbindValue } from '../../collect/session.ts';
import { compareOids } from '../../collect/session.ts';
import { encodeOid, wholeOf } from './oid.ts';

export interface Recording {
  /** In numeric order of OID, each OID once. */
  readonly rows: readonly RecordedRow[];
  /** Lines that are no row: blanked OIDs, blanked hex, unknown tags. */
  readonly skipped: number;
  /** The first of them, from 1; undefined where none was skipped. */
  readonly firstSkipped: number | undefined;
}

interface RecordedRow {
  readonly name: Uint8Array;
  readonly varbind: Varbind;
}

/** Rows made up instead of recorded; a row whose name is no OID is left out. */
export function recordingOf(varbinds: readonly Varbind[]): Recording {
  const rows = varbinds.flatMap((varbind): RecordedRow[] => {
    const name = encodeOid(varbind.oid);
    return name === undefined ? [] : [{ name, varbind }];
  });
  return { rows: inOrder(rows), skipped: varbinds.length - rows.length, firstSkipped: undefined };
}

const inOrder = (rows: readonly RecordedRow[]): RecordedRow[] =>
  [...rows].sort((a, b) => compareOids(wholeOf(a.name), wholeOf(b.name)));

/** `text` holds one character a byte (latin1), because values need not be UTF-8. The last of equal OIDs wins. */
export function parseSnmprec(text: string): Recording {
  const byOid = new Map<string, RecordedRow>();
  let skipped = 0;
  let firstSkipped: number | undefined;
  for (const [place, line] of text.split('\n').entries()) {
    const trimmed = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (trimmed === '') continue;
    const row = parseRow(trimmed);
    if (row === undefined) {
      skipped++;
      firstSkipped ??= place + 1;
    } else byOid.set(row.varbind.oid, row);
  }
  return { rows: inOrder([...byOid.values()]), skipped, firstSkipped };
}

function parseRow(line: string): RecordedRow | undefined {
  const first = line.indexOf('|');
  const second = line.indexOf('|', first + 1);
  if (first < 0 || second < 0) return undefined;
  const name = encodeOid(line.slice(0, first));
  const value = parseValue(line.slice(first + 1, second), line.slice(second + 1));
  if (name === undefined || value === undefined) return undefined;
  const oid = line.startsWith('.') ? line.slice(1, first) : line.slice(0, first);
  return { name, varbind: { oid, value } };
}

function parseValue(tag: string, text: string): VarbindValue | undefined {
  const kind = /^(\d+)([xe]?)$/.exec(tag);
  if (kind === null) return undefined;
  const bytes = kind[2] === 'x' ? fromHex(text) : kind[2] === 'e' ? unescaped(text) : latin1(text);
  if (bytes === undefined) return undefined;
  switch (kind[1]) {
    case '2':
      return numberValue('integer', text, -0x8000_0000, 0x7fff_ffff);
    case '4':
      return { type: 'octets', bytes };
    case '5':
      return { type: 'null' };
    case '6':
      return encodeOid(text) === undefined ? undefined : { type: 'oid', oid: text.replace(/^\./, '') };
    case '64':
      return addressValue(kind[2] === 'x' ? [...bytes].join('.') : text);
    case '65':
      return numberValue('counter32', text, 0, 0xffff_ffff);
    case '66':
      return numberValue('gauge32', text, 0, 0xffff_ffff);
    case '67':
      return numberValue('timeticks', text, 0, 0xffff_ffff);
    case '68':
      return { type: 'opaque', bytes };
    case '70':
      return /^\d{1,20}$/.test(text) && BigInt(text) < 1n << 64n
        ? { type: 'counter64', bigint: BigInt(text) }
        : undefined;
    default:
      return undefined;
  }
}

function numberValue(
  type: 'integer' | 'counter32' | 'gauge32' | 'timeticks',
  text: string,
  least: number,
  most: number,
): VarbindValue | undefined {
  const number = /^-?\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? { type, number } : undefined;
}

function addressValue(text: string): VarbindValue | undefined {
  const parts = text.split('.');
  const isAddress = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  return isAddress ? { type: 'ipAddress', address: text } : undefined;
}

function latin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
  '0': '\0',
};

/** Backslash escapes as Python writes them; an unknown one stays as it is. */
function unescaped(text: string): Uint8Array {
  const plain = text.replace(
    /\\(?:x([0-9a-fA-F]{2})|(.))/g,
    (whole, hex: string | undefined, letter: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      return escapes[letter] ?? (/[\\'"]/.test(letter) ? letter : whole);
    },
  );
  return latin1(plain);
}
