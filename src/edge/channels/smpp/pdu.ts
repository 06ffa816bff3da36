/** Protocol data units of SMPP 3.4 (sections 4 and 5) as values: those a transceiver sends or is sent, in both directions. */
import { Damage, OctetReader, OctetWriter } from './octets.ts';

/** Section 5.1.2.1. */
const ids = {
  generic_nack: 0x8000_0000,
  bind_transceiver: 0x0000_0009,
  bind_transceiver_resp: 0x8000_0009,
  submit_sm: 0x0000_0004,
  submit_sm_resp: 0x8000_0004,
  deliver_sm: 0x0000_0005,
  deliver_sm_resp: 0x8000_0005,
  data_sm: 0x0000_0103,
  data_sm_resp: 0x8000_0103,
  unbind: 0x0000_0006,
  unbind_resp: 0x8000_0006,
  enquire_link: 0x0000_0015,
  enquire_link_resp: 0x8000_0015,
} as const;

export type CommandKind = keyof typeof ids;

const kinds = new Map<number, CommandKind>(
  Object.entries(ids).map(([kind, id]) => [id, kind as CommandKind]),
);

/** Optional parameters this program knows (section 5.3.2); others are passed over. */
export const tags = {
  receiptedMessageId: 0x001e,
  userMessageReference: 0x0204,
  sarReference: 0x020c,
  sarTotal: 0x020e,
  sarPart: 0x020f,
  messagePayload: 0x0424,
  messageState: 0x0427,
} as const;

const knownTags: ReadonlySet<number> = new Set(Object.values(tags));

/** By tag; of a tag that comes twice the first counts. */
type OptionalParameters = ReadonlyMap<number, Uint8Array>;

/** Type of number and numbering plan (sections 5.2.5, 5.2.6) before the number itself. */
export interface SmppAddress {
  readonly ton: number;
  readonly npi: number;
  readonly address: string;
}

export interface DataMessage {
  readonly serviceType: string;
  readonly source: SmppAddress;
  readonly destination: SmppAddress;
  readonly esmClass: number;
  readonly registeredDelivery: number;
  readonly dataCoding: number;
  readonly optional: OptionalParameters;
}

export interface ShortMessage extends DataMessage {
  /** Absolute or relative time (section 7.1.1), empty for the centre's own. */
  readonly validity: string;
  /** At most 254 octets; longer ones travel as `message_payload`. */
  readonly shortMessage: Uint8Array;
}

export type Body =
  | {
      readonly kind: 'bind_transceiver';
      readonly systemId: string;
      readonly password: string;
      readonly systemType: string;
    }
  | { readonly kind: 'bind_transceiver_resp'; readonly systemId: string }
  | ({ readonly kind: 'submit_sm' } & ShortMessage)
  | ({ readonly kind: 'deliver_sm' } & ShortMessage)
  | ({ readonly kind: 'data_sm' } & DataMessage)
  | { readonly kind: 'submit_sm_resp' | 'deliver_sm_resp' | 'data_sm_resp'; readonly messageId: string }
  | {
      readonly kind: 'generic_nack' | 'unbind' | 'unbind_resp' | 'enquire_link' | 'enquire_link_resp';
    };

export type Pdu = Body & { readonly status: number; readonly sequence: number };

export type ReadPdu =
  | { readonly kind: 'pdu'; readonly pdu: Pdu }
  /** A command of which this program knows nothing, or a body that does not fit its command. */
  | {
      readonly kind: 'unknown' | 'damaged';
      readonly isRequest: boolean;
      readonly status: number;
      readonly sequence: number;
    };

export const headerOctets = 16;
/** Section 3.4: version 3.4 of the protocol. */
const interfaceVersion = 0x34;

/** Reads a whole PDU, header included, whose length is right. Never throws. */
export function readPdu(octets: Uint8Array): ReadPdu {
  const head = new DataView(octets.buffer, octets.byteOffset, headerOctets);
  const id = head.getUint32(4);
  const status = head.getUint32(8);
  const sequence = head.getUint32(12);
  const isRequest = id < 0x8000_0000;
  const kind = kinds.get(id);
  if (kind === undefined) return { kind: 'unknown', isRequest, status, sequence };
  try {
    const body = readBody(kind, new OctetReader(octets, headerOctets));
    return { kind: 'pdu', pdu: { ...body, status, sequence } };
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    return { kind: 'damaged', isRequest, status, sequence };
  }
}

/** One for all: a PDU is written in one go. */
const writer = new OctetWriter();

