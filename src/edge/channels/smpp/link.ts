/** One connection to a message centre: requests in flight by sequence number, keep-alive, and what the centre asks of us. */
import type { Socket } from 'node:net';
import { milliseconds } from '../../../base/instant.ts';
import type { Wake, World } from '../../../base/world.ts';
import { Frames } from './frames.ts';
import { type Body, type CommandKind, type Pdu, type ReadPdu, readPdu, tags, writePdu } from './pdu.ts';
import { statuses } from './statuses.ts';

/** Of one channel, over all its connections. */
export interface SmppCounters {
  /** PDUs of commands this program does not know. */
  unknown: number;
  /** PDUs whose body does not fit, and lengths that cannot be. */
  damaged: number;
  /** Answers to nothing that was asked. */
  strayAnswers: number;
  /** Answers that came after their time. */
  lateAnswers: number;
  /** Requests without an answer in time. */
  unanswered: number;
  throttled: number;
  receipts: number;
  unreadableReceipts: number;
  replies: number;
  /** Messages to us that were put off: too many at once, or the book did not take them. */
  putOff: number;
  connections: number;
}

export type IncomingMessage = Extract<Pdu, { kind: 'deliver_sm' | 'data_sm' }>;

/** What it carries: `message_payload` where the short message is empty (section 5.3.2.32). */
export function octetsOf(message: IncomingMessage): Uint8Array {
  const short = message.kind === 'deliver_sm' ? message.shortMessage : new Uint8Array();
  return short.length > 0 ? short : (message.optional.get(tags.messagePayload) ?? short);
}

/** `lost`: nothing was heard of it, the centre may have it. */
export type LinkAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly messageId: string }
  | { readonly kind: 'lost'; readonly reason: string };

export interface LinkOptions {
  readonly socket: Socket;
  readonly world: World;
  /** For one answer. */
  readonly answerMs: number;
  /** Silence after which we ask whether the centre is there. */
  readonly keepAliveMs: number;
  readonly counters: SmppCounters;
  /** Answers the status for the centre. */
  readonly onMessage: (message: IncomingMessage) => Promise<number>;
  /** Called once. */
  readonly onEnd: (reason: string) => void;
}

interface Asked {
  readonly answer: CommandKind;
  readonly deadline: number;
  readonly settle: (answer: LinkAnswer) => void;
  readonly onLate?: ((answer: LinkAnswer) => void) | undefined;
}

/** Messages to us that are being kept; more are put off. */
const mostIncoming = 500;
const lateKept = 1_000;
/** PDUs of one connection that nobody can read; then it is given up. */
const mostStrikes = 100;
const lastWordMs = 1_000;
const goodbyeMs = 2_000;
/** A centre that does not read what we answer. */
const mostUnread = 1_048_576;
const lastSequence = 0x7fff_ffff;

export class Link {
  readonly #options: LinkOptions;
  readonly #frames = new Frames();
  readonly #asked = new Map<number, Asked>();
  readonly #late = new Map<number, Asked>();
  readonly #beat: Wake;
  #sequence = 0;
  #incoming = 0;
  #strikes = 0;
  #heardAt: number;
  #isEnquiring = false;
  #isBound = false;
  #unwritten: Uint8Array[] = [];
  #endedBecause: string | undefined;

