/** A notification as it is kept: decoded once, SNMPv1 in the form of v2, on its way from the spool to `detect`. */
import { Fault } from '../../base/fault.ts';
import { type Instant, instant } from '../../base/instant.ts';
import { netSnmp, type PackagePdu, type PackageVarbind } from './net-snmp-package.ts';

export interface TrapRecord {
  readonly at: Instant;
  /** `address:port`, IPv6 in brackets. */
  readonly from: string;
  /** The sender's address without its port. */
  readonly address: string;
  /** Who the message says it is about, where that is another: agent-addr of v1, snmpTrapAddress.0. */
  readonly agentAddress?: string | undefined;
  /** A device whose community or user the message showed; others may share it. Never the secret itself. */
  readonly credentialOf?: string | undefined;
  /** Hexadecimal: the SNMP engine of its sender (v3 traps), which stays the same wherever it sends from. */
  readonly engineId?: string | undefined;
  readonly version: 'v1' | 'v2c' | 'v3';
  readonly inform: boolean;
  readonly trapOid: string;
  readonly varbinds: readonly TrapVarbind[];
}

interface TrapVarbind {
  readonly oid: string;
  readonly type: string;
  /** Octets are text where they are printable UTF-8, else `0x` and hex; above 2^53 a decimal string. */
  readonly value: string | number;
}

const sysUpTime = '1.3.6.1.2.1.1.3.0';
const snmpTrapOid = '1.3.6.1.6.3.1.1.4.1.0';
const snmpTrapAddress = '1.3.6.1.6.3.18.1.3.0';
/** What a forwarder adds (RFC 3584 section 3.1): the community of the first sender, a secret. */
const snmpTrapCommunity = '1.3.6.1.6.3.18.1.4.0';
const snmpTrapEnterprise = '1.3.6.1.6.3.1.1.4.3.0';
const standardTraps = '1.3.6.1.6.3.1.1.5';
const schema = 1;

/** The facts of the datagram around the PDU. */
export type TrapOrigin = Pick<
  TrapRecord,
  'at' | 'from' | 'address' | 'version' | 'credentialOf' | 'engineId'
>;

/** The community of the first sender, where a forwarder says it: a secret that no record holds. */
export function forwardedCommunity(pdu: PackagePdu): Buffer | undefined {
  const value = pdu.varbinds.find(({ oid }) => oid === snmpTrapCommunity)?.value;
  return Buffer.isBuffer(value) ? value : undefined;
}

/** Undefined when the PDU does not say which notification it is. */
export function trapRecord(pdu: PackagePdu, origin: TrapOrigin): TrapRecord | undefined {
  if (pdu.type === netSnmp.PduType['Trap']) return recordOfV1(pdu, origin);
  const varbinds = pdu.varbinds.map(decoded);
  const named = varbinds.find((varbind) => varbind.oid === snmpTrapOid && varbind.type === 'oid');
  if (named === undefined) return undefined;
  const agent = varbinds.find((varbind) => varbind.oid === snmpTrapAddress && varbind.type === 'ipAddress');
  return {
    ...origin,
    agentAddress: otherAddress(agent?.value, origin),
    inform: pdu.type === netSnmp.PduType['InformRequest'],
    trapOid: String(named.value),
    varbinds,
  };
}

/** RFC 3584 section 3.1; the community, which it would add too, is a secret and stays out. */
function recordOfV1(pdu: PackagePdu, origin: TrapOrigin): TrapRecord | undefined {
  const { enterprise, generic, specific } = pdu;
  if (typeof enterprise !== 'string' || generic === undefined || specific === undefined) return undefined;
  if (generic < 0 || generic > 6 || specific < 0) return undefined;
  const trapOid = generic === 6 ? `${enterprise}.0.${specific}` : `${standardTraps}.${generic + 1}`;
  return {
    ...origin,
    agentAddress: otherAddress(pdu.agentAddr, origin),
    inform: false,
    trapOid,
    varbinds: [
      { oid: sysUpTime, type: 'timeticks', value: pdu.upTime ?? 0 },
      { oid: snmpTrapOid, type: 'oid', value: trapOid },
      ...pdu.varbinds.map(decoded),
      { oid: snmpTrapAddress, type: 'ipAddress', value: pdu.agentAddr ?? '0.0.0.0' },
      { oid: snmpTrapEnterprise, type: 'oid', value: enterprise },
    ],
  };
}

