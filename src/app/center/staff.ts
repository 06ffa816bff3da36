/** The accounts behind the API: the book's deeds with their record, links that live three days, and what a second person changes. */
import { after, days, hours } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import type { Book } from '../../edge/book/book.ts';
import type { FrontPorts } from '../../edge/http/ports.ts';
import type { StaffPort } from '../../edge/http/staff-port.ts';
import { formatHostPort } from '../config/values.ts';
import { type AccessOptions, accessPort } from './access.ts';

const signInLife = hours(72);

interface StaffOptions {
  readonly book: Book;
  readonly world: World;
  /** Where the console listens. */
  readonly front: () => { readonly http: { readonly host: string; readonly port: number } };
  /** After each change of who may sign in: notices may wait for a second person now, or no longer. */
  readonly onChange: () => Promise<void>;
}

/** Who may come in, and those who say who may. */
export function accountPorts(options: StaffOptions & AccessOptions): Pick<FrontPorts, 'access' | 'staff'> {
  return { access: accessPort(options), staff: staffPort(options) };
}

function staffPort({ book, world, front, onChange }: StaffOptions): StaffPort {
  const audit = (by: string, action: string, target: string, detail: object = {}) => ({
    ...{ at: world.now(), actor: by, action, target },
    detail: { ...detail },
  });
  const changed = async <T extends { readonly kind: string }>(outcome: T): Promise<T> => {
    if (outcome.kind === 'done') await onChange();
    return outcome;
  };
  return {
    users: () => book.users(),
    async addUser(user, by) {
      const { role, language } = user;
      return changed(
        await book.addUser({ ...user, audit: audit(by, 'addUser', user.name, { role, language }) }),
      );
    },
    async changeUser(name, change, by) {
      return changed(
        await book.changeUser({ ...change, name, audit: audit(by, 'changeUser', name, change) }),
      );
    },
    async removeUser(name, by) {
      return changed(await book.removeUser({ name, audit: audit(by, 'removeUser', name) }));
    },
    async link(name, by) {
      const expiresAt = after(world.now(), signInLife);
      const made = await book.linkUser({ name, expiresAt, audit: audit(by, 'linkUser', name) });
      if (made.kind !== 'done') return made.kind;
      return { url: `http://${formatHostPort(front().http)}/sign-in/${made.token}`, expiresAt };
    },
    keys: () => book.keys(),
    addKey({ name, role, days: life }, by) {
      const expiresAt = life === undefined ? undefined : after(world.now(), days(life));
      const detail = { role, ...(life === undefined ? {} : { days: life }) };
      return book.addKey({ name, role, expiresAt, audit: audit(by, 'addKey', name, detail) });
    },
    revokeKey: (name, by) => book.revokeKey({ name, audit: audit(by, 'revokeKey', name) }),
    releasers: () => book.releasers(),
  };
}
