/**
 * SNMPv3 messages of the User-based Security Model (RFC 3412 section 7, RFC 3414 section 3) for one device: seals
 * requests, opens what comes back, and says when to send once more because the engine or its clock was not known.
 *
 * What is not authenticated is believed for two things only: which engine answers there, and that a request was
 * refused. An answer below the level asked for is never an answer.
 */
import type { SecurityRefusal, SessionProblem } from '../../collect/session.ts';
import type { SnmpUser } from '../../model/snmp-user.ts';
import { BerReader } from './ber.ts';
import { type MessageView, pduTag, valueTag } from './pdu.ts';
import { type Engines, fingerprintOf, MOST_BOOTS, type RemoteEngine, type Security } from './usm-engine.ts';
import { hasPasswords } from './usm-keys.ts';
import { FrameView, FrameWriter, flag, isSameBytes } from './usm-message.ts';

/**
 * What a datagram meant for its request: the answer, now in the view; a reason to send again; nothing; an attempt
 * at an answer that does not hold; or the end.
 */
export type Opened = 'answer' | 'again' | 'ignored' | 'malformed' | SessionProblem;

/** One device as one user sees it. */
export interface Peer {
  readonly engines: Engines;
  readonly engine: RemoteEngine;
  readonly user: SnmpUser;
  readonly name: Uint8Array;
  readonly fingerprint: string;
  /** The flags of the level asked for. */
  readonly level: number;
  readonly contextName: Uint8Array;
  /** False when the level needs a password that is not there: nothing can be asked. */
  readonly hasKeys: boolean;
}

export function peerOf(
  engines: Engines,
  target: {
    readonly address: string;
    readonly port: number;
    readonly v3: SnmpUser;
    readonly context?: string | undefined;
  },
): Peer {
  const { address, port, v3: user, context = '' } = target;
  return {
    engines,
    engine: engines.of(address, port),
    user,
    name: Buffer.from(user.user, 'utf8'),
    fingerprint: fingerprintOf(user),
    level: levels[user.level],
    contextName: Buffer.from(context, 'utf8'),
    hasKeys: hasPasswords(user),
  };
}

const levels: Readonly<Record<SnmpUser['level'], number>> = {
  noAuthNoPriv: 0,
  authNoPriv: flag.auth,
  authPriv: flag.auth | flag.priv,
};

const NO_BYTES = new Uint8Array(0);
/** Discovery, its clock, and once more for an agent that restarts meanwhile. */
const MOST_TURNS = 4;

// One message is written or read at a time, so that all devices share these.
const scopedWriter = new FrameWriter();
const writer = new FrameWriter();
const frame = new FrameView();
const reader = new BerReader();

/** One request with all its tries; nothing of it outlives the answer. */
export class Exchange3 {
  readonly #peer: Peer;
  readonly #requestId: number;
  /** Ids of the messages since the last turn: a report on an older one is stale. */
  #fresh: number[] = [];
  /** The engine that the last message was for; requests beside this one may learn another meanwhile. */
  #askedId: Uint8Array = NO_BYTES;
  #turns = 0;

  constructor(peer: Peer, requestId: number) {
    this.#peer = peer;
    this.#requestId = requestId;
  }

  /** The next datagram for a request in v2c form; undefined when none could carry it or a key is missing. */
  seal(messageId: number, message: Uint8Array): Uint8Array | undefined {
    this.#fresh.push(messageId);
    this.#askedId = this.#peer.engine.id;
    return this.#peer.engine.isKnown ? this.#sealed(messageId, message) : discovery(messageId);
  }

  /** Only for datagrams whose message id was one of this request's. Names in an answer are not looked at. */
  open(bytes: Uint8Array, view: MessageView): Opened {
    const { count } = this.#peer.engines;
    if (!frame.read(bytes)) {
      count.malformed++;
      return 'malformed';
    }
    const isAuthentic = (frame.flags & flag.auth) !== 0;
    const security = isAuthentic ? this.#security() : undefined;
    if (isAuthentic && !this.#isAuthentic(security)) {
      count.wrongDigest++;
      return 'malformed';
    }
    if (!readScoped(security, view)) {
      count.undecipherable++;
      return 'malformed';
    }
    if (view.pduTag === pduTag.report) return this.#report(view, isAuthentic);
    return view.pduTag === pduTag.response ? this.#response(view) : 'ignored';
  }

