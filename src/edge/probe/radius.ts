/** Asks a RADIUS server whether it serves: Status-Server of RFC 5997, which touches nobody's session. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Secret } from '../../base/secret.ts';
import type { World } from '../../base/world.ts';
import type { ProbeOutcome } from '../../model/probe.ts';
import type { ConnectionTarget } from './connection.ts';

const statusServer = 12;
/** Access-Accept and Accounting-Response: RFC 5997 section 3. */
const good: readonly number[] = [2, 5];

export function probeRadius(
  world: World,
  target: ConnectionTarget & { readonly secret: Secret },
): Promise<ProbeOutcome> {
  const secret = target.secret.reveal();
  const request = statusRequest(world.randomBytes(17), secret);
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(target.address) ? 'udp6' : 'udp4');
    let beganAt = world.monotonicMs();
    let lastBad: string | undefined;
    const done = (outcome: ProbeOutcome): void => {
      deadline.cancel();
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.close();
      resolve(outcome);
    };
    const deadline = world.after(target.timeoutMs, () =>
      done(lastBad === undefined ? { fault: 'noAnswer' } : { fault: 'wrongAnswer', detail: lastBad }),
    );
    socket.on('error', (error) => done({ fault: 'noAnswer', detail: error.message.slice(0, 256) }));
    socket.on('message', (answer) => {
      const latencyMs = world.monotonicMs() - beganAt;
      const why = refusal(answer, request, secret);
      if (why === undefined) done({ latencyMs });
      else lastBad = why;
    });
    const send = (): void =>
      socket.connect(target.port, target.address, () => {
        beganAt = world.monotonicMs();
        socket.send(request);
      });
    if (target.from === undefined) send();
    else socket.bind({ address: target.from }, send);
  });
}

/** Code, identifier, length, Request Authenticator, and Message-Authenticator (80) over all of it with zeros in its place. */
function statusRequest(random: Uint8Array, secret: string): Buffer {
  const request = Buffer.alloc(38);
  request[0] = statusServer;
  request[1] = random[0]!;
  request.writeUInt16BE(request.length, 2);
  request.set(random.subarray(1, 17), 4);
  request[20] = 80;
  request[21] = 18;
  request.set(createHmac('md5', secret).update(request).digest(), 22);
  return request;
}

/** Why it is no answer of the server; the Response Authenticator of RFC 2865 section 3 proves that it knows the secret. */
function refusal(answer: Buffer, request: Buffer, secret: string): string | undefined {
  if (answer.length < 20 || answer.length > 4_096) return 'not of the length of an answer';
  const length = answer.readUInt16BE(2);
  if (length < 20 || length > answer.length) return 'its length is not its own';
  if (answer[1] !== request[1]) return 'the answer is for another request';
  const proof = createHash('md5')
    .update(answer.subarray(0, 4))
    .update(request.subarray(4, 20))
    .update(answer.subarray(20, length))
    .update(secret)
    .digest();
  if (!timingSafeEqual(proof, answer.subarray(4, 20))) return 'the answer is not signed with the secret';
  return good.includes(answer[0]!) ? undefined : `code ${answer[0]}`;
}
