/** A notice as the messages a centre takes: alphabet, parts and how they are joined, addresses, how long they stay true. */
import { spreadHash } from '../../../base/random.ts';
import { septetsOf } from '../../../model/sms-alphabet.ts';
import { segmentsOf } from '../../../model/sms-segments.ts';
import type { OutgoingNotice } from '../../../notify/channel.ts';
import { type ShortMessage, type SmppAddress, tags } from './pdu.ts';

export interface MessageForm {
  readonly source: SmppAddress;
  readonly destination: { readonly ton: number; readonly npi: number };
  readonly serviceType: string;
  readonly registeredDelivery: number;
  /** `payload` leaves the cutting to the centre. */
  readonly joining: 'udh' | 'sar' | 'payload';
  /** `ucs2` for a centre whose default alphabet is another one. */
  readonly alphabet: 'gsm' | 'ucs2';
}

const defaultAlphabet = 0;
const ucs2 = 8;
/** Section 5.2.12: a user data header stands before the text. */
const withHeader = 0x40;
/** One octet counts the parts. */
const mostParts = 255;

/** In order; undefined for a text longer than 255 parts. */
export function messagesOf(
  notice: OutgoingNotice,
  form: MessageForm,
  now: number,
): readonly ShortMessage[] | undefined {
  const { encoding, parts } = segmentsOf(notice.text, form.alphabet === 'gsm' ? 'gsm7' : 'ucs2');
  if (parts.length > mostParts) return undefined;
  const reference = spreadHash(notice.key) & 0xffff;
  const common = {
    serviceType: form.serviceType,
    source: form.source,
    destination: { ...form.destination, address: notice.to.replace(/^\+/, '') },
    validity: notice.notAfter === undefined ? '' : relativeTime(notice.notAfter - now),
    registeredDelivery: form.registeredDelivery,
    dataCoding: encoding === 'gsm7' ? defaultAlphabet : ucs2,
    esmClass: 0,
  };
  const named = [tags.userMessageReference, shortOf(reference)] as const;
  const octets = (text: string): Uint8Array => (encoding === 'gsm7' ? septets(text) : units(text));
  if (parts.length === 1)
    return [{ ...common, shortMessage: octets(notice.text), optional: new Map([named]) }];
  if (form.joining === 'payload') {
    const payload = [tags.messagePayload, octets(notice.text)] as const;
    return [{ ...common, shortMessage: new Uint8Array(), optional: new Map([named, payload]) }];
  }
  return parts.map((part, at) => {
    if (form.joining === 'sar') {
      const place = [
        [tags.sarReference, shortOf(reference)],
        [tags.sarTotal, Uint8Array.of(parts.length)],
        [tags.sarPart, Uint8Array.of(at + 1)],
      ] as const;
      return { ...common, shortMessage: octets(part), optional: new Map([named, ...place]) };
    }
    // TS 23.040 section 9.2.3.24.1: five octets follow; element 0 of three octets: reference, parts, this part.
    const header = [5, 0, 3, reference & 0xff, parts.length, at + 1];
    const shortMessage = Uint8Array.from([...header, ...octets(part)]);
    return { ...common, esmClass: withHeader, shortMessage, optional: new Map([named]) };
  });
}

/** One septet an octet, as centres take their default alphabet (section 5.2.19). */
const septets = (text: string): Uint8Array =>
  Uint8Array.from([...text].flatMap((character) => septetsOf(character) ?? []));

function units(text: string): Uint8Array {
  const octets = new Uint8Array(text.length * 2);
  const view = new DataView(octets.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i));
  return octets;
}

const shortOf = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 0xff);

const second = 1_000;
const day = 86_400 * second;

/** Section 7.1.1.2, relative, so that the clocks need not agree: from one minute to 30 days. */
function relativeTime(lengthMs: number): string {
  const length = Math.min(30 * day, Math.max(60 * second, lengthMs));
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const [days, rest] = [length / day, length % day];
  const clock = `${two(rest / 3_600_000)}${two((rest / 60_000) % 60)}${two((rest / second) % 60)}`;
  return `0000${two(days)}${clock}000R`;
}