export function writePdu(pdu: Pdu): Uint8Array {
  writer.word(0);
  writer.word(ids[pdu.kind]);
  writer.word(pdu.status);
  writer.word(pdu.sequence);
  writeBody(pdu);
  return writer.finished();
}

function readBody(kind: CommandKind, reader: OctetReader): Body {
  switch (kind) {
    case 'bind_transceiver': {
      const bind = { kind, systemId: reader.text(), password: reader.text(), systemType: reader.text() };
      reader.octets(3);
      reader.text();
      return bind;
    }
    // An answer of refusal may come without its body (sections 4.1.6, 4.4.2).
    case 'bind_transceiver_resp':
      return { kind, systemId: reader.left === 0 ? '' : reader.text() };
    case 'submit_sm_resp':
    case 'deliver_sm_resp':
    case 'data_sm_resp':
      return { kind, messageId: reader.left === 0 ? '' : reader.text() };
    case 'submit_sm':
    case 'deliver_sm':
      return { kind, ...readShortMessage(reader) };
    case 'data_sm':
      return {
        kind,
        ...readParties(reader),
        esmClass: reader.byte(),
        registeredDelivery: reader.byte(),
        dataCoding: reader.byte(),
        optional: readOptional(reader),
      };
    default:
      return { kind };
  }
}

function readParties(reader: OctetReader): Pick<DataMessage, 'serviceType' | 'source' | 'destination'> {
  const address = (): SmppAddress => ({ ton: reader.byte(), npi: reader.byte(), address: reader.text() });
  return { serviceType: reader.text(), source: address(), destination: address() };
}

/** Section 4.4.1; protocol, priority and schedule say nothing to us. */
function readShortMessage(reader: OctetReader): ShortMessage {
  const parties = readParties(reader);
  const esmClass = reader.byte();
  reader.octets(2);
  reader.text();
  const validity = reader.text();
  const registeredDelivery = reader.byte();
  reader.byte();
  const dataCoding = reader.byte();
  reader.byte();
  const shortMessage = reader.octets(reader.byte());
  const optional = readOptional(reader);
  return { ...parties, esmClass, validity, registeredDelivery, dataCoding, shortMessage, optional };
}

const none: OptionalParameters = new Map();

function readOptional(reader: OctetReader): OptionalParameters {
  if (reader.left === 0) return none;
  const found = new Map<number, Uint8Array>();
  while (reader.left > 0) {
    const tag = reader.short();
    const value = reader.octets(reader.short());
    if (knownTags.has(tag) && !found.has(tag)) found.set(tag, value);
  }
  return found;
}

function writeBody(body: Body): void {
  switch (body.kind) {
    case 'bind_transceiver':
      // Section 5.2: the greatest sizes, the zero at the end not counted.
      writer.text(body.systemId, 15);
      writer.text(body.password, 8);
      writer.text(body.systemType, 12);
      writer.byte(interfaceVersion);
      writer.short(0);
      return writer.byte(0);
    case 'bind_transceiver_resp':
      return writer.text(body.systemId, 15);
    case 'submit_sm_resp':
    case 'deliver_sm_resp':
    case 'data_sm_resp':
      return writer.text(body.messageId, 64);
    case 'submit_sm':
    case 'deliver_sm':
      return writeShortMessage(body);
    case 'data_sm':
      writeParties(body);
      writer.byte(body.esmClass);
      writer.byte(body.registeredDelivery);
      writer.byte(body.dataCoding);
      return writeOptional(body.optional);
    default:
      return;
  }
}

function writeParties({ serviceType, source, destination }: DataMessage): void {
  writer.text(serviceType, 5);
  for (const { ton, npi, address } of [source, destination]) {
    writer.byte(ton);
    writer.byte(npi);
    writer.text(address, 20);
  }
}

function writeShortMessage(message: ShortMessage): void {
  writeParties(message);
  writer.byte(message.esmClass);
  // Protocol 0, priority 0, no time to begin at.
  writer.short(0);
  writer.byte(0);
  writer.text(message.validity, 16);
  writer.byte(message.registeredDelivery);
  writer.byte(0);
  writer.byte(message.dataCoding);
  writer.byte(0);
  writer.byte(message.shortMessage.length);
  writer.octets(message.shortMessage);
  writeOptional(message.optional);
}

function writeOptional(optional: OptionalParameters): void {
  for (const [tag, value] of optional) {
    writer.short(tag);
    writer.short(value.length);
    writer.octets(value);
  }
}
