/** The authoritative side of SNMPv3 as a function: reads a request with its keys and writes what the test wants back. */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import type { Varbind } from '../../../src/collect/session.ts';
import { encodeResponse, encodeVarbind, MessageView, pduTag } from '../../../src/edge/snmp/pdu.ts';
import { KeyRing } from '../../../src/edge/snmp/usm-keys.ts';
import { FrameView, FrameWriter, flag } from '../../../src/edge/snmp/usm-message.ts';
import type { SnmpUser } from '../../../src/model/snmp-user.ts';

const stats = (number: number): string => `1.3.6.1.6.3.15.1.1.${number}.0`;

export interface Reply {
  readonly kind?: 'response' | 'report' | undefined;
  readonly varbinds?: readonly Varbind[] | undefined;
  readonly requestId?: number | undefined;
  readonly messageId?: number | undefined;
  readonly flags?: number | undefined;
  readonly boots?: number | undefined;
  readonly time?: number | undefined;
  readonly engineId?: Uint8Array | undefined;
  readonly user?: string | undefined;
  readonly contextEngineId?: Uint8Array | undefined;
  readonly contextName?: string | undefined;
  readonly spoilDigest?: boolean | undefined;
  readonly spoilCipher?: boolean | undefined;
}

export interface Heard {
  readonly messageId: number;
  readonly requestId: number;
  readonly flags: number;
  readonly boots: number;
  readonly time: number;
  readonly engineId: string;
  readonly user: string;
  readonly names: readonly string[];
}

/** AES only: the other ciphers are tested against agents of others. */
export class PaperAgent {
  readonly engineId: Uint8Array;
  boots = 7;
  time = 1_000;
  readonly #user: SnmpUser;
  readonly #keys;
  readonly #writer = new FrameWriter();
  readonly #scoped = new FrameWriter();

  constructor(user: SnmpUser, engineId = Buffer.from('80001f8880aabbccdd', 'hex')) {
    this.engineId = engineId;
    this.#user = user;
    this.#keys = new KeyRing().localKeys(user, engineId)!;
  }

  hear(datagram: Uint8Array): Heard {
    const frame = new FrameView();
    if (!frame.read(datagram)) throw new Error('not an SNMPv3 message');
    const at = (from: number, end: number): Buffer => Buffer.from(datagram.subarray(from, end));
    const data = at(frame.dataFrom, frame.dataEnd);
    const salt = at(frame.saltFrom, frame.saltEnd);
    const { priv } = this.#keys;
    const plain =
      (frame.flags & flag.priv) === 0
        ? data
        : createDecipheriv(priv!.protocol.cipher, priv!.key, vector(frame, salt)).update(data);
    const view = new MessageView();
    const pduFrom = plain.indexOf(pduTag.get, 4) >= 0 ? pduPlace(plain) : -1;
    if (!view.readPdu(plain, pduFrom)) throw new Error('no PDU');
    return {
      messageId: frame.messageId,
      requestId: view.requestId,
      flags: frame.flags,
      boots: frame.boots,
      time: frame.time,
      engineId: at(frame.engineFrom, frame.engineEnd).toString('hex'),
      user: at(frame.userFrom, frame.userEnd).toString(),
      names: Array.from({ length: view.count }, (_, i) => view.oid(i)),
    };
  }

  /** An answer to what was heard, at the level of the request unless `flags` say otherwise. */
  reply(heard: Heard, reply: Reply = {}): Uint8Array {
    const flags = reply.flags ?? heard.flags & (flag.auth | flag.priv);
    const { auth, priv } = this.#keys;
    const engineId = reply.engineId ?? this.engineId;
    const clock = { boots: reply.boots ?? this.boots, time: reply.time ?? this.time };
    const pdu = pduBytes(heard, reply);
    const contextName = Buffer.from(reply.contextName ?? '');
    const scoped = this.#scoped.scopedPdu(reply.contextEngineId ?? engineId, contextName, pdu)!;
    const salt = (flags & flag.priv) === 0 ? Buffer.alloc(0) : Buffer.from('0102030405060708', 'hex');
    const cipher =
      salt.length === 0
        ? undefined
        : createCipheriv(priv!.protocol.cipher, priv!.key, vector(clock, salt)).update(scoped);
    if (reply.spoilCipher === true) cipher?.fill(0x55);
    const macBytes = (flags & flag.auth) === 0 ? 0 : auth!.protocol.macBytes;
    const message = Buffer.from(
      this.#writer.message({
        ...{ messageId: reply.messageId ?? heard.messageId, flags, engineId, ...clock, macBytes, salt },
        user: Buffer.from(reply.user ?? this.#user.user),
        data: cipher ?? scoped,
      })!,
    );
    if (macBytes > 0) {
      const digest = createHmac(auth!.protocol.hash, auth!.key).update(message).digest();
      if (reply.spoilDigest === true) digest[0]! ^= 1;
      message.set(digest.subarray(0, macBytes), this.#writer.macAt);
    }
    return message;
  }

  report(heard: Heard, number: number, reply: Reply = {}): Uint8Array {
    const varbinds = [{ oid: stats(number), value: { type: 'counter32', number: 1 } }] as const;
    return this.reply(heard, { kind: 'report', flags: 0, varbinds, ...reply });
  }
}

function vector(
  { boots, time }: { readonly boots: number; readonly time: number },
  salt: Uint8Array,
): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(boots, 0);
  bytes.writeUInt32BE(time, 4);
  bytes.set(salt, 8);
  return bytes;
}

/** Behind sequence, context engine and context name; all of them short, the sequence with a length of two bytes. */
function pduPlace(scoped: Buffer): number {
  let at = 4;
  for (let i = 0; i < 2; i++) at += 2 + scoped[at + 1]!;
  return at;
}

function pduBytes(heard: Heard, { kind = 'response', varbinds = [], requestId }: Reply): Uint8Array {
  const message = Buffer.from(
    encodeResponse({
      ...{ version: 1, community: new Uint8Array(0), errorStatus: 0, errorIndex: 0 },
      requestId: requestId ?? heard.requestId,
      varbinds: varbinds.map((row) => encodeVarbind(row)!),
    })!,
  );
  // Version and an empty community stand between the header of the message and its PDU.
  const from = message.indexOf(Buffer.from([2, 1, 1, 4, 0])) + 5;
  const pdu = message.subarray(from);
  pdu[0] = pduTag[kind];
  return pdu;
}