  #sealed(messageId: number, plain: Uint8Array): Uint8Array | undefined {
    const { engine, engines, level, name, contextName } = this.#peer;
    const security = this.#security();
    const pdu = pduOf(plain);
    const scoped = pdu && scopedWriter.scopedPdu(engine.id, contextName, pdu);
    if (security === undefined || scoped === undefined) return undefined;
    const { boots, time } = engine;
    const { digest, privacy } = security;
    const salt = privacy === undefined ? NO_BYTES : engines.nextSalt();
    // Before the salt is written: DES puts the boots into it.
    const data = privacy === undefined ? scoped : privacy.seal(scoped, { boots, time }, salt);
    const message = writer.message({
      messageId,
      flags: level | flag.reportable,
      engineId: engine.id,
      boots,
      time,
      user: name,
      macBytes: digest?.macBytes ?? 0,
      salt,
      data,
    });
    if (message === undefined) return undefined;
    digest?.sign(message, writer.macAt);
    return Buffer.from(message);
  }

  #security(): Security | undefined {
    const { engine, engines, user, fingerprint } = this.#peer;
    return engine.security(engines.ring, user, fingerprint);
  }

  /** RFC 3414 sections 3.2 step 6 and 6.3.2. */
  #isAuthentic(security: Security | undefined): boolean {
    const { bytes, macFrom, macEnd } = frame;
    const digest = security?.digest;
    if (digest === undefined || macEnd - macFrom !== digest.macBytes) return false;
    return this.#isFromPeer() && digest.isOf(bytes, macFrom);
  }

  #isFromPeer(): boolean {
    const { bytes, engineFrom, engineEnd, userFrom, userEnd } = frame;
    return (
      isSameBytes({ bytes, from: engineFrom, end: engineEnd }, this.#peer.engine.id) &&
      isSameBytes({ bytes, from: userFrom, end: userEnd }, this.#peer.name)
    );
  }

  /** RFC 3412 section 7.2 step 12: everything that was asked with has to come back. */
  #response(view: MessageView): Opened {
    const { engine, level, contextName, engines } = this.#peer;
    const answered = frame.flags & (flag.auth | flag.priv);
    if (answered !== level) {
      engines.count.downgraded++;
      return 'malformed';
    }
    if (!engine.isKnown || !this.#isFromPeer() || view.requestId !== this.#requestId) return 'ignored';
    if (!isSameBytes(scope.engine, engine.id) || !isSameBytes(scope.name, contextName)) return 'ignored';
    if (level !== 0 && !engine.follow(frame.boots, frame.time)) {
      engines.count.outsideWindow++;
      return 'malformed';
    }
    return 'answer';
  }

  #report(view: MessageView, isAuthentic: boolean): Opened {
    const { engine, engines } = this.#peer;
    if (!this.#fresh.includes(frame.messageId)) return 'ignored';
    const found = view.count > 0 && view.hasOids() ? reports[view.oid(0)] : undefined;
    // Whatever an engine says to a discovery, its id is in it (RFC 3414 section 4).
    if (!isAuthentic && (found === 'engineId' || this.#askedId.length === 0)) return this.#discovered();
    if (found === 'timeWindow') return this.#resynchronised(isAuthentic);
    if (isAuthentic && !engine.follow(frame.boots, frame.time)) engines.count.outsideWindow++;
    engines.count.refused++;
    if (found === undefined) return { kind: 'badAnswer', reason: 'errorStatus' };
    return found === 'context'
      ? { kind: 'refused', reason: 'noAccess', detail: found }
      : { kind: 'refused', reason: 'authentication', detail: found };
  }

  /** The clock of a discovery is a first idea only: a wrong one is corrected by an authentic report. */
  #discovered(): Opened {
    const { engine, engines } = this.#peer;
    const id = frame.engineId();
    if (id === undefined || isSameBytes(whole(id), this.#askedId) || !this.#mayTurn()) {
      engines.count.refused++;
      return { kind: 'refused', reason: 'authentication', detail: 'engineId' };
    }
    if (!isSameBytes(whole(id), engine.id)) {
      engine.learn(id, frame.boots, frame.time);
      engines.count.discoveries++;
    }
    return 'again';
  }

  /**
   * RFC 3414 section 3.2 step 7b never follows a clock that goes back; an agent that lost its boots would be lost
   * with them. A report with our digest on our own fresh message id was made now, so its clock is taken.
   */
  #resynchronised(isAuthentic: boolean): Opened {
    const { engine, engines } = this.#peer;
    if (!isAuthentic) {
      engines.count.downgraded++;
      return 'ignored';
    }
    const { boots, time } = frame;
    if (boots === MOST_BOOTS || !this.#mayTurn()) {
      engines.count.refused++;
      return { kind: 'refused', reason: 'authentication', detail: 'timeWindow' };
    }
    if (!engine.follow(boots, time)) {
      engine.relearn(boots, time);
      engines.count.wentBack++;
    }
    engines.count.resynchronised++;
    return 'again';
  }

  #mayTurn(): boolean {
    this.#fresh = [];
    return ++this.#turns <= MOST_TURNS;
  }
}

