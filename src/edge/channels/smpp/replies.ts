/** What people write to our number: decoded, and joined where a phone cut it into parts. */
import { milliseconds } from '../../../base/instant.ts';
import type { Wake, World } from '../../../base/world.ts';
import { textOfSeptets } from '../../../model/sms-alphabet.ts';
import type { KeptParts, Reply } from '../../../notify/channel.ts';
import { type IncomingMessage, octetsOf } from './link.ts';
import { type SmppAddress, tags } from './pdu.ts';

const mostGroups = 500;
const mostParts = 20;
/** Parts that did not come in this time do not come. */
const patienceMs = 60_000;

interface Piece extends Reply {
  readonly join?: { readonly reference: number; readonly total: number; readonly part: number } | undefined;
}

interface Group {
  readonly first: Reply;
  readonly total: number;
  readonly since: number;
  readonly texts: Map<number, string>;
}

/**
 * The centre waits for an answer to one part before it sends the next, so parts that wait for others are kept before that answer.
 * Those of a reply that never becomes whole are handed on after a minute, when there are too many, and at the end
 * where nobody keeps them.
 */
export class Replies {
  readonly #world: World;
  readonly #groups = new Map<string, Group>();
  readonly #alphabet: 'gsm' | 'latin';
  readonly #handOn: (reply: Reply) => Promise<void>;
  #wake: Wake | undefined;

  readonly #kept: () => KeptParts | undefined;

  /** `alphabet` is the centre's default one. */
  constructor(
    world: World,
    alphabet: 'gsm' | 'latin',
    to: {
      readonly handOn: (reply: Reply) => Promise<void>;
      readonly kept: () => KeptParts | undefined;
    },
  ) {
    this.#world = world;
    this.#alphabet = alphabet;
    this.#handOn = to.handOn;
    this.#kept = to.kept;
  }