  constructor(options: LinkOptions) {
    const { socket, world, answerMs, keepAliveMs } = options;
    this.#options = options;
    this.#heardAt = world.monotonicMs();
    const beatMs = Math.max(20, Math.min(1_000, answerMs / 4, keepAliveMs / 2));
    this.#beat = world.every(milliseconds(beatMs), () => this.#look());
    socket.setNoDelay(true);
    socket.on('data', (chunk: Uint8Array) => this.#take(chunk));
    socket.on('error', (error: Error) => this.end(error.message));
    socket.once('close', () => this.end('the connection was closed'));
  }

  get isOpen(): boolean {
    return this.#endedBecause === undefined;
  }

  get endedBecause(): string {
    return this.#endedBecause ?? 'it is open';
  }

  /** Settles once; `onLate` is called where the answer comes after its time. */
  ask(body: Body, answer: CommandKind, onLate?: (answer: LinkAnswer) => void): Promise<LinkAnswer> {
    return new Promise((settle) => {
      if (this.#endedBecause !== undefined) return settle({ kind: 'lost', reason: this.#endedBecause });
      this.#sequence = this.#sequence >= lastSequence ? 1 : this.#sequence + 1;
      const deadline = this.#options.world.monotonicMs() + this.#options.answerMs;
      this.#asked.set(this.#sequence, { answer, deadline, settle, onLate });
      this.#write({ ...body, status: statuses.ok, sequence: this.#sequence });
    });
  }

  /** Says goodbye (section 4.2) and ends, whether it is heard or not. */
  async close(): Promise<void> {
    if (!this.isOpen) return;
    const enough = this.#options.world.after(milliseconds(goodbyeMs), () => this.end('closed'));
    await this.ask({ kind: 'unbind' }, 'unbind_resp');
    enough.cancel();
    this.end('closed');
  }

  /** What is in flight is lost; with `isSaid` what was written last still leaves. */
  end(reason: string, isSaid = false): void {
    if (this.#endedBecause !== undefined) return;
    this.#endedBecause = reason;
    this.#beat.cancel();
    const { socket, world } = this.#options;
    if (isSaid) {
      this.#flush();
      socket.destroySoon();
      world.after(milliseconds(lastWordMs), () => socket.destroy());
    } else socket.destroy();
    for (const { settle } of this.#asked.values()) settle({ kind: 'lost', reason });
    this.#asked.clear();
    this.#late.clear();
    this.#options.onEnd(reason);
  }

  #take(chunk: Uint8Array): void {
    const { frames, isBroken } = this.#frames.push(chunk);
    for (const frame of frames) if (this.isOpen) this.#read(readPdu(frame));
    if (!isBroken || !this.isOpen) return;
    this.#options.counters.damaged++;
    this.#write({ kind: 'generic_nack', status: statuses.invalidLength, sequence: 0 });
    this.end('what the centre sends is no SMPP', true);
  }

  #read(read: ReadPdu): void {
    this.#heardAt = this.#options.world.monotonicMs();
    if (read.kind === 'pdu') return this.#obey(read.pdu);
    const { isRequest, status, sequence } = read;
    this.#options.counters[read.kind]++;
    if (isRequest) {
      const why = read.kind === 'unknown' ? statuses.invalidCommand : statuses.invalidLength;
      this.#write({ kind: 'generic_nack', status: why, sequence });
    } else if (read.kind === 'damaged') {
      const refused = { kind: 'answer', status, messageId: '' } as const;
      this.#settle(sequence, status === statuses.ok ? { kind: 'lost', reason: 'a damaged answer' } : refused);
    }
    if (++this.#strikes >= mostStrikes) this.end('the centre sends too much that nobody can read');
  }

  #obey(pdu: Pdu): void {
    const { sequence, status } = pdu;
    switch (pdu.kind) {
      case 'deliver_sm':
      case 'data_sm':
        return this.#receive(pdu);
      case 'enquire_link':
        return this.#write({ kind: 'enquire_link_resp', status: statuses.ok, sequence });
      case 'unbind':
        this.#write({ kind: 'unbind_resp', status: statuses.ok, sequence });
        return this.end('the centre unbound', true);
      case 'submit_sm':
      case 'bind_transceiver':
        return this.#write({ kind: 'generic_nack', status: statuses.invalidCommand, sequence });
      default: {
        const asked = this.#asked.get(sequence) ?? this.#late.get(sequence);
        if (pdu.kind === asked?.answer && pdu.kind === 'bind_transceiver_resp') this.#isBound = status === 0;
        // Section 4.3: a refusal of the header stands for the answer to whatever was asked.
        if (asked !== undefined && pdu.kind !== asked.answer && pdu.kind !== 'generic_nack') {
          this.#options.counters.strayAnswers++;
          return;
        }
        const messageId = 'messageId' in pdu ? pdu.messageId : '';
        return this.#settle(sequence, { kind: 'answer', status, messageId });
      }
    }
  }

  #settle(sequence: number, answer: LinkAnswer): void {
    const { counters } = this.#options;
    const asked = this.#asked.get(sequence);
    if (asked !== undefined) {
      this.#asked.delete(sequence);
      return asked.settle(answer);
    }
    const late = this.#late.get(sequence);
    if (late === undefined) {
      counters.strayAnswers++;
      return;
    }
    counters.lateAnswers++;
    this.#late.delete(sequence);
    late.onLate?.(answer);
  }

  #receive(message: IncomingMessage): void {
    const { counters, onMessage } = this.#options;
    const kind = message.kind === 'deliver_sm' ? 'deliver_sm_resp' : 'data_sm_resp';
    const answer = (status: number): void => {
      if (status !== statuses.ok) counters.putOff++;
      if (this.isOpen) this.#write({ kind, messageId: '', status, sequence: message.sequence });
    };
    // Whoever does not know our password has nothing to say to us.
    if (!this.#isBound) return answer(statuses.wrongState);
    if (this.#incoming >= mostIncoming) return answer(statuses.throttled);
    this.#incoming++;
    onMessage(message)
      .then(answer, () => answer(statuses.temporarilyNotTaken))
      .finally(() => {
        this.#incoming--;
      });
  }

  /** What is overdue, and whether the centre is still there: a half-open connection shows by nothing else. */
  #look(): void {
    const { world, keepAliveMs, counters } = this.#options;
    const now = world.monotonicMs();
    let isOverdue = false;
    for (const [sequence, asked] of this.#asked) {
      if (asked.deadline > now) break;
      this.#asked.delete(sequence);
      counters.unanswered++;
      isOverdue = true;
      if (asked.onLate !== undefined) this.#keepLate(sequence, asked);
      asked.settle({ kind: 'lost', reason: 'no answer in time' });
    }
    if (!this.#isEnquiring && (isOverdue || now - this.#heardAt >= keepAliveMs)) void this.#enquire();
  }

  async #enquire(): Promise<void> {
    this.#isEnquiring = true;
    const { kind } = await this.ask({ kind: 'enquire_link' }, 'enquire_link_resp');
    this.#isEnquiring = false;
    if (kind === 'lost') this.end('the centre does not answer');
  }

  #keepLate(sequence: number, asked: Asked): void {
    this.#late.set(sequence, asked);
    if (this.#late.size <= lateKept) return;
    const [oldest] = this.#late.keys();
    this.#late.delete(oldest!);
  }

  /** What one turn writes leaves in one piece: a window of submits is one call of the system, not a hundred. */
  #write(pdu: Pdu): void {
    if (this.#unwritten.push(writePdu(pdu)) === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    const { socket } = this.#options;
    const pieces = this.#unwritten.splice(0);
    if (pieces.length === 0 || !socket.writable) return;
    socket.write(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces));
    if (socket.writableLength > mostUnread) this.end('the centre does not read');
  }
}
