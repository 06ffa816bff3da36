/** Who may come in: API keys and sessions of the book, one-time sign-in links, and the bootstrap token on loopback. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { after, hours, minutes } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import { starter } from '../../edge/book/accounts.ts';
import type { Book } from '../../edge/book/book.ts';
import type { AccessPort } from '../../edge/http/ports.ts';

/** Shorter ones are ignored: a token that can be guessed is no token. */
const leastBootstrapLength = 32;
const sessionLife = hours(12);
const signInLife = minutes(60);

export interface AccessOptions {
  readonly book: Book;
  readonly world: World;
  /** Accepted as an administrator's key on loopback; never stored. */
  readonly bootstrapTokens: readonly string[];
}

export function accessPort({ book, world, bootstrapTokens }: AccessOptions): AccessPort {
  const bootstrap = bootstrapTokens.filter((token) => token.length >= leastBootstrapLength).map(digest);
  return {
    async authenticate(bearerToken, remoteAddress) {
      if (
        isLoopback(remoteAddress) &&
        bootstrap.some((known) => timingSafeEqual(known, digest(bearerToken)))
      ) {
        return { name: 'bootstrap', role: 'administrator', isOnThisMachine: true };
      }
      return book.checkCredential({ kind: 'apiKey', secret: bearerToken, now: world.now(), once: false });
    },
    async signIn(oneTimeToken) {
      const account = await book.checkCredential({
        kind: 'signIn',
        secret: oneTimeToken,
        now: world.now(),
        once: true,
      });
      if (account === undefined) return undefined;
      const expiresAt = after(world.now(), sessionLife);
      const cookie = await book.issueCredential({ ...account, kind: 'session', label: 'console', expiresAt });
      return { cookie, expiresAt };
    },
    async session(cookie) {
      return book.checkCredential({ kind: 'session', secret: cookie, now: world.now(), once: false });
    },
    async signOut(cookie) {
      await book.revokeCredential(cookie);
    },
  };
}

/** The one-time link printed at start: good for one hour and one use. */
export function issueSignIn(book: Book, world: World): Promise<string> {
  return book.issueCredential({
    name: starter,
    role: 'administrator',
    kind: 'signIn',
    label: 'start',
    expiresAt: after(world.now(), signInLife),
  });
}

const digest = (token: string): Buffer => createHash('sha256').update(token).digest();

const isLoopback = (address: string): boolean =>
  address === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address);
