/** What the values of a recording hold that must not be met again: in an index, in a sentence, in a description. */
import type { Varbind } from '../../collect/session.ts';
import type { ColumnCare } from './column-care.ts';
import { saidSerial, sysDescr, systemName, textOf } from './mask-text.ts';
import { NameList } from './name-list.ts';
import type { ProductWords } from './product-words.ts';

export interface Secrets {
  /** Bytes as latin1. */
  readonly macs: Set<string>;
  readonly ips: Set<string>;
  /** What looks like an IPv4 address and is a version. */
  readonly versions: Set<string>;
  readonly names: NameList;
  /** Words of the system's name, place and contact that name no product, in lower case. */
  readonly nameParts: Set<string>;
}

const [sysContact, sysName, sysLocation] = ['1.3.6.1.2.1.1.4.0', '1.3.6.1.2.1.1.5.0', '1.3.6.1.2.1.1.6.0'];
const quad = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g;
const beforeVersion =
  /(?:\b(?:v|ver|version|rev|revision|release|rel|sw|fw|hw|software|firmware|build|boot|bootr|os|kernel)[\w)]*[\s:=_.-]*|[A-Za-z_-])$/i;

export function secretsOf(rows: readonly Varbind[], care: ColumnCare, products: ProductWords): Secrets {
  const secrets: Secrets = {
    ...{ macs: new Set(), ips: new Set(), versions: new Set() },
    ...{ names: new NameList(), nameParts: new Set() },
  };
  const kept = new Set<string>();
  const hidden = new Set<string>();
  const quads = new Set<string>();
  for (const { oid, value } of rows) {
    const arcs = oid.split('.').map(Number);
    const column = care.of(arcs);
    if (column.isSerial && 'number' in value) hidden.add(String(value.number));
    if (value.type === 'ipAddress') addIp(secrets.ips, value.address.split('.').map(Number));
    if (value.type !== 'octets') continue;
    const { bytes } = value;
    const text = textOf(bytes);
    const isLoose = column.care === 'hide';
    if (bytes.length === 6 && text === undefined && isLoose) addMac(secrets.macs, bytes);
    if (bytes.length === 4 && text === undefined && isLoose) addIp(secrets.ips, [...bytes]);
    if (text === undefined) continue;
    for (const [address] of text.matchAll(/\b[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5}\b/g))
      addMac(secrets.macs, Buffer.from(address.replace(/[:-]/g, ''), 'hex'));
    for (const match of text.matchAll(quad)) {
      if (column.care === 'model' && isVersion(oid, text, match.index)) secrets.versions.add(match[0]);
      else quads.add(match[0]);
    }
    for (const telling of tellingIn(oid, text, care.tellingIn(arcs, text), column.care)) hidden.add(telling);
    if (column.isHidden) hidden.add(text.trim());
    else if (oid !== sysDescr && (column.care !== 'hide' || column.allowed.has(text.toLowerCase())))
      kept.add(text.trim());
    if (oid === sysName || oid === sysLocation || oid === sysContact) {
      if (oid === sysName) hidden.add(text.trim().split('.')[0] ?? '');
      for (const [word] of text.matchAll(/[\p{L}\p{N}]{3,}/gu))
        if (/\p{L}{3}/u.test(word) && !products.isKnown(word)) secrets.nameParts.add(word.toLowerCase());
    }
  }
  // An address that a value of that type holds is one, whatever else is written like it.
  for (const written of secrets.versions)
    if (secrets.ips.has(String.fromCharCode(...written.split('.').map(Number))))
      secrets.versions.delete(written);
  for (const written of quads)
    if (!secrets.versions.has(written)) addIp(secrets.ips, written.split('.').map(Number));
  // A name that is the name of a port or of a product as well gives nobody away.
  for (const name of hidden) if (!kept.has(name) && !products.isGeneric(name)) secrets.names.add(name);
  return secrets;
}

function tellingIn(oid: string, text: string, found: readonly string[], care: string): readonly string[] {
  const ownName = oid === sysDescr ? systemName.exec(text)?.[2] : undefined;
  const said = care === 'model' || care === 'words' ? text.matchAll(saidSerial) : [];
  return [
    ...found,
    ...(ownName === undefined ? [] : [ownName]),
    ...Array.from(said, (match) => match[2] ?? ''),
  ];
}

/** A column read as a version holds versions; a description says so before or behind. */
function isVersion(oid: string, text: string, at: number): boolean {
  if (oid !== sysDescr) return true;
  return beforeVersion.test(text.slice(0, at)) || /^[\d.]+[A-Za-z(_-]/.test(text.slice(at));
}

function addIp(ips: Set<string>, bytes: readonly number[]): void {
  const [first = 0] = bytes;
  const isOwn = first > 0 && first !== 127 && first < 224 && bytes.every((byte) => byte <= 255);
  if (isOwn) ips.add(String.fromCharCode(...bytes));
}

function addMac(macs: Set<string>, bytes: Uint8Array): void {
  if (bytes.some((byte) => byte !== 0) && (bytes[0]! & 1) === 0)
    macs.add(Buffer.from(bytes).toString('latin1'));
}
