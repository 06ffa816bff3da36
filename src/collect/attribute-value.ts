/** What an attribute of a row says, as a text or number for a person. */
import { lastIdIn, macIn, numberIn, rawTextIn, smallNumberIn, textIn } from './cells.ts';
import { addressText, dateAndTime, gponSerial, hexText, isBitSet } from './octets.ts';
import { firstGroup } from './pattern.ts';
import type { Attribute, Wording } from './profile.ts';
import type { Row } from './row.ts';
import type { VarbindValue } from './session.ts';

/** Longer texts are cut: a device cannot make a reading as large as it likes. */
const LONGEST = 1_024;

/** Undefined where the row says nothing. */
export function attributeValue(attribute: Attribute, row: Row): string | number | undefined {
  const cell = row.cell(attribute.source);
  if (cell === undefined) return undefined;
  const subtype = attribute.subtype && smallNumberIn(row.cell(attribute.subtype));
  if (attribute.as === 'number' && attribute.pattern !== undefined)
    return numberInText(worded(attribute, textIn(cell) ?? numberIn(cell)?.toString() ?? ''));
  const said = plainValue(attribute.as, cell, subtype);
  const word = said ?? (attribute.map === undefined ? undefined : smallNumberIn(cell));
  if (word === undefined) return undefined;
  if (attribute.pattern === undefined && attribute.map === undefined)
    return typeof word === 'number' ? word : word.slice(0, LONGEST);
  return worded(attribute, String(word), lastIdIn(cell))?.slice(0, LONGEST);
}

/** The first group of the pattern, then the word for it; undefined where the pattern does not match. */
export function worded({ pattern, map }: Wording, text: string, lastId?: number): string | undefined {
  const part = pattern === undefined ? text : firstGroup(pattern, text)?.trim();
  if (part === undefined || map === undefined) return part;
  return (
    map.get(part) ?? (lastId === undefined ? undefined : map.get(String(lastId))) ?? map.get('*') ?? part
  );
}

function plainValue(
  as: Attribute['as'],
  cell: VarbindValue,
  subtype: number | undefined,
): string | number | undefined {
  switch (as) {
    case 'number':
      return smallNumberIn(cell) ?? numberInText(textIn(cell));
    case 'mac':
      return macIn(cell);
    case 'ip':
      return (cell.type === 'octets' ? addressText(cell.bytes) : undefined) ?? textIn(cell);
    case 'dateAndTime':
      return cell.type === 'octets' ? dateAndTime(cell.bytes) : undefined;
    case 'gponSerial':
      return (cell.type === 'octets' ? gponSerial(cell.bytes) : undefined) ?? textIn(cell);
    case 'hex':
      return cell.type === 'octets' ? hexText(cell.bytes) : undefined;
    case 'bits':
      return cell.type === 'octets' ? bitList(cell.bytes) : undefined;
    case 'chassisId':
      return idText(cell, { mac: 4, address: 5 }, subtype);
    case 'portId':
      return idText(cell, { mac: 3, address: 4 }, subtype);
    case 'id':
      return guessedId(cell);
    default:
      // Numbers are texts too where a text is asked for.
      return textIn(cell) ?? smallNumberIn(cell)?.toString();
  }
}

const numberInText = (text: string | undefined): number | undefined => {
  const number = text === undefined || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
};

const bitList = (bytes: Uint8Array): string =>
  Array.from({ length: Math.min(bytes.length, 64) * 8 }, (_, bit) => bit)
    .filter((bit) => isBitSet(bytes, bit))
    .join(' ');

/** An id whose kind nothing tells: words, else an address by its length. */
function guessedId(cell: VarbindValue): string | undefined {
  if (cell.type !== 'octets') return textIn(cell);
  const isText = cell.bytes.length > 0 && cell.bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
  if (isText) return textIn(cell);
  if (cell.bytes.length === 6) return macIn(cell);
  const isAddress = (cell.bytes.length === 5 && cell.bytes[0] === 1) || cell.bytes.length === 17;
  return (isAddress ? addressText(cell.bytes.subarray(1)) : undefined) ?? hexText(cell.bytes);
}

/** IEEE 802.1AB LldpChassisIdSubtype and LldpPortIdSubtype; an address begins with its IANA family. */
function idText(
  cell: VarbindValue,
  subtypes: { readonly mac: number; readonly address: number },
  subtype: number | undefined,
): string | undefined {
  if (cell.type !== 'octets') return textIn(cell);
  if (subtype === subtypes.mac) {
    if (cell.bytes.length === 6) return macIn(cell);
    const text = textIn(cell)?.toLowerCase();
    if (text !== undefined && /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/.test(text))
      return text.replaceAll('-', ':');
  }
  if (subtype === subtypes.address) return addressText(cell.bytes.subarray(1)) ?? rawTextIn(cell);
  return rawTextIn(cell);
}
