/** DNS messages: RFC 1035 section 4 with EDNS0 of RFC 6891, decoded into plain data and encoded from it. */
import { BadMessage, readName, writeName } from './dns-names.ts';
import { dataBytes, dataText, dnsTypes, wide } from './dns-records.ts';

export const rcodes = { noError: 0, formErr: 1, servFail: 2, nxDomain: 3, notImp: 4, refused: 5 } as const;

interface DnsRecord {
  readonly name: string;
  readonly type: number;
  readonly ttl: number;
  /** See `dataText`. */
  readonly data: string;
}

export interface DnsMessage {
  readonly id: number;
  readonly isResponse: boolean;
  readonly opcode: number;
  /** AA, TC, RD, RA, AD, CD. */
  readonly flags: {
    readonly authoritative: boolean;
    readonly truncated: boolean;
    readonly recursionDesired: boolean;
    readonly recursionAvailable: boolean;
    readonly authentic: boolean;
    readonly checkingDisabled: boolean;
  };
  /** 12 bits where the message has EDNS. */
  readonly rcode: number;
  readonly questions: readonly { readonly name: string; readonly type: number }[];
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  /** Without OPT. */
  readonly additionals: readonly DnsRecord[];
  readonly edns?: { readonly udpSize: number; readonly dnssec: boolean } | undefined;
}

/** More records than any answer that a probe asks for; a message with more is refused before they are read. */
const mostRecords = 1_024;
const mostQuestions = 16;
const classInternet = 1;

/** The message, or why the bytes are none. Never throws. */
export function decodeDns(bytes: Uint8Array): DnsMessage | { readonly bad: string } {
  try {
    return decode(bytes);
  } catch (error) {
    if (error instanceof BadMessage) return { bad: error.message };
    throw error;
  }
}

function decode(bytes: Uint8Array): DnsMessage {
  if (bytes.length < 12) throw new BadMessage('shorter than a header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint16(2);
  const counts = [4, 6, 8, 10].map((offset) => view.getUint16(offset)) as [number, number, number, number];
  if (counts[0] > mostQuestions || counts[1] + counts[2] + counts[3] > mostRecords)
    throw new BadMessage('too many records');
  const questions: { name: string; type: number }[] = [];
  let at = 12;
  for (let left = counts[0]; left > 0; left--) {
    const { name, end } = readName(bytes, at);
    if (end + 4 > bytes.length) throw new BadMessage('a question runs over the end');
    if (view.getUint16(end + 2) !== classInternet) throw new BadMessage('a question of another class');
    questions.push({ name, type: view.getUint16(end) });
    at = end + 4;
  }
  let edns: { udpSize: number; dnssec: boolean; high: number } | undefined;
  const section = (count: number): DnsRecord[] => {
    const records: DnsRecord[] = [];
    for (let left = count; left > 0; left--) {
      const { name, end } = readName(bytes, at);
      if (end + 10 > bytes.length) throw new BadMessage('a record runs over the end');
      const [type, length, ttl] = [view.getUint16(end), view.getUint16(end + 8), view.getUint32(end + 4)];
      const from = end + 10;
      if (from + length > bytes.length) throw new BadMessage('the data of a record runs over the end');
      at = from + length;
      if (type === dnsTypes.OPT) {
        if (edns !== undefined) throw new BadMessage('EDNS twice');
        edns = { udpSize: view.getUint16(end + 2), dnssec: (ttl & 0x8000) !== 0, high: ttl >>> 24 };
      } else records.push({ name, type, ttl, data: dataText(type, { bytes, from, length }) });
    }
    return records;
  };
  const [answers, authorities, additionals] = [section(counts[1]), section(counts[2]), section(counts[3])];
  const is = (bit: number): boolean => (flags & bit) !== 0;
  return {
    id: view.getUint16(0),
    isResponse: is(0x8000),
    opcode: (flags >> 11) & 15,
    flags: {
      authoritative: is(0x0400),
      truncated: is(0x0200),
      recursionDesired: is(0x0100),
      recursionAvailable: is(0x0080),
      authentic: is(0x0020),
      checkingDisabled: is(0x0010),
    },
    rcode: ((edns?.high ?? 0) << 4) | (flags & 15),
    questions,
    answers,
    authorities,
    additionals,
    edns: edns && { udpSize: edns.udpSize, dnssec: edns.dnssec },
  };
}

/** Names are written out in full. Throws BadMessage for names or data that are none. */
export function encodeDns(message: DnsMessage): Uint8Array {
  const { flags, edns, rcode } = message;
  const bits =
    (message.isResponse ? 0x8000 : 0) |
    (message.opcode << 11) |
    (flags.authoritative ? 0x0400 : 0) |
    (flags.truncated ? 0x0200 : 0) |
    (flags.recursionDesired ? 0x0100 : 0) |
    (flags.recursionAvailable ? 0x0080 : 0) |
    (flags.authentic ? 0x0020 : 0) |
    (flags.checkingDisabled ? 0x0010 : 0) |
    (rcode & 15);
  const { questions, answers, authorities, additionals } = message;
  const extra = additionals.length + (edns === undefined ? 0 : 1);
  const bytes = [
    ...[message.id, bits, questions.length, answers.length, authorities.length, extra].flatMap(short),
    ...questions.flatMap(({ name, type }) => [...writeName(name), ...short(type), ...short(classInternet)]),
    ...[...answers, ...authorities, ...additionals].flatMap(recordBytes),
  ];
  if (edns !== undefined) {
    const ttl = ((rcode >> 4) << 24) | (edns.dnssec ? 0x8000 : 0);
    bytes.push(0, ...short(dnsTypes.OPT), ...short(edns.udpSize), ...wide(ttl), 0, 0);
  }
  return Uint8Array.from(bytes);
}

function recordBytes({ name, type, ttl, data }: DnsRecord): number[] {
  const written = dataBytes(type, data);
  const head = [...writeName(name), ...short(type), ...short(classInternet), ...wide(ttl)];
  return [...head, ...short(written.length), ...written];
}

const short = (value: number): number[] => [(value >> 8) & 255, value & 255];

export const noFlags: DnsMessage['flags'] = {
  authoritative: false,
  truncated: false,
  recursionDesired: false,
  recursionAvailable: false,
  authentic: false,
  checkingDisabled: false,
};
