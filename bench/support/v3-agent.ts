/** An agent in a process of its own that answers every GETBULK with the same values, over v2c and over SNMPv3. */
import { createSocket } from 'node:dgram';
import { Secret } from '../../src/base/secret.ts';
import type { Varbind } from '../../src/collect/session.ts';
import { encodeResponse, encodeVarbind, MessageView, pduTag } from '../../src/edge/snmp/pdu.ts';
import { Digest, privacyOf } from '../../src/edge/snmp/usm-crypto.ts';
import { KeyRing } from '../../src/edge/snmp/usm-keys.ts';
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

const keys = new KeyRing().localKeys(benchUser, ENGINE_ID)!;
const digest = new Digest(keys.auth!.protocol, keys.auth!.key);
const privacy = privacyOf(keys.priv!.protocol, keys.priv!.key);
const frame = new FrameView();
const view = new MessageView();
const writer = new FrameWriter();
const salt = Buffer.alloc(8);
const userName = Buffer.from(benchUser.user);

/** A reply ready but for its request id. */
interface Ready {
  readonly bytes: Buffer;
  readonly idAt: number;
}

const report = scopedOf(pduTag.report, [{ oid: UNKNOWN_ENGINE, value: { type: 'counter32', number: 1 } }]);
const answer = scopedOf(pduTag.response, values);
const plainAnswer = readyOf(values, Buffer.from('reading'));

function replyTo(bytes: Buffer): Uint8Array | undefined {
  if (view.readFrame(bytes)) {
    plainAnswer.bytes.writeInt32BE(view.requestId, plainAnswer.idAt);
    return plainAnswer.bytes;
  }
  return frame.read(bytes) ? securedReply(bytes) : undefined;
}

function securedReply(bytes: Buffer): Uint8Array | undefined {
  const { flags, messageId, dataFrom, dataEnd, saltFrom, saltEnd } = frame;
  const isProbe = (flags & flag.auth) === 0;
  const data = bytes.subarray(dataFrom, dataEnd);
  const plain = isProbe ? data : privacy.open(data, frame, bytes.subarray(saltFrom, saltEnd))!;
  // Sequence with a length of two bytes, context engine, context name.
  let at = 4;
  for (let i = 0; i < 2; i++) at += 2 + plain[at + 1]!;
  const ready = isProbe ? report : answer;
  if (view.readPdu(plain, at)) ready.bytes.writeInt32BE(view.requestId, ready.idAt);
  const clock = { boots: BOOTS, time: Math.floor(process.uptime()) };
  salt.writeUInt32BE((salt.readUInt32BE(4) + 1) >>> 0, 4);
  const message = writer.message({
    ...{ messageId, engineId: ENGINE_ID, boots: clock.boots, time: clock.time },
    flags: isProbe ? 0 : flag.auth | flag.priv,
    user: isProbe ? NO_BYTES : userName,
    macBytes: isProbe ? 0 : digest.macBytes,
    salt: isProbe ? NO_BYTES : salt,
    data: isProbe ? ready.bytes : privacy.seal(ready.bytes, clock, salt),
  })!;
  if (!isProbe) digest.sign(message, writer.macAt);
  return message;
}

function readyOf(rows: readonly Varbind[], community: Uint8Array): Ready {
  const varbinds = rows.map((row) => encodeVarbind(row)!);
  const head = { version: 1, community, errorStatus: 0, errorIndex: 0 } as const;
  const bytes = Buffer.from(encodeResponse({ ...head, requestId: 0x4000_0000, varbinds })!);
  return { bytes, idAt: bytes.indexOf(Buffer.from([2, 4, 0x40, 0, 0, 0])) + 2 };
}

function scopedOf(tag: number, rows: readonly Varbind[]): Ready {
  const { bytes: message } = readyOf(rows, NO_BYTES);
  const pdu = message.subarray(message.indexOf(Buffer.from([2, 1, 1, 4, 0])) + 5);
  pdu[0] = tag;
  const bytes = Buffer.from(new FrameWriter().scopedPdu(ENGINE_ID, NO_BYTES, pdu)!);
  return { bytes, idAt: bytes.indexOf(Buffer.from([2, 4, 0x40, 0, 0, 0])) + 2 };
}

if (process.argv[2] === 'v3-agent') {
  const socket = createSocket({ type: 'udp4', lookup: (host, _options, found) => found(null, host, 4) });
  socket.on('message', (bytes, from) => {
    const reply = replyTo(bytes);
    if (reply !== undefined) socket.send(Buffer.from(reply), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1', () => {
    socket.setRecvBufferSize(4 * 1024 * 1024);
    process.send?.({ port: socket.address().port });
  });
  process.once('disconnect', () => socket.close());
}
