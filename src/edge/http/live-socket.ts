/** `/ws`: every signed-in page gets the changes in batches, a slow one is sent away to come back and resume. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { milliseconds, seconds } from '../../base/instant.ts';
import type { Wake } from '../../base/world.ts';
import { findCaller, isFromOwnOrigin } from './access.ts';
import type { LiveEventJson, LiveMessageJson, ResumeJson } from './contract.ts';
import type { Turnstile } from './crowding.ts';
import type { FrontPorts } from './ports.ts';
import { iso } from './views.ts';

/** Changes of this span go out together: short enough for "at once", long enough that a storm is few messages. */
const batchEvery = milliseconds(25);
const beatEvery = seconds(1);
const beatsPerPing = 15;
const beatsPerAccessCheck = 5;
/** How long a slow client may take to read what was sent before and the close frame. */
const farewell = seconds(5);
const maxClients = 200;
const maxMessageBytes = 64 * 1024;
const maxResumesPerBeat = 3;
/** Who missed more gets a snapshot: it is the same for all and goes out compressed. */
const maxCaughtUp = 2_000;

/** RFC 6455 section 7.4.1 and the IANA registry. */
const closing = { goingAway: 1001, policy: 1008, tryAgainLater: 1013 } as const;

/** Bytes that may wait to be read. */
export interface LiveBacklog {
  /** By one reader before it counts as slow: more than a full snapshot. */
  readonly ofOne: number;
  /** By all of them together, those that were sent away included; above it the slowest is cut off, then the next. */
  readonly ofAll: number;
}
const usualBacklog: LiveBacklog = { ofOne: 8 * 1024 * 1024, ofAll: 64 * 1024 * 1024 };

interface Client {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  /** True after its first resume: gets batches. */
  isListening: boolean;
  answeredPing: boolean;
  resumes: number;
}

export interface LiveSockets {
  readonly counters: {
    readonly liveClients: number;
    readonly liveSlow: number;
    readonly liveCut: number;
    readonly liveRefused: number;
  };
  close(): void;
}

/** The turnstile is that of all callers. */
export function openLiveSockets(
  ports: FrontPorts,
  server: Server,
  {
    turnstile,
    backlog,
  }: { readonly turnstile: Turnstile; readonly backlog?: Partial<LiveBacklog> | undefined },
): LiveSockets {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    // Only snapshots are compressed: 10,000 alarms shrink to a tenth. A batch goes to every reader, and compressing it
    // once for each would make a storm slower than the wire does.
    perMessageDeflate: { threshold: 16_384, serverNoContextTakeover: true, clientNoContextTakeover: true },
  });
  const room = new LiveRoom(ports, { ...usualBacklog, ...backlog });
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy());
    void admit(ports, request, turnstile).then(
      (found) => {
        // Looked at now: others came in, or the daemon stops, while this caller was looked up.
        const status = found === 101 && !room.hasPlace ? 503 : found;
        if (status === 101)
          sockets.handleUpgrade(request, socket, head, (client) => room.enter(client, request));
        else room.refuse(socket, status);
      },
      () => room.refuse(socket, 500),
    );
  };
  server.on('upgrade', onUpgrade);
  return {
    get counters() {
      return room.counters;
    },
    close() {
      server.off('upgrade', onUpgrade);
      room.close();
      sockets.close();
    },
  };
}

/** 101, or the HTTP status of the refusal. A browser always sends Origin: foreign pages stay out (CSWSH). */
async function admit(ports: FrontPorts, request: IncomingMessage, turnstile: Turnstile): Promise<number> {
  if (request.url?.split('?')[0] !== '/ws') return 404;
  if (request.headers.origin !== undefined && !isFromOwnOrigin(ports, request.headers)) return 403;
  const caller = await turnstile.pass(() => findCaller(ports, callerOf(request)));
  if (caller === 'crowded') return 503;
  if (caller === undefined) return 401;
  return caller.by === 'session' && request.headers.origin === undefined ? 403 : 101;
}

const callerOf = (
  request: IncomingMessage,
): { headers: IncomingMessage['headers']; remoteAddress: string } => ({
  headers: request.headers,
  remoteAddress: request.socket.remoteAddress ?? '',
});

class LiveRoom {
  readonly #ports: FrontPorts;
  readonly #backlog: LiveBacklog;
  readonly #clients = new Set<Client>();
  /** Sent away, with what they did not read yet. */
  readonly #leaving = new Set<Client>();
  readonly #leaveFeed: () => void;
  readonly #beat: Wake;
  /** Changes since the last batch; of several of one record only the last is told. */
  #pending = new Map<string, LiveEventJson>();
  #flush: Wake | undefined;
  #beats = 0;
  #slow = 0;
  #cut = 0;
  #refused = 0;
  #isClosed = false;
  #snapshot: { readonly sequence: number; readonly text: Buffer } | undefined;

  constructor(ports: FrontPorts, backlog: LiveBacklog) {
    this.#ports = ports;
    this.#backlog = backlog;
    this.#leaveFeed = ports.live.subscribe((event) => this.#take(event));
    this.#beat = ports.world.every(beatEvery, () => this.#onBeat());
  }

  get hasPlace(): boolean {
    return !this.#isClosed && this.#clients.size < maxClients;
  }

