/** An agent in a process of its own that answers every GETBULK with the same values, over v2c and over SNMPv3. */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { Secret } from '../../src/base/secret.ts';
import type { Varbind } from '../../src/collect/session.ts';
import { encodeResponse, encodeVarbind, MessageView, pduTag } from '../../src/edge/snmp/pdu.ts';
import { KeyRing, type LocalKeys } from '../../src/edge/snmp/usm-keys.ts';
import { FrameView, FrameWriter, flag } from '../../src/edge/snmp/usm-message.ts';
import type { SnmpUser } from '../../src/model/snmp-user.ts';

export const VALUES = 71;
export const START = '1.3.6.1.2.1.2.2.1';
const PASSWORD = 'a-password-of-the-bench';

export const benchUser: SnmpUser = {
  user: 'reader',
  level: 'authPriv',
  auth: 'sha',
  authKey: new Secret(PASSWORD),
  priv: 'aes',
  privKey: new Secret(PASSWORD),
};

const ENGINE_ID = Buffer.from('80001f8804616c6c636c656172', 'hex');
const BOOTS = 3;
const NO_BYTES = new Uint8Array(0);
const UNKNOWN_ENGINE = '1.3.6.1.6.3.15.1.1.4.0';

/** Ten columns of a table of interfaces, row by row. */
const values: readonly Varbind[] = Array.from({ length: VALUES }, (_, i) => ({
  oid: `${START}.${10 + (i % 10)}.${1 + Math.floor(i / 10)}`,
  value: { type: 'counter32', number: 1_000_003 * (i + 1) },
}));

class Agent {
  readonly #keys: LocalKeys = new KeyRing().localKeys(benchUser, ENGINE_ID)!;
  readonly #frame = new FrameView();
  readonly #view = new MessageView();
  readonly #writer = new FrameWriter();
  readonly #scoped = new FrameWriter();
  readonly #answer = pduOf(pduTag.response, values);
  readonly #report = pduOf(pduTag.report, [{ oid: UNKNOWN_ENGINE, value: { type: 'counter32', number: 1 } }]);
  readonly #salt = Buffer.alloc(8);

  reply(bytes: Buffer): Uint8Array | undefined {
    const { version, requestId, bytes: seen } = this.#readPlain(bytes);
    if (version === 1 && seen === bytes) {
      return encodeResponse({
        ...{ version: 1, community: Buffer.from('reading'), requestId, errorStatus: 0, errorIndex: 0 },
        varbinds: this.#answer.varbinds,
      });
    }
    return this.#frame.read(bytes) ? this.#secured() : undefined;
  }

  #readPlain(bytes: Buffer): MessageView {
    this.#view.read(bytes);
    return this.#view;
  }

  #secured(): Uint8Array | undefined {
    const { flags, messageId, dataFrom, bytes } = this.#frame;
    const isProbe = (flags & flag.auth) === 0;
    const plain = isProbe ? bytes.subarray(dataFrom) : this.#deciphered();
    let at = 4;
    for (let i = 0; i < 2; i++) at += 2 + plain[at + 1]!;
    const pdu = isProbe ? this.#report : this.#answer;
    if (this.#view.readPdu(plain, at)) pdu.bytes.writeInt32BE(this.#view.requestId, pdu.idAt);
    const scoped = this.#scoped.scopedPdu(ENGINE_ID, NO_BYTES, pdu.bytes)!;
    const { auth, priv } = this.#keys;
    this.#salt.writeUInt32BE((this.#salt.readUInt32BE(4) + 1) >>> 0, 4);
    const clock = { boots: BOOTS, time: Math.floor(process.uptime()) };
    const message = this.#writer.message({
      ...{ messageId, engineId: ENGINE_ID, ...clock },
      flags: isProbe ? 0 : flag.auth | flag.priv,
      user: isProbe ? NO_BYTES : Buffer.from(benchUser.user),
      macBytes: isProbe ? 0 : auth!.protocol.macBytes,
      salt: isProbe ? NO_BYTES : this.#salt,
      data: isProbe
        ? scoped
        : createCipheriv(priv!.protocol.cipher, priv!.key, vector(clock, this.#salt)).update(scoped),
    })!;
    if (isProbe) return message;
    const digest = createHmac(auth!.protocol.hash, auth!.key).update(message).digest();
    message.set(digest.subarray(0, auth!.protocol.macBytes), this.#writer.macAt);
    return message;
  }

  #deciphered(): Uint8Array {
    const { bytes, saltFrom, saltEnd, dataFrom, dataEnd } = this.#frame;
    const { protocol, key } = this.#keys.priv!;
    const salt = bytes.subarray(saltFrom, saltEnd);
    const cipher = createDecipheriv(protocol.cipher, key, vector(this.#frame, salt));
    return cipher.update(bytes.subarray(dataFrom, dataEnd));
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

/** A PDU whose request id is four bytes long, to be patched. */
function pduOf(
  tag: number,
  rows: readonly Varbind[],
): { readonly bytes: Buffer; readonly idAt: number; readonly varbinds: readonly Uint8Array[] } {
  const varbinds = rows.map((row) => encodeVarbind(row)!);
  const head = { version: 1, community: NO_BYTES, errorStatus: 0, errorIndex: 0 } as const;
  const message = Buffer.from(encodeResponse({ ...head, requestId: 0x4000_0000, varbinds })!);
  const bytes = message.subarray(message.indexOf(Buffer.from([2, 1, 1, 4, 0])) + 5);
  bytes[0] = tag;
  return { bytes, idAt: bytes.indexOf(Buffer.from([2, 4, 0x40, 0, 0, 0])) + 2, varbinds };
}

if (process.argv[2] === 'v3-agent') {
  const socket = createSocket({ type: 'udp4', lookup: (host, _options, found) => found(null, host, 4) });
  const agent = new Agent();
  socket.on('message', (bytes, from) => {
    const reply = agent.reply(bytes);
    if (reply !== undefined) socket.send(Buffer.from(reply), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1', () => {
    socket.setRecvBufferSize(4 * 1024 * 1024);
    process.send?.({ port: socket.address().port });
  });
  process.once('disconnect', () => socket.close());
}
