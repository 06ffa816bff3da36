/** What the public listener is given beside the book: callers of the telephone system, and line tests of one's own line. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import type { World } from '../../base/world.ts';
import { type Callers, openCallers } from '../../edge/book/callers.ts';
import { readOrMakeKey } from '../../edge/book/vault.ts';
import type { CallerPort } from '../../edge/http/caller-port.ts';
import type { Line } from '../../flow/line.ts';
import type { Config } from '../config/config.ts';

/** The book's worker has made both before. */
export async function callersOf(data: string, world: World): Promise<Callers> {
  return openCallers({ folder: data, world, secretKey: await readOrMakeKey(join(data, 'book.key'), world) });
}

const loopback = /^(127\.|::1$|::ffff:127\.)/;

export function callerPort(parts: {
  readonly callers: Callers;
  readonly line: Line;
  readonly config: () => Config;
  /** Good from this machine only. */
  readonly bootstrapTokens: readonly string[];
}): CallerPort {
  const { callers, line, config } = parts;
  return {
    isCaller(token, remoteAddress) {
      const own = config().telephone?.token.reveal();
      const local = loopback.test(remoteAddress) ? parts.bootstrapTokens : [];
      return [...(own === undefined ? [] : [own]), ...local].some((known) => isSame(known, token));
    },
    people: (phone) => callers.of(phone),
    outageOf: (subscriber) => line.outageOf(subscriber),
    get language() {
      return config().language;
    },
  };
}

/** In the same time, however much of it is right. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
