/** Calls of an administrator about people who sign in and keys of programs. */
import type { KeyRecord, UserOutcome, UserRecord } from '../../model/account.ts';
import type { User } from './ports.ts';
import {
  type Call,
  created,
  listQuery,
  object,
  ok,
  oneOf,
  type Reply,
  type Route,
  refusal,
  unknownId,
} from './route.ts';
import { reservedNames } from './second-person.ts';
import type { KeyJson, SignInLinkJson, UserJson } from './staff-contract.ts';
import type { SignInLink } from './staff-port.ts';
import { iso } from './views.ts';

const roles: readonly User['role'][] = ['viewer', 'operator', 'administrator'];
/** Letters of any script, digits, dot, dash, underscore, @: as in a mail address, and never a colon, which keys have. */
const name = {
  type: 'string',
  minLength: 1,
  maxLength: 64,
  pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N}._@-]*$',
};
const role = oneOf(roles);
const language = oneOf(['ru', 'en']);
export const staffRoutes: readonly Route[] = [
  forAdministrators({
    method: 'GET',
    path: '/users',
    summary: 'People who may sign in',
    query: listQuery(),
    answers: 'a list of users',
    handle: async (call) => listReply(call, (await call.ports.staff.users()).map(userJson)),
  }),
  forAdministrators({
    method: 'POST',
    path: '/users',
    summary: 'Adds a person, and answers a link that signs them in once',
    body: object({ name, role, language: { ...language, default: 'en' } }, ['name', 'role']),
    answers: 'the user and the link',
    handle: addUser,
  }),
  forAdministrators({
    method: 'PATCH',
    path: '/users/:id',
    summary: 'Changes role or language, disables (which signs out everywhere at once) or enables',
    body: { ...object({ role, language, state: oneOf(['active', 'disabled']) }, []), minProperties: 1 },
    answers: 'the user',
    handle: changeUser,
  }),
  forAdministrators({
    method: 'DELETE',
    path: '/users/:id',
    summary: 'Removes a person; what they did stays on record',
    answers: 'the user as it was',
    handle: async ({ ports, id, user }) => userReply(id, await ports.staff.removeUser(id, user.name)),
  }),
  forAdministrators({
    method: 'POST',
    path: '/users/:id/links',
    summary: 'A new link that signs this person in once; the one before it works no more',
    answers: 'the link',
    handle: makeLink,
  }),
  forAdministrators({
    method: 'GET',
    path: '/keys',
    summary: 'API keys without their secrets',
    query: listQuery(),
    answers: 'a list of keys',
    handle: async (call) => listReply(call, (await call.ports.staff.keys()).map(keyJson)),
  }),
  forAdministrators({
    method: 'POST',
    path: '/keys',
    summary: 'Makes an API key with a role of its own; its secret is in this answer and nowhere else',
    body: object({ name, role, days: { type: 'integer', minimum: 1, maximum: 3650 } }, ['name', 'role']),
    answers: 'the key and its secret, as `key`',
    handle: addKey,
  }),
  forAdministrators({
    method: 'DELETE',
    path: '/keys/:id',
    summary: 'Revokes an API key at once',
    answers: 'its id',
    async handle({ ports, id, user }) {
      return (await ports.staff.revokeKey(id, user.name)) ? ok({ id, revoked: true }) : unknownId('key', id);
    },
  }),
];

function forAdministrators(route: Route): Route {
  return {
    ...route,
    async handle(call) {
      if (call.user.role !== 'administrator')
        return refusal(403, 'Only an administrator may see and change who may come in.');
      return route.handle(call);
    },
  };
}

/** At most a thousand, so a page is cut from the whole list; the cursor is the last one's id. */
function listReply<T extends { readonly id: string }>({ page }: Call, all: readonly T[]): Reply {
  const words = page.words?.toLowerCase().split(/\s+/).filter(Boolean) ?? [];
  const found = all.filter((item) => {
    const row = Object.values(item).join(' ').toLowerCase();
    return words.every((word) => row.includes(word));
  });
  const from = page.cursor === undefined ? 0 : found.findIndex(({ id }) => id === page.cursor) + 1;
  const items = found.slice(from, from + page.limit);
  const next = from + items.length < found.length ? items.at(-1)!.id : null;
  return ok({ items, total: found.length, next });
}

async function addUser({ ports, body, user }: Call): Promise<Reply> {
  const wish = body as Pick<UserRecord, 'name' | 'role' | 'language'>;
  const named = { ...wish, name: wish.name.normalize('NFC') };
  if (reservedNames.has(named.name.toLowerCase()))
    return refusal(409, `${named.name} is a name that the daemon uses itself; take another one.`);
  const outcome = await ports.staff.addUser(named, user.name);
  if (outcome.kind !== 'done') return userReply(named.name, outcome);
  const link = await ports.staff.link(named.name, user.name);
  return created({ ...userJson(outcome.user), signIn: typeof link === 'string' ? null : linkJson(link) });
}

async function changeUser({ ports, id, body, user }: Call): Promise<Reply> {
  const { state, ...rest } = body as Partial<Pick<UserJson, 'role' | 'language' | 'state'>>;
  const change = state === undefined ? rest : { ...rest, isDisabled: state === 'disabled' };
  return userReply(id, await ports.staff.changeUser(id, change, user.name));
}

async function makeLink({ ports, id, user }: Call): Promise<Reply> {
  const link = await ports.staff.link(id, user.name);
  if (link === 'unknown') return unknownId('user', id);
  if (link === 'disabled') return refusal(409, `${id} is disabled; enable the account first.`);
  return created(linkJson(link));
}

async function addKey({ ports, body, user }: Call): Promise<Reply> {
  const wish = body as Parameters<typeof ports.staff.addKey>[0];
  const added = await ports.staff.addKey({ ...wish, name: wish.name.normalize('NFC') }, user.name);
  if (added.kind === 'taken')
    return refusal(409, `A key of the name ${wish.name} is there; revoke it first.`);
  if (added.kind === 'tooMany') return refusal(409, `There are ${added.most} keys; revoke one first.`);
  return created({ ...keyJson(added.key), key: added.secret });
}

function userReply(id: string, outcome: UserOutcome): Reply {
  switch (outcome.kind) {
    case 'done':
      return ok(userJson(outcome.user));
    case 'unknown':
      return unknownId('user', id);
    case 'taken':
      return refusal(409, `A user of the name ${id} is there; capitals make no difference.`);
    case 'tooMany':
      return refusal(409, `There are ${outcome.most} users; remove one first.`);
    case 'lastAdministrator':
      return refusal(409, `${id} is the last administrator; make somebody else one first.`);
  }
}

const userJson = (user: UserRecord): UserJson => ({
  id: user.name,
  name: user.name,
  role: user.role,
  language: user.language,
  state: user.disabledAt === undefined ? 'active' : 'disabled',
  createdAt: iso(user.createdAt),
  signedInAt: user.signedInAt === undefined ? null : iso(user.signedInAt),
});

const keyJson = (key: KeyRecord): KeyJson => ({
  id: key.name,
  name: key.name,
  role: key.role,
  createdAt: iso(key.createdAt),
  createdBy: key.createdBy,
  expiresAt: key.expiresAt === undefined ? null : iso(key.expiresAt),
  usedAt: key.usedAt === undefined ? null : iso(key.usedAt),
});

const linkJson = ({ url, expiresAt }: SignInLink): SignInLinkJson => ({ url, expiresAt: iso(expiresAt) });
