/** Asks one DNS question: over UDP from a port and with an id of its own, over TCP again when the answer was cut off. */
import { createSocket, type Socket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import type { World } from '../../base/world.ts';
import type { DnsOutcome, DnsQuestion } from '../../model/dns.ts';
import { type DnsMessage, decodeDns, encodeDns, noFlags } from './dns-message.ts';
import { canonicalName } from './dns-names.ts';

/** Answers that fit no question: a sender of more than these is not listened to any longer. */
const mostStrays = 64;

interface Asked {
  readonly id: number;
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Never rejects. `question.address` is an address. */
export async function askDns(world: World, question: DnsQuestion): Promise<DnsOutcome> {
  const asked = messageOf(world, question);
  const first = await overUdp(world, question, asked);
  if (first.kind !== 'message') return first;
  const { message, latencyMs, answerBytes } = first;
  if (!message.flags.truncated || !question.overTcp) return outcomeOf(question, asked, first);
  const whole = await overTcp(world, question, asked);
  if (whole.kind !== 'message') return whole;
  return outcomeOf(question, asked, { message: whole.message, latencyMs, answerBytes });
}

function messageOf(world: World, { name, type, recursive, dnssec, udpSize }: DnsQuestion): Asked {
  const [high, low] = world.randomBytes(2);
  const id = (high! << 8) | low!;
  const bytes = encodeDns({
    id,
    isResponse: false,
    opcode: 0,
    // AD in a question asks for AD in the answer (RFC 6840 section 5.7).
    flags: { ...noFlags, recursionDesired: recursive, authentic: true },
    rcode: 0,
    questions: [{ name, type }],
    answers: [],
    authorities: [],
    additionals: [],
    edns: { udpSize, dnssec },
  });
  return { id, name: canonicalName(name), bytes };
}

interface Answered {
  readonly message: DnsMessage;
  readonly latencyMs: number;
  readonly answerBytes: number;
}

type Exchange = ({ readonly kind: 'message' } & Answered) | Exclude<DnsOutcome, { kind: 'answer' }>;

const outcomeOf = (question: DnsQuestion, asked: Asked, answered: Answered): DnsOutcome => ({
  kind: 'answer',
  latencyMs: answered.latencyMs,
  rcode: answered.message.rcode,
  isAuthentic: answered.message.flags.authentic,
  isRecursive: answered.message.flags.recursionAvailable,
  records: answered.message.answers
    .filter(({ type }) => type === question.type)
    .map(({ data }) => data)
    .sort(),
  questionBytes: asked.bytes.length,
  answerBytes: answered.answerBytes,
});

/** The question stands in the answer as it was asked (RFC 5452 section 9.1). */
function isAnswer(message: DnsMessage, { id, name }: Asked, type: number): boolean {
  if (!message.isResponse || message.id !== id || message.opcode !== 0) return false;
  const [only, ...others] = message.questions;
  // A server that could not read the question may leave it out.
  if (only === undefined) return message.rcode !== 0;
  return others.length === 0 && only.name === name && only.type === type;
}

function overUdp(world: World, question: DnsQuestion, asked: Asked): Promise<Exchange> {
  const { address, port, from, timeoutMs } = question;
  return new Promise((resolve) => {
    const socket: Socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    let beganAt = world.monotonicMs();
    let strays = 0;
    let lastBad: string | undefined;
    const done = (exchange: Exchange): void => {
      deadline.cancel();
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.close();
      resolve(exchange);
    };
    const deadline = world.after(timeoutMs, () =>
      done(lastBad === undefined ? { kind: 'timeout' } : { kind: 'badAnswer', reason: lastBad }),
    );
    socket.on('error', (error) => done({ kind: 'unreachable', reason: error.message }));
    socket.on('message', (bytes) => {
      const latencyMs = world.monotonicMs() - beganAt;
      const message = decodeDns(bytes);
      if (!('bad' in message) && isAnswer(message, asked, question.type)) {
        done({ kind: 'message', message, latencyMs, answerBytes: bytes.length });
        return;
      }
      // It may be forged: the true answer can still come.
      lastBad = 'bad' in message ? message.bad : 'the answer is for another question';
      if (++strays >= mostStrays) done({ kind: 'badAnswer', reason: lastBad });
    });
    const send = (): void =>
      // Connected, so that the kernel lets through only what comes from there, and tells when nobody listens.
      socket.connect(port, address, () => {
        beganAt = world.monotonicMs();
        socket.send(asked.bytes);
      });
    if (from === undefined) send();
    else socket.bind({ address: from }, send);
  });
}

function overTcp(world: World, question: DnsQuestion, asked: Asked): Promise<Exchange> {
  const { address, port, from, timeoutMs } = question;
  return new Promise((resolve) => {
    const beganAt = world.monotonicMs();
    const socket = connect({ host: address, port, localAddress: from });
    const parts: Buffer[] = [];
    let size = 0;
    /** With the two bytes of the length; undefined until both are there. */
    let wanted: number | undefined;
    const done = (exchange: Exchange): void => {
      deadline.cancel();
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.destroy();
      resolve(exchange);
    };
    const deadline = world.after(timeoutMs, () => done({ kind: 'timeout' }));
    socket.on('error', (error) => done({ kind: 'unreachable', reason: error.message }));
    socket.on('end', () => done({ kind: 'badAnswer', reason: 'the connection ended before the answer' }));
    socket.on('connect', () => {
      const { length } = asked.bytes;
      socket.write(Buffer.concat([Uint8Array.of(length >> 8, length & 255), asked.bytes]));
    });
    socket.on('data', (part: Buffer) => {
      parts.push(part);
      size += part.length;
      if (size < 2) return;
      wanted ??= Buffer.concat(parts).readUInt16BE(0) + 2;
      if (size < wanted) return;
      const message = decodeDns(Buffer.concat(parts).subarray(2, wanted));
      if ('bad' in message) return done({ kind: 'badAnswer', reason: message.bad });
      if (!isAnswer(message, asked, question.type))
        return done({ kind: 'badAnswer', reason: 'the answer is for another question' });
      const latencyMs = world.monotonicMs() - beganAt;
      done({ kind: 'message', message, latencyMs, answerBytes: wanted - 2 });
    });
  });
}
