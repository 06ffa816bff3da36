/** Notices as short messages through the operator's message centre: SMPP 3.4 as a transceiver, with receipts and replies. */
import { milliseconds } from '../../base/instant.ts';
import type { Secret } from '../../base/secret.ts';
import type { World } from '../../base/world.ts';
import type { Channel, Inbound, OutgoingNotice, SendOutcome } from '../../notify/channel.ts';
import { refusedTarget } from '../net/address-guard.ts';
import {
  type ChannelKind,
  type ChannelSettings,
  lengthMs,
  secretProperty,
  sharedProperties,
} from './channel-kind.ts';
import type { IncomingMessage, LinkAnswer, SmppCounters } from './smpp/link.ts';
import { Pace } from './smpp/pace.ts';
import { type MessageForm, messagesOf } from './smpp/parts.ts';
import type { ShortMessage } from './smpp/pdu.ts';
import { comparableId, isReceipt, type ReceiptIds, readReceipt } from './smpp/receipts.ts';
import { Replies } from './smpp/replies.ts';
import { Session } from './smpp/session.ts';
import { statusClass, statuses, statusName } from './smpp/statuses.ts';

export interface SmppSettings extends ChannelSettings {
  readonly kind: 'smpp';
  readonly host: string;
  /** 3550 when left out, without TLS 2775 (IANA: ssmpp, smpp). */
  readonly port?: number | undefined;
  readonly tls?: 'required' | 'off' | undefined;
  /** PEM of the authority that signed the centre's certificate. */
  readonly ca?: Secret | undefined;
  readonly systemId: string;
  readonly password?: Secret | undefined;
  readonly systemType?: string | undefined;
  readonly from: string;
  readonly fromTon?: number | undefined;
  readonly fromNpi?: number | undefined;
  readonly toTon?: number | undefined;
  readonly toNpi?: number | undefined;
  readonly serviceType?: string | undefined;
  readonly receipts?: 'all' | 'failures' | 'none' | undefined;
  readonly receiptIds?: ReceiptIds | undefined;
  readonly joining?: MessageForm['joining'] | undefined;
  readonly alphabet?: MessageForm['alphabet'] | undefined;
  readonly keepAlive?: string | undefined;
}

const octet = { type: 'integer', minimum: 0, maximum: 255 };
const word = (most: number): object => ({ type: 'string', pattern: `^[\\x20-\\x7e]{0,${most}}$` });

export const smpp: ChannelKind<SmppSettings> = {
  schema: {
    type: 'object',
    properties: {
      kind: { const: 'smpp' },
      host: { type: 'string', pattern: '^[^\\s/@]{1,253}$', description: 'a host name or address' },
      port: { type: 'integer', minimum: 1, maximum: 65_535 },
      tls: { enum: ['required', 'off'] },
      ca: secretProperty,
      systemId: { ...word(15), minLength: 1 },
      password: secretProperty,
      systemType: word(12),
      from: {
        type: 'string',
        pattern: '^(\\+?\\d{1,20}|[\\x20-\\x7e]{1,11})$',
        description: 'a number such as +79990000000 or 1234, or up to 11 Latin characters',
      },
      ...{ fromTon: octet, fromNpi: octet, toTon: octet, toNpi: octet },
      serviceType: word(5),
      receipts: { enum: ['all', 'failures', 'none'] },
      receiptIds: { enum: ['same', 'decimal', 'hex'] },
      joining: { enum: ['udh', 'sar', 'payload'] },
      alphabet: { enum: ['gsm', 'ucs2'] },
      keepAlive: sharedProperties.timeout,
      ...sharedProperties,
    },
    required: ['kind', 'host', 'systemId', 'from'],
    additionalProperties: false,
  },
  refusals(settings) {
    const isPrivate = settings.allowPrivate === true;
    const reason = isPrivate ? undefined : refusedTarget(settings.host);
    if (reason !== undefined) return [{ key: 'host', reason }];
    if (lengthMs(settings.timeout, 0) > longestAnswerMs)
      return [{ key: 'timeout', reason: 'a notice is settled within 25 s; write 10s or less' }];
    if (settings.tls !== 'off' || isPrivate) return [];
    const clear =
      'without TLS password and texts can be read on the way; set tls: required, or reach the centre';
    return [{ key: 'tls', reason: `${clear} through a tunnel of yours and say allowPrivate: true` }];
  },
  open: (name, settings, world) => new SmppChannel(name, settings, world),
};

