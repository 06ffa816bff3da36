/** Who is calling: an API key, or a signed-in person's cookie with proof that the request comes from our own page. */
import type { IncomingHttpHeaders } from 'node:http';
import type { FrontPorts, User } from './ports.ts';

/** Header that a foreign page cannot set without CORS, which we never grant. */
export const ownPageHeader = 'x-allclear-page';

export interface Caller {
  readonly user: User;
  readonly by: 'key' | 'session';
}

interface Request {
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string;
}

/** The caller, or undefined when the request proves nobody. A wrong key is not rescued by a good cookie. */
export async function findCaller(ports: FrontPorts, request: Request): Promise<Caller | undefined> {
  const { authorization, cookie } = request.headers;
  if (authorization !== undefined) {
    const token = /^Bearer +([\x21-\x7e]{1,512}) *$/i.exec(authorization)?.[1];
    if (token === undefined) return undefined;
    const user = await ports.access.authenticate(token, request.remoteAddress);
    return user === undefined ? undefined : { user, by: 'key' };
  }
  const session = sessionCookie(ports, cookie);
  if (session === undefined) return undefined;
  const user = await ports.access.session(session);
  return user === undefined ? undefined : { user, by: 'session' };
}

const isSecure = (ports: FrontPorts): boolean => ports.consoleUrl?.startsWith('https:') === true;

/** The __Host- prefix (RFC 6265bis 4.1.3.2) needs Secure, which plain http on loopback cannot have. */
const cookieName = (ports: FrontPorts): string =>
  isSecure(ports) ? '__Host-allclear_session' : 'allclear_session';

export function sessionCookie(ports: FrontPorts, header: string | undefined): string | undefined {
  if (header === undefined || header.length > 8_192) return undefined;
  const wanted = `${cookieName(ports)}=`;
  const pair = header.split(';').find((part) => part.trim().startsWith(wanted));
  return pair?.trim().slice(wanted.length) || undefined;
}

/** `Set-Cookie` for a session, or for its end when `cookie` is empty. */
export function setSessionCookie(ports: FrontPorts, cookie: string, maxAgeSeconds: number): string {
  const secure = isSecure(ports) ? '; Secure' : '';
  return `${cookieName(ports)}=${cookie}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${secure}`;
}

/**
 * True when a browser says that the request was made by a page of ours. A page of another origin cannot forge Origin,
 * and behind a rebound name the cookie is not sent at all.
 */
export function isFromOwnOrigin(ports: FrontPorts, headers: IncomingHttpHeaders): boolean {
  const { origin, host } = headers;
  if (origin === undefined || host === undefined) return false;
  return origin === `http://${host}` || origin === `https://${host}` || origin === ports.consoleUrl;
}

/** A session may change something only from our own page: SameSite, Origin and a header together. */
const mayChange = (ports: FrontPorts, caller: Caller, headers: IncomingHttpHeaders): boolean =>
  caller.by === 'key' || (headers[ownPageHeader] !== undefined && isFromOwnOrigin(ports, headers));

/** Undefined: they may. */
export function whyMayNotChange(
  ports: FrontPorts,
  caller: Caller,
  headers: IncomingHttpHeaders,
): string | undefined {
  if (caller.user.role === 'viewer') return 'A viewer may look and not change anything.';
  if (!mayChange(ports, caller, headers)) return 'A session may change things from the console only.';
  return undefined;
}

/** What people wrote is for those who work with them: a viewer sees that something was said, and when. */
export const mayReadWords = ({ role }: Pick<User, 'role'>): boolean => role !== 'viewer';
