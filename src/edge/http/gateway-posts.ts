/** `POST /gateway/CHANNEL[/SECRET]` of the public listener: receipts and replies that a gateway hands in itself. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Turnstile } from './crowding.ts';
import type { FrontPorts } from './ports.ts';
import type { TokenGate } from './token-gate.ts';

const longestBody = 256 * 1024;
const statuses = { kept: 200, unknown: 404, noTicket: 404, unreadable: 400, later: 503 } as const;

/** An encapsulated part of the listener: bodies of any kind are read as text here and nowhere else. */
export function addGatewayPosts(
  server: FastifyInstance,
  ports: FrontPorts,
  { gate, turnstile }: { readonly gate: TokenGate; readonly turnstile: Turnstile },
): void {
  void server.register((part, _options, done) => {
    part.removeAllContentTypeParsers();
    part.addContentTypeParser('*', { parseAs: 'string', bodyLimit: longestBody }, (_request, body, read) =>
      read(null, body),
    );
    const take = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const { channel, secret = '' } = request.params as { channel: string; secret?: string };
      const body = typeof request.body === 'string' ? request.body : '';
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value[0] : value,
        ]),
      );
      const answer = await turnstile.pass(async () => {
        try {
          return await ports.posted(channel, { path: secret, headers, body });
        } catch (cause) {
          ports.world.log.warn('what a gateway posted could not be kept', { channel, cause: String(cause) });
          return 'later';
        }
      });
      const said = answer === 'crowded' || answer === undefined ? 'later' : answer;
      if (said === 'unknown' && gate.countWrong()) return word(reply.header('retry-after', '60'), 429);
      return word(said === 'later' ? reply.header('retry-after', '5') : reply, statuses[said]);
    };
    part.post('/gateway/:channel', take);
    part.post('/gateway/:channel/:secret', take);
    done();
  });
}

const word = (reply: FastifyReply, status: number): FastifyReply =>
  reply
    .code(status)
    .header('content-type', 'text/plain; charset=utf-8')
    .send(status === 200 ? 'OK' : 'no');