/** In 25 s the courier gives a send up; a part that may not be answered before is not begun. */
const patienceMs = 22_000;
const longestAnswerMs = 10_000;
/** Of one part in one send, while the centre throttles. */
const mostTries = 3;
/** Notices of which parts are with the centre, or an answer may come yet. */
const mostBegun = 10_000;

/** Of one notice: what was handed over, part by part, so that a second try goes on where the first one ended. */
interface Begun {
  readonly text: string;
  readonly ids: (string | undefined)[];
}

class SmppChannel implements Channel {
  readonly name: string;
  readonly address = 'phone';
  // A centre knows no key; user_message_reference of 16 bits helps a person who looks.
  readonly honoursKey = false;
  readonly givesReceipts: boolean;
  readonly #settings: SmppSettings;
  readonly #form: MessageForm;
  readonly #world: World;
  readonly #answerMs: number;
  readonly #session: Session;
  readonly #pace = new Pace();
  readonly #begun = new Map<string, Begun>();
  readonly #counters: SmppCounters = newCounters();
  #inbound: Inbound | undefined;
  readonly #replies: Replies;

  constructor(name: string, settings: SmppSettings, world: World) {
    this.name = name;
    this.#settings = settings;
    this.givesReceipts = (settings.receipts ?? 'all') === 'all';
    this.#form = formOf(settings);
    this.#world = world;
    this.#answerMs = lengthMs(settings.timeout, 10_000);
    const isTls = settings.tls !== 'off';
    this.#session = new Session({
      ...{ name, host: settings.host, port: settings.port ?? (isTls ? 3550 : 2775) },
      tls: !isTls ? undefined : settings.ca === undefined ? {} : { ca: settings.ca.reveal() },
      allowPrivate: settings.allowPrivate === true,
      ...{ systemId: settings.systemId, password: settings.password, systemType: settings.systemType ?? '' },
      ...{ answerMs: this.#answerMs, keepAliveMs: lengthMs(settings.keepAlive, 30_000) },
      ...{ world, counters: this.#counters, onMessage: (message) => this.#received(message) },
    });
    this.#replies = new Replies(world, this.#form.alphabet === 'gsm' ? 'gsm' : 'latin', {
      handOn: async (reply) => {
        if (this.#inbound === undefined) throw new Error('nobody listens');
        await this.#inbound.reply(reply);
        this.#counters.replies++;
      },
      kept: () => this.#inbound?.parts,
    });
  }

  counters(): Readonly<Record<string, number>> {
    return { ...this.#counters };
  }

  listen(inbound: Inbound): void {
    this.#inbound = inbound;
    void this.#replies
      .restore()
      .catch((error: unknown) => {
        const failed = { channel: this.name, error: String(error) };
        this.#world.log.error('parts of replies that waited could not be read', failed);
      })
      // The rest of a reply must find its beginning.
      .finally(() => this.#session.stay());
  }

  async send(notice: OutgoingNotice): Promise<SendOutcome> {
    if (!/^\+?[1-9]\d{5,14}$/.test(notice.to)) return { kind: 'failed', reason: 'not a telephone number' };
    const messages = messagesOf(notice, this.#form, this.#world.now());
    if (messages === undefined) return { kind: 'failed', reason: 'the text takes more than 255 parts' };
    const begun = this.#begunOf(notice);
    const deadline = this.#world.monotonicMs() + patienceMs;
    for (const [part, message] of messages.entries()) {
      if (begun.ids[part] !== undefined) continue;
      const late = (answer: LinkAnswer): void => this.#answeredLate(begun, part, answer);
      const outcome = await this.#submit(message, deadline, late);
      if (outcome.kind === 'failed') this.#begun.delete(notice.key);
      if (outcome.kind !== 'sent') return outcome;
      begun.ids[part] = outcome.externalId ?? '';
    }
    this.#begun.delete(notice.key);
    const ids = begun.ids.filter((id): id is string => id !== undefined && id !== '');
    return {
      kind: 'sent',
      externalId: ids[0],
      parts: ids.length > 1 && ids.length === messages.length ? ids : undefined,
    };
  }

  async close(): Promise<void> {
    await this.#session.close();
    await this.#replies.close();
  }

  /** One message, asked again within the deadline where the centre says that it has too much to do. */
  async #submit(
    message: ShortMessage,
    deadline: number,
    late: (answer: LinkAnswer) => void,
  ): Promise<SendOutcome> {
    for (let tries = 0; ; ) {
      const now = this.#world.monotonicMs();
      const waitMs = this.#pace.waitMs(now);
      if (tries >= mostTries || now + waitMs + this.#answerMs > deadline)
        return { kind: 'retry', reason: 'the centre throttles', afterMs: waitMs, uncertain: false };
      if (waitMs > 0) {
        await this.#pause(waitMs);
        continue;
      }
      const state = await this.#session.bound();
      if (state.kind === 'refused') return { kind: 'failed', reason: state.reason };
      if (state.kind === 'away') {
        const { reason, afterMs } = state;
        return { kind: 'retry', reason, afterMs, uncertain: false };
      }
      // Others may have gone, and time passed, while this one waited for the binding.
      const then = this.#world.monotonicMs();
      if (this.#pace.waitMs(then) > 0 || then + this.#answerMs > deadline) continue;
      this.#pace.spend();
      const answer = await state.link.ask({ kind: 'submit_sm', ...message }, 'submit_sm_resp', late);
      const outcome = this.#judge(answer);
      if (outcome !== 'throttled') return outcome;
      tries++;
    }
  }

  #judge(answer: LinkAnswer): SendOutcome | 'throttled' {
    if (answer.kind === 'lost') return { kind: 'retry', reason: answer.reason, uncertain: true };
    const now = this.#world.monotonicMs();
    const { status, messageId } = answer;
    const reason = statusName(status);
    switch (statusClass(status)) {
      case 'ok':
        this.#pace.worked(now);
        return { kind: 'sent', externalId: this.#answeredId(messageId) };
      case 'throttled':
        this.#counters.throttled++;
        this.#pace.throttled(now);
        return 'throttled';
      case 'temporary':
        return { kind: 'retry', reason, uncertain: false };
      default:
        return { kind: 'failed', reason };
    }
  }

  #answeredId(messageId: string): string | undefined {
    return messageId === ''
      ? undefined
      : comparableId(messageId, this.#settings.receiptIds ?? 'same', 'answer');
  }

  /** The centre has it after all: the next try of this notice does not send the part again. */
  #answeredLate(begun: Begun, part: number, answer: LinkAnswer): void {
    if (answer.kind === 'answer' && answer.status === statuses.ok)
      begun.ids[part] ??= this.#answeredId(answer.messageId) ?? '';
  }

  #begunOf({ key, text }: OutgoingNotice): Begun {
    const known = this.#begun.get(key);
    if (known?.text === text) return known;
    const begun: Begun = { text, ids: [] };
    this.#begun.set(key, begun);
    const [oldest] = this.#begun.keys();
    if (this.#begun.size > mostBegun) this.#begun.delete(oldest!);
    return begun;
  }

  /** The status for the centre: it may forget what it brought only when that is kept. */
  async #received(message: IncomingMessage): Promise<number> {
    if (this.#inbound === undefined) return statuses.temporarilyNotTaken;
    if (!isReceipt(message)) {
      await this.#replies.take(message);
      return statuses.ok;
    }
    const read = readReceipt(message, this.#settings.receiptIds ?? 'same');
    if (read.kind === 'unreadable') this.#counters.unreadableReceipts++;
    else this.#counters.receipts++;
    if (read.kind === 'final') await this.#inbound.receipt(read.receipt);
    return statuses.ok;
  }

  #pause(lengthMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#world.after(milliseconds(lengthMs), resolve);
    });
  }
}

function formOf(settings: SmppSettings): MessageForm {
  const { from } = settings;
  const isNumber = /^\+?\d+$/.test(from);
  // Sections 5.2.5 and 5.2.6: alphanumeric; international with the numbering plan of telephones; a short number.
  const [ton, npi] = !isNumber ? [5, 0] : from.startsWith('+') ? [1, 1] : [0, 1];
  const registered = { all: 1, failures: 2, none: 0 } as const;
  return {
    source: {
      ton: settings.fromTon ?? ton,
      npi: settings.fromNpi ?? npi,
      address: isNumber ? from.replace('+', '') : from,
    },
    destination: { ton: settings.toTon ?? 1, npi: settings.toNpi ?? 1 },
    serviceType: settings.serviceType ?? '',
    registeredDelivery: registered[settings.receipts ?? 'all'],
    joining: settings.joining ?? 'udh',
    alphabet: settings.alphabet ?? 'gsm',
  };
}

const newCounters = (): SmppCounters => ({
  ...{ unknown: 0, damaged: 0, strayAnswers: 0, lateAnswers: 0, unanswered: 0, throttled: 0 },
  ...{ receipts: 0, unreadableReceipts: 0, replies: 0, putOff: 0, connections: 0 },
});