  get counters(): LiveSockets['counters'] {
    return {
      ...{ liveClients: this.#clients.size, liveSlow: this.#slow },
      ...{ liveCut: this.#cut, liveRefused: this.#refused },
    };
  }

  refuse(socket: Duplex, status: number): void {
    this.#refused++;
    // The server lets sockets stand half open: whoever never closes his end would keep it for ever.
    socket.once('finish', () => socket.destroy());
    socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }

  enter(socket: WebSocket, request: IncomingMessage): void {
    const client: Client = { socket, request, isListening: false, answeredPing: true, resumes: 0 };
    this.#clients.add(client);
    socket.on('message', (data, isBinary) => this.#onMessage(client, isBinary ? '' : data.toString()));
    socket.on('pong', () => {
      client.answeredPing = true;
    });
    socket.on('close', () => {
      this.#clients.delete(client);
      this.#leaving.delete(client);
    });
    socket.on('error', () => socket.terminate());
  }

  close(): void {
    this.#isClosed = true;
    this.#leaveFeed();
    this.#beat.cancel();
    this.#flush?.cancel();
    for (const { socket } of [...this.#clients, ...this.#leaving]) {
      socket.close(closing.goingAway, 'the daemon stops');
      socket.terminate();
    }
  }

  #take(event: LiveEventJson): void {
    const key = `${event.kind} ${idOf(event)}`;
    this.#pending.delete(key);
    this.#pending.set(key, event);
    this.#flush ??= this.#ports.world.after(batchEvery, () => this.#sendBatch());
  }

  #sendBatch(): void {
    this.#flush?.cancel();
    this.#flush = undefined;
    if (this.#pending.size === 0) return;
    const events = [...this.#pending.values()];
    this.#pending = new Map();
    const text = this.#eventsText(events);
    for (const client of this.#clients) if (client.isListening) this.#send(client, text);
    this.#boundAll();
  }

  /** What waits in the sockets of all readers together: a slow one costs the others nothing but its own place. */
  #boundAll(): void {
    const all = [...this.#clients, ...this.#leaving].map((client) => ({ client, held: heldBy(client) }));
    let held = all.reduce((sum, one) => sum + one.held, 0);
    if (held <= this.#backlog.ofAll) return;
    for (const slowest of all.sort((a, b) => b.held - a.held)) {
      if (held <= this.#backlog.ofAll) return;
      held -= slowest.held;
      this.#cut++;
      this.#clients.delete(slowest.client);
      // No words of farewell: they would wait behind what is too much already.
      slowest.client.socket.terminate();
    }
  }

  /** As bytes, so that all who wait for it share one copy. */
  #eventsText(events: readonly LiveEventJson[]): Buffer {
    const { live, world } = this.#ports;
    const message: LiveMessageJson = {
      kind: 'events',
      sequence: live.sequence,
      at: iso(world.now()),
      events,
      totals: live.totals(),
    };
    return Buffer.from(JSON.stringify(message));
  }

  #onMessage(client: Client, text: string): void {
    const resume = readResume(text);
    if (resume === undefined || ++client.resumes > maxResumesPerBeat) {
      client.socket.close(closing.policy, 'send {"resume": sequence}');
      return;
    }
    // What waits belongs to everybody's past from here on; without this the new reader would get it twice.
    this.#sendBatch();
    const missed = this.#ports.live.since(resume);
    if (missed === undefined || missed.length > maxCaughtUp) this.#send(client, this.#snapshotText(), true);
    else this.#send(client, this.#eventsText(missed));
    client.isListening = true;
    this.#boundAll();
  }

  #snapshotText(): Buffer {
    const { live, world } = this.#ports;
    if (this.#snapshot?.sequence !== live.sequence) {
      const text = Buffer.from(JSON.stringify(live.snapshot(world.now())));
      this.#snapshot = { sequence: live.sequence, text };
    }
    return this.#snapshot.text;
  }

  #send(client: Client, text: Buffer, compress = false): void {
    const { socket } = client;
    if (socket.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > this.#backlog.ofOne) {
      this.#slow++;
      this.#clients.delete(client);
      this.#leaving.add(client);
      socket.close(closing.tryAgainLater, 'too slow, resume later');
      // The close frame waits behind what was not read; whoever reads nothing at all is cut off.
      this.#ports.world.after(farewell, () => socket.terminate());
      return;
    }
    socket.send(text, { compress, binary: false });
  }

  #onBeat(): void {
    this.#beats++;
    const { live, world } = this.#ports;
    const text = Buffer.from(
      JSON.stringify({
        kind: 'beat',
        sequence: live.sequence,
        at: iso(world.now()),
      } satisfies LiveMessageJson),
    );
    for (const client of this.#clients) {
      client.resumes = 0;
      if (this.#beats % beatsPerPing === 0) this.#ping(client);
      if (this.#beats % beatsPerAccessCheck === 0) void this.#checkAccess(client);
      if (client.isListening && this.#pending.size === 0) this.#send(client, text);
    }
    this.#boundAll();
  }

  #ping(client: Client): void {
    if (!client.answeredPing) {
      client.socket.terminate();
      return;
    }
    client.answeredPing = false;
    client.socket.ping();
  }

  /** The end of a session ends its sockets. */
  async #checkAccess(client: Client): Promise<void> {
    const caller = await findCaller(this.#ports, callerOf(client.request)).catch(() => undefined);
    if (caller === undefined) client.socket.close(closing.policy, 'signed out');
  }
}

/** What its socket keeps: bytes behind a compression under way are those of the snapshot, which all share. */
const heldBy = ({ request }: Client): number => request.socket.writableLength;

function idOf(event: LiveEventJson): string {
  if (event.kind === 'incident') return event.incident.id;
  return event.kind === 'alarm' ? event.alarm.id : event.id;
}

function readResume(text: string): number | undefined {
  try {
    const { resume } = JSON.parse(text) as Partial<ResumeJson>;
    return typeof resume === 'number' && Number.isSafeInteger(resume) && resume >= 0 ? resume : undefined;
  } catch {
    return undefined;
  }
}