  /** What waited when the process ended; before anything is taken. */
  async restore(): Promise<void> {
    for (const { message, part, total, ...first } of (await this.#kept()?.all()) ?? [])
      this.#groupOf(message, { first, total }).texts.set(part, first.text);
    if (this.#groups.size > 0) this.#wakeLater();
  }

  /** Resolves when it is kept, or waits for its other parts. */
  async take(message: IncomingMessage): Promise<void> {
    const piece = pieceOf(message, this.#alphabet);
    const { join } = piece;
    if (join === undefined || !isJoinable(join)) return this.#handOn(replyOf(piece, piece.text));
    const key = `${piece.from} ${piece.to} ${join.reference} ${join.total}`;
    const [oldest] = this.#groups.keys();
    if (!this.#groups.has(key) && this.#groups.size >= mostGroups) await this.#giveUp(oldest!);
    const group = this.#groupOf(key, { first: piece, total: join.total });
    if (group.texts.size + (group.texts.has(join.part) ? 0 : 1) < group.total) {
      const { from, written, to, text } = piece;
      const { part, total } = join;
      await this.#kept()?.keep({ message: key, part, total, from, written, to, text });
      group.texts.set(part, text);
      this.#wakeLater();
      // A centre with a window sends the others meanwhile.
      if (group.texts.size < group.total) return;
    }
    group.texts.set(join.part, piece.text);
    // What the book does not take comes again with its last part.
    await this.#handOn(replyOf(group.first, textOf(group)));
    await this.#forget(key);
  }

  #groupOf(key: string, made: Pick<Group, 'first' | 'total'>): Group {
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const group = { ...made, since: this.#world.monotonicMs(), texts: new Map<number, string>() };
    this.#groups.set(key, group);
    return group;
  }

  async #forget(key: string): Promise<void> {
    this.#groups.delete(key);
    await this.#kept()?.drop(key);
  }

  #wakeLater(): void {
    this.#wake ??= this.#world.after(milliseconds(patienceMs), () => void this.#expire());
  }

  async close(): Promise<void> {
    this.#wake?.cancel();
    // Their others may come after the next start.
    if (this.#kept() !== undefined) return;
    await Promise.allSettled([...this.#groups.keys()].map((key) => this.#giveUp(key)));
  }

  async #expire(): Promise<void> {
    this.#wake = undefined;
    const now = this.#world.monotonicMs();
    const due = [...this.#groups].filter(([, { since }]) => now - since >= patienceMs / 2);
    await Promise.allSettled(due.map(([key]) => this.#giveUp(key)));
    if (this.#groups.size > 0) this.#wakeLater();
  }

  async #giveUp(key: string): Promise<void> {
    const group = this.#groups.get(key);
    if (group === undefined) return;
    this.#groups.delete(key);
    try {
      await this.#handOn({ ...replyOf(group.first, textOf(group)), isPartial: true });
      await this.#kept()?.drop(key);
    } catch (error) {
      this.#groups.set(key, group);
      throw error;
    }
  }
}

const isJoinable = ({ total, part }: NonNullable<Piece['join']>): boolean =>
  total >= 2 && total <= mostParts && part >= 1 && part <= total;

const replyOf = ({ from, written, to }: Reply, text: string): Reply => ({ from, written, to, text });

const textOf = ({ texts, total }: Group): string =>
  Array.from({ length: total }, (_, at) => texts.get(at + 1) ?? ' … ').join('');

function pieceOf(message: IncomingMessage, alphabet: 'gsm' | 'latin'): Piece {
  const octets = octetsOf(message);
  const { header, body } =
    (message.esmClass & 0x40) === 0 ? { header: undefined, body: octets } : cut(octets);
  return {
    from: numberOf(message.source),
    written: writtenIn(message.source),
    to: numberOf(message.destination),
    text: decoded(body, message.dataCoding === 0 && alphabet === 'latin' ? 3 : message.dataCoding),
    join: header === undefined ? joinIn(message) : joinInHeader(header),
  };
}

/** Section 5.2.5: type 1 is an international number, which lacks its plus; of type 0 are long ones where a centre says no more. */
function numberOf({ ton, address }: SmppAddress): string {
  // Type 5 is a name that its sender chose: nobody's number, also where it is written like one.
  if (ton === 5) return address.slice(0, 21).replace(/^[\s+]+/, '');
  const digits = address.replace(/[^\d]/g, '');
  const isWorldwide =
    ton === 1 ? /^[1-9]\d{6,14}$/.test(digits) : ton === 0 && /^[1-9]\d{10,14}$/.test(digits);
  return isWorldwide ? `+${digits}` : address.slice(0, 21);
}

/** Of type 2 are national numbers; type 0 says nothing. */
const writtenIn = ({ ton, address }: SmppAddress): string | undefined =>
  (ton === 0 || ton === 2) && /^\d{7,15}$/.test(address) ? address : undefined;

/** TS 23.040 section 9.2.3.24: the first octet says how many of the header follow. */
function cut(octets: Uint8Array): { header: Uint8Array | undefined; body: Uint8Array } {
  const length = octets[0] ?? 0;
  if (octets.length < 1 + length) return { header: undefined, body: octets };
  return { header: octets.subarray(1, 1 + length), body: octets.subarray(1 + length) };
}

/** Elements 0 and 8: joined messages with a reference of one or of two octets. */
function joinInHeader(header: Uint8Array): Piece['join'] {
  for (let at = 0; at + 1 < header.length; at += 2 + header[at + 1]!) {
    const value = header.subarray(at + 2, at + 2 + header[at + 1]!);
    if (header[at] === 0 && value.length === 3)
      return { reference: value[0]!, total: value[1]!, part: value[2]! };
    if (header[at] === 8 && value.length === 4)
      return { reference: (value[0]! << 8) | value[1]!, total: value[2]!, part: value[3]! };
  }
  return undefined;
}

function joinIn({ optional }: IncomingMessage): Piece['join'] {
  const reference = optional.get(tags.sarReference);
  const total = optional.get(tags.sarTotal)?.[0];
  const part = optional.get(tags.sarPart)?.[0];
  if (reference?.length !== 2 || total === undefined || part === undefined) return undefined;
  return { reference: (reference[0]! << 8) | reference[1]!, total, part };
}

/** Section 5.2.19. What cannot be text is shown as replacement characters, never as an error: somebody wrote to us. */
function decoded(octets: Uint8Array, coding: number): string {
  const label = { 1: 'windows-1252', 3: 'windows-1252', 6: 'iso-8859-5', 8: 'utf-16be' }[coding];
  const text = label === undefined ? textOfSeptets(octets) : new TextDecoder(label).decode(octets);
  return text.replaceAll('\0', '');
}
