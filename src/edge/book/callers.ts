/** Who calls, by number: a connection of its own that only reads, so that no notice being planned makes a caller wait. */
import type { World } from '../../base/world.ts';
import type { SubscriberKey } from '../../model/ids.ts';
import { openPlainSqlite } from '../disk/sqlite.ts';
import { openVault } from './vault.ts';

interface Caller {
  readonly key: SubscriberKey;
  readonly language?: 'ru' | 'en' | undefined;
  /** IANA name. */
  readonly zone?: string | undefined;
}

export interface Callers {
  /** `phone` as E.164; those of a household may share it. At once: the table's index is in memory or one read away. */
  of(phone: string): readonly Caller[];
  close(): void;
}

/** Households that share a number; more are not looked at. */
const mostPeople = 20;

/** The book of this folder must be there. */
export function openCallers(options: {
  readonly folder: string;
  readonly world: World;
  readonly secretKey: Uint8Array;
}): Callers {
  const vault = openVault(options.secretKey, options.world);
  const sqlite = openPlainSqlite({ file: `${options.folder}/book.sqlite`, readsOnly: true });
  sqlite.exec('PRAGMA cache_size = -16384');
  const found = sqlite.prepare<{ key: number; language: string; zone: string }>(
    `SELECT key, language, zone FROM subscribers WHERE removed = 0 AND key IN
       (SELECT key FROM subscribers WHERE phone_hash = ? UNION SELECT subscriber FROM contact_points WHERE hash = ?) LIMIT ?`,
  );
  return {
    of: (phone) => {
      const hash = vault.index(phone);
      return found.all(hash, hash, mostPeople).map(({ key, language, zone }) => ({
        key: key as SubscriberKey,
        language: language === 'ru' || language === 'en' ? language : undefined,
        zone: zone === '' ? undefined : zone,
      }));
    },
    close: () => sqlite.close(),
  };
}
