/** The telephone system at the mass centre: its route, on the real line, book and journal, and a route beside it that does nothing. */
import fastify from 'fastify';
import { callerPort } from '../../src/app/center/public-parts.ts';
import type { Config } from '../../src/app/config/config.ts';
import { Secret } from '../../src/base/secret.ts';
import { openCallers } from '../../src/edge/book/callers.ts';
import { addDeflection, type DeflectCounters } from '../../src/edge/http/deflect-routes.ts';
import type { FrontPorts } from '../../src/edge/http/ports.ts';
import { type Answered, at, type Numbers, startCalls } from './call-load.ts';
import type { MassCentre } from './mass-centre.ts';
import type { Measured } from './report.ts';
import { benchWorld } from './world.ts';

const token = 'bench';
const callsPerSecond = 500;
const warmUpSeconds = 3;

export interface MassFront {
  readonly counters: DeflectCounters;
  /** 500 calls a second while that is going on, after some seconds of calls that do not count. */
  callsDuring(numbers: Numbers, meanwhile: () => Promise<void>): Promise<Answered>;
  close(): Promise<void>;
}

export async function openMassFront(folder: string, { host }: MassCentre): Promise<MassFront> {
  const world = benchWorld();
  const callers = openCallers({ folder, world, secretKey: new Uint8Array(32) });
  const config = { telephone: { token: new Secret(token) }, language: 'ru' } as unknown as Config;
  const ports = {
    world,
    callers: callerPort({ callers, line: host.line, config: () => config, bootstrapTokens: [] }),
    submit: (input) => host.submit(input),
  } as Pick<FrontPorts, 'world' | 'callers' | 'submit'> as FrontPorts;
  const server = fastify({ logger: false });
  server.removeAllContentTypeParsers();
  const counters = addDeflection(server, ports);
  server.get('/nothing', (_request, reply) => reply.send('{}'));
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as { port: number };
  const load = { port, path: '/deflect', perSecond: callsPerSecond, token, beside: '/nothing' } as const;
  return {
    counters,
    async callsDuring(numbers, meanwhile) {
      await startCalls({ ...load, numbers, seconds: warmUpSeconds }).answered;
      const calls = startCalls({ ...load, numbers });
      await meanwhile();
      calls.stop();
      return calls.answered;
    },
    async close() {
      callers.close();
      await server.close();
    },
  };
}

export function printCalls(
  { times, beside, failed }: Answered,
  counters: DeflectCounters,
  print: (line: Measured) => void,
): void {
  const what = `${callsPerSecond} calls/s meanwhile, ${times.length} in all`;
  for (const [name, share, atMost] of [
    ['half', 0.5, undefined],
    ['99 of 100', 0.99, 30],
    ['999 of 1,000', 0.999, undefined],
  ] as const) {
    const line = { ours: at(times, share), peer: at(beside, share), atMost, unit: 'ms' };
    print({ case: `${what}: ${name} answered within; peer: a route that does nothing`, ...line });
  }
  print({ case: `${what}: without an answer`, ours: failed, atMost: 0, unit: 'calls' });
  const { deflected, lost } = counters;
  print({
    case: 'told of the outage on the telephone, with those before it',
    ours: deflected,
    unit: 'calls',
  });
  print({ case: 'of what they said the line had no room for', ours: lost, atMost: 0, unit: 'inputs' });
}