function otherAddress(address: unknown, origin: TrapOrigin): string | undefined {
  return typeof address !== 'string' || address === '0.0.0.0' || address === origin.address
    ? undefined
    : address;
}

const namesOfTypes: Readonly<Record<string, string>> = {
  Boolean: 'integer',
  Integer: 'integer',
  BitString: 'octets',
  OctetString: 'octets',
  Null: 'null',
  OID: 'oid',
  IpAddress: 'ipAddress',
  Counter: 'counter32',
  Gauge: 'gauge32',
  TimeTicks: 'timeticks',
  Opaque: 'opaque',
  Counter64: 'counter64',
  NoSuchObject: 'noSuchObject',
  NoSuchInstance: 'noSuchInstance',
  EndOfMibView: 'endOfMibView',
};

let typeNames: ReadonlyMap<number, string> | undefined;

/** By the package's numbers, which are those of BER (RFC 3416 section 3). */
function readTypeNames(): ReadonlyMap<number, string> {
  return new Map(
    Object.entries(namesOfTypes).flatMap(([type, name]) => {
      const number = netSnmp.ObjectType[type];
      return number === undefined ? [] : [[number, name]];
    }),
  );
}

function decoded(varbind: PackageVarbind): TrapVarbind {
  const { oid, value } = varbind;
  typeNames ??= readTypeNames();
  const type = typeNames.get(varbind.type) ?? 'opaque';
  if (oid === snmpTrapCommunity) return { oid, type, value: '***' };
  if (typeof value === 'number' || typeof value === 'string') return { oid, type, value };
  if (typeof value === 'boolean') return { oid, type, value: value ? 1 : 0 };
  if (!Buffer.isBuffer(value)) return { oid, type, value: '' };
  return { oid, type, value: type === 'counter64' ? counterValue(value) : octetText(value) };
}

function counterValue(bytes: Buffer): string | number {
  const whole = BigInt.asUintN(
    64,
    bytes.length === 0 ? 0n : BigInt(`0x${bytes.subarray(-8).toString('hex')}`),
  );
  return whole <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(whole) : String(whole);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** C0 and C1 controls but tab and line ends, and what turns the direction of text around. */
const unprintable = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/;

export function octetText(bytes: Uint8Array): string {
  try {
    const text = utf8.decode(bytes);
    if (!unprintable.test(text)) return text;
  } catch {
    // No UTF-8: shown in hex like everything unprintable.
  }
  return `0x${Buffer.from(bytes).toString('hex')}`;
}

/** The form in the spool. */
export function encodeTrap(record: TrapRecord): Uint8Array {
  return Buffer.from(JSON.stringify({ schema, ...record }), 'utf8');
}

/** Reads what `encodeTrap` wrote, also by an older version; throws `trap/unreadable-record`. */
export function decodeTrap(bytes: Uint8Array): TrapRecord {
  let value: Partial<TrapRecord> & { readonly schema?: unknown };
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch (error) {
    throw new Fault('trap/unreadable-record', 'a spooled notification is not JSON', error);
  }
  const { at, from, address, agentAddress, credentialOf, engineId } = value ?? {};
  const { version, inform, trapOid, varbinds } = value ?? {};
  const isWhole = [at, from, address, version, inform, trapOid].every((part) => part !== undefined);
  if (value?.schema !== schema || !isWhole || !Array.isArray(varbinds)) {
    throw new Fault(
      'trap/unreadable-record',
      `a spooled notification has schema ${String(value?.schema)}, not ${schema}`,
    );
  }
  const read = {
    from: from!,
    address: address!,
    agentAddress,
    credentialOf,
    engineId,
    version: version!,
    inform: inform!,
    trapOid: trapOid!,
  };
  return { at: instant(at!), ...read, varbinds: varbinds as readonly TrapVarbind[] };
}