/** RFC 3414 section 5, RFC 3412 section 5 and RFC 3413 section 4.1.2: the counters a report can name. */
const reports: Readonly<Record<string, SecurityRefusal>> = {
  '1.3.6.1.6.3.15.1.1.1.0': 'securityLevel',
  '1.3.6.1.6.3.15.1.1.2.0': 'timeWindow',
  '1.3.6.1.6.3.15.1.1.3.0': 'unknownUser',
  '1.3.6.1.6.3.15.1.1.4.0': 'engineId',
  '1.3.6.1.6.3.15.1.1.5.0': 'authKey',
  '1.3.6.1.6.3.15.1.1.6.0': 'privKey',
  '1.3.6.1.6.3.11.2.1.1.0': 'securityLevel',
  '1.3.6.1.6.3.12.1.4.0': 'context',
  '1.3.6.1.6.3.12.1.5.0': 'context',
};

/** The PDU of a v2c message (RFC 1901): what follows version and community. */
function pduOf(message: Uint8Array): Uint8Array | undefined {
  reader.open(message);
  if (!reader.enter(0x30) || Number.isNaN(reader.integer()) || !reader.header()) return undefined;
  return message.subarray(reader.contentEnd, reader.end);
}

/** RFC 3414 section 4: no engine, no user, no level, nothing asked. */
function discovery(messageId: number): Uint8Array | undefined {
  const id = [messageId >>> 24, messageId >>> 16, messageId >>> 8, messageId];
  const pdu = Uint8Array.of(pduTag.get, 14, 2, 4, ...id, 2, 1, 0, 2, 1, 0, 0x30, 0);
  const data = scopedWriter.scopedPdu(NO_BYTES, NO_BYTES, pdu);
  if (data === undefined) return undefined;
  const message = writer.message({
    messageId,
    flags: flag.reportable,
    engineId: NO_BYTES,
    boots: 0,
    time: 0,
    user: NO_BYTES,
    macBytes: 0,
    salt: NO_BYTES,
    data,
  });
  return message && Buffer.from(message);
}

/** Where the context of the last scoped PDU stands. */
const scope = {
  engine: { bytes: NO_BYTES, from: 0, end: 0 } as Span,
  name: { bytes: NO_BYTES, from: 0, end: 0 } as Span,
};

interface Span {
  bytes: Uint8Array;
  from: number;
  end: number;
}

/** Deciphers when the frame says so, and leaves the PDU in the view. */
function readScoped(security: Security | undefined, view: MessageView): boolean {
  const isEncrypted = (frame.flags & flag.priv) !== 0;
  const bytes = isEncrypted ? deciphered(security) : frame.bytes;
  if (bytes === undefined) return false;
  reader.open(bytes);
  if (!isEncrypted) reader.at = frame.dataFrom;
  // What follows the sequence inside a cipher text is padding (RFC 3414 section 8.1.1.2).
  if (!reader.enter(0x30) || !readSpan(scope.engine) || !readSpan(scope.name)) return false;
  return view.readPdu(bytes, reader.at);
}

const whole = (bytes: Uint8Array): Span => ({ bytes, from: 0, end: bytes.length });

function readSpan(span: Span): boolean {
  if (!reader.header() || reader.tag !== valueTag.octets) return false;
  span.bytes = reader.bytes;
  span.from = reader.at;
  span.end = reader.at = reader.contentEnd;
  return true;
}

function deciphered(security: Security | undefined): Uint8Array | undefined {
  const { bytes, saltFrom, saltEnd, dataFrom, dataEnd } = frame;
  return security?.privacy?.open(bytes.subarray(dataFrom, dataEnd), frame, bytes.subarray(saltFrom, saltEnd));
}
