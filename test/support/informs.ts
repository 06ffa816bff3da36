/** A sender of numbered informs over UDP: each is sent once, and remembered when it was acknowledged. */
import { createSocket } from 'node:dgram';

/** Below the number reserved for examples in enterprise MIBs (RFC 5612). */
const trapOid = [1, 3, 6, 1, 4, 1, 32473, 7];
export const numberOid = '1.3.6.1.4.1.32473.1.0';

export interface Informs {
  readonly sent: number;
  readonly acknowledged: ReadonlySet<number>;
  /** One inform every so many milliseconds until `stop`. */
  start(everyMs: number): void;
  stop(): void;
  close(): Promise<void>;
}

/** `target` as HOST:PORT, asked for each time: a daemon may come back elsewhere. */
export function openInforms(target: () => string, community = 'public'): Informs {
  const socket = createSocket('udp4');
  const acknowledged = new Set<number>();
  let sent = 0;
  let timer: NodeJS.Timeout | undefined;
  socket.on('message', (answer) => {
    const number = requestIdIn(answer);
    if (number !== undefined) acknowledged.add(number);
  });
  // While nobody listens, loopback answers with "connection refused".
  socket.on('error', () => undefined);
  const send = (): void => {
    const [host, port] = target().split(':');
    socket.send(informPdu(++sent, community), Number(port), host);
  };
  return {
    get sent() {
      return sent;
    },
    acknowledged,
    start(everyMs) {
      timer ??= setInterval(send, everyMs);
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
    },
    close() {
      clearInterval(timer);
      return new Promise((closed) => socket.close(() => closed()));
    },
  };
}

/** InformRequest-PDU of RFC 3416 section 4.2.7; the request id is the number, and so is the one varbind of its own. */
function informPdu(number: number, community: string): Buffer {
  const bindings = tlv(
    0x30,
    tlv(0x30, oid([1, 3, 6, 1, 2, 1, 1, 3, 0]), tlv(0x43, unsigned(number))),
    tlv(0x30, oid([1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0]), oid(trapOid)),
    tlv(0x30, oid(numberOid.split('.').map(Number)), tlv(0x02, unsigned(number))),
  );
  const pdu = tlv(
    0xa6,
    tlv(0x02, unsigned(number)),
    tlv(0x02, unsigned(0)),
    tlv(0x02, unsigned(0)),
    bindings,
  );
  return tlv(0x30, tlv(0x02, unsigned(1)), tlv(0x04, Buffer.from(community)), pdu);
}

function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length = content.length < 128 ? [content.length] : [0x82, content.length >> 8, content.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

/** Four content bytes are enough for every number here, and a leading zero keeps it positive. */
function unsigned(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(value, 1);
  let from = 0;
  while (from < 4 && bytes[from] === 0 && bytes[from + 1]! < 128) from++;
  return bytes.subarray(from);
}

function oid(arcs: readonly number[]): Buffer {
  const [first = 0, second = 0, ...rest] = arcs;
  const bytes = [first * 40 + second, ...rest.flatMap(base128)];
  return tlv(0x06, Buffer.from(bytes));
}

function base128(arc: number): number[] {
  const bytes = [arc & 127];
  for (let left = arc >> 7; left > 0; left >>= 7) bytes.unshift((left & 127) | 128);
  return bytes;
}

/** The request id of a Response-PDU; undefined for anything else. */
function requestIdIn(answer: Buffer): number | undefined {
  let at = 0;
  const open = (tag: number): number | undefined => {
    if (answer[at] !== tag) return undefined;
    const short = answer[at + 1]!;
    const lengthBytes = short < 128 ? 0 : short & 127;
    const length = lengthBytes === 0 ? short : answer.readUIntBE(at + 2, lengthBytes);
    at += 2 + lengthBytes;
    return length;
  };
  const skip = (tag: number): void => {
    const length = open(tag) ?? 0;
    at += length;
  };
  open(0x30);
  skip(0x02);
  skip(0x04);
  if (open(0xa2) === undefined) return undefined;
  const length = open(0x02);
  return length === undefined ? undefined : answer.readIntBE(at, length);
}
