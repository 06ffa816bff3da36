/** Writes one row of a `.snmprec` recording, as snmpsim reads it. */
import { neverHappens } from '../../base/fault.ts';
import type { Varbind } from '../../collect/session.ts';

/** Without a line end; undefined for what is no value of a row. */
export function snmprecLine({ oid, value }: Varbind): string | undefined {
  switch (value.type) {
    case 'integer':
      return `${oid}|2|${value.number}`;
    case 'octets': {
      const text = Buffer.from(value.bytes).toString('latin1');
      const isPlain = /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/.test(text);
      return isPlain ? `${oid}|4|${text}` : `${oid}|4x|${hex(value.bytes)}`;
    }
    case 'null':
      return `${oid}|5|`;
    case 'oid':
      return `${oid}|6|${value.oid}`;
    case 'ipAddress':
      return `${oid}|64|${value.address}`;
    case 'counter32':
      return `${oid}|65|${value.number}`;
    case 'gauge32':
      return `${oid}|66|${value.number}`;
    case 'timeticks':
      return `${oid}|67|${value.number}`;
    case 'opaque':
      return `${oid}|68x|${hex(value.bytes)}`;
    case 'counter64':
      return `${oid}|70|${value.bigint}`;
    case 'noSuchObject':
    case 'noSuchInstance':
    case 'endOfMibView':
      return undefined;
    default:
      return neverHappens(value);
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
