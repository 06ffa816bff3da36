/** Stays bound to a message centre: connects to the address that was judged, binds, and comes back with patience when it ends. */
import type { Socket } from 'node:net';
import { milliseconds } from '../../../base/instant.ts';
import { seededRandom } from '../../../base/random.ts';
import type { Secret } from '../../../base/secret.ts';
import type { Wake, World } from '../../../base/world.ts';
import { connectGuarded } from '../../net/guarded-connect.ts';
import { type IncomingMessage, Link, type SmppCounters } from './link.ts';
import { statuses, statusName } from './statuses.ts';

export interface SessionOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Undefined: in clear. */
  readonly tls: { readonly ca?: string } | undefined;
  readonly allowPrivate: boolean;
  readonly systemId: string;
  readonly password: Secret | undefined;
  readonly systemType: string;
  /** For connecting and binding together, and for one answer. */
  readonly answerMs: number;
  readonly keepAliveMs: number;
  readonly world: World;
  readonly counters: SmppCounters;
  readonly onMessage: (message: IncomingMessage) => Promise<number>;
}

/** `away`: nothing was handed over. `refused`: the configuration does not let us go there. */
export type SessionState =
  | { readonly kind: 'bound'; readonly link: Link }
  | { readonly kind: 'away'; readonly reason: string; readonly afterMs?: number | undefined }
  | { readonly kind: 'refused'; readonly reason: string };

const firstWaitMs = 1_000;
const longestWaitMs = 60_000;
/** A binding that held so long was a good one: after it we come back at once. */
const goodAfterMs = 30_000;

export class Session {
  readonly #options: SessionOptions;
  readonly #random: { next(): number };
  #link: Link | undefined;
  #stopConnecting: () => void = () => {};
  #binding: Promise<SessionState> | undefined;
  #boundAt = 0;
  /** 0: the next try is made at once. */
  #waitMs = 0;
  #tryAt = 0;
  #wake: Wake | undefined;
  #isStaying = false;
  #isClosed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    const seed = new DataView(Uint8Array.from(options.world.randomBytes(4)).buffer).getUint32(0);
    this.#random = seededRandom(seed);
  }

  /** Is bound from now on whenever the centre lets it, also while there is nothing to send. */
  stay(): void {
    this.#isStaying = true;
    void this.bound();
  }

  /** The link, or why there is none; a binding under way is waited for. */
  bound(): Promise<SessionState> {
    if (this.#isClosed) return Promise.resolve({ kind: 'away', reason: 'closed' });
    const link = this.#link;
    if (link?.isOpen === true) return Promise.resolve({ kind: 'bound', link });
    const afterMs = Math.ceil(this.#tryAt - this.#options.world.monotonicMs());
    if (this.#binding === undefined && afterMs > 0)
      return Promise.resolve({ kind: 'away', reason: 'the centre is away', afterMs });
    this.#binding ??= this.#bind().finally(() => {
      this.#binding = undefined;
    });
    return this.#binding;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake?.cancel();
    // A binding under way is not waited for.
    if (this.#binding !== undefined) this.#stopConnecting();
    await this.#binding;
    await this.#link?.close();
  }

  async #bind(): Promise<SessionState> {
    const { world, counters, name, systemId, password, systemType } = this.#options;
    const deadline = world.monotonicMs() + this.#options.answerMs;
    const found = await this.#connect();
    if (found.kind !== 'socket') {
      this.#putOff(found.reason);
      return found;
    }
    counters.connections++;
    const { answerMs, keepAliveMs, onMessage } = this.#options;
    const link = new Link({
      ...{ socket: found.socket, world, answerMs, keepAliveMs, counters, onMessage },
      onEnd: (reason) => this.#ended(link, reason),
    });
    const tooLate = world.after(milliseconds(Math.max(1, Math.ceil(deadline - world.monotonicMs()))), () =>
      link.end('no answer to the bind in time'),
    );
    const bind = {
      kind: 'bind_transceiver',
      systemId,
      password: password?.reveal() ?? '',
      systemType,
    } as const;
    const answer = await link.ask(bind, 'bind_transceiver_resp');
    tooLate.cancel();
    if (answer.kind === 'answer' && answer.status === statuses.ok && link.isOpen) {
      this.#link = link;
      this.#boundAt = world.monotonicMs();
      if (this.#isClosed) await link.close();
      else world.log.info('bound to the message centre', { channel: name });
      return { kind: 'bound', link };
    }
    const isRefused = answer.kind === 'answer' && answer.status !== statuses.ok;
    const reason = isRefused ? `the bind was refused: ${statusName(answer.status)}` : link.endedBecause;
    this.#putOff(reason);
    link.end(reason);
    return { kind: 'away', reason };
  }

  #ended(link: Link, reason: string): void {
    if (this.#link !== link) return;
    const { world, name } = this.#options;
    this.#link = undefined;
    if (this.#isClosed) return;
    if (world.monotonicMs() - this.#boundAt >= goodAfterMs) this.#waitMs = 0;
    world.log.warn('the message centre is gone', { channel: name, reason });
    this.#putOff(undefined);
  }

  /** At once the first time, then after 1 s, 2 s and so on to a minute, a quarter more or less. */
  #putOff(reason: string | undefined): void {
    const { world, name } = this.#options;
    if (reason !== undefined) world.log.warn('no binding to the message centre', { channel: name, reason });
    const wait = this.#waitMs * (0.75 + this.#random.next() / 2);
    this.#tryAt = world.monotonicMs() + wait;
    this.#waitMs = Math.min(longestWaitMs, Math.max(firstWaitMs, this.#waitMs * 2));
    this.#wake?.cancel();
    if (this.#isStaying && !this.#isClosed)
      this.#wake = world.after(milliseconds(Math.ceil(wait)), () => {
        // A timer may run a little before its time, and it is the only one.
        this.#tryAt = 0;
        void this.bound();
      });
  }

  async #connect(): Promise<
    { readonly kind: 'socket'; readonly socket: Socket } | Exclude<SessionState, { kind: 'bound' }>
  > {
    const { host, port, allowPrivate, tls, answerMs } = this.#options;
    const connecting = connectGuarded({ host, port, allowPrivate, tls, timeoutMs: answerMs });
    this.#stopConnecting = connecting.cancel;
    const found = await connecting.outcome;
    if (found.kind === 'socket') return found;
    return { kind: found.kind === 'refused' ? 'refused' : 'away', reason: found.reason };
  }
}
