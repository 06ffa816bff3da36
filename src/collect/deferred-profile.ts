/** A profile of which only what tells whether it fits is at hand; the rest is made when it is first asked for, then kept. */
import type { Profile, Table } from './profile.ts';

type Head = Pick<Profile, 'id' | 'file' | 'isUnverified' | 'match'>;

export function deferredProfile(
  head: Head,
  make: {
    readonly identity: () => Profile['identity'];
    readonly tables: () => readonly Table[];
    readonly measuredTables: (tables: readonly Table[]) => readonly Table[];
    readonly tests: () => Profile['tests'];
  },
): Profile {
  const identity = once(make.identity);
  const tables = once(make.tables);
  const measuredTables = once(() => make.measuredTables(tables()));
  const tests = once(make.tests);
  return {
    ...head,
    get identity() {
      return identity();
    },
    get tables() {
      return tables();
    },
    get measuredTables() {
      return measuredTables();
    },
    get tests() {
      return tests();
    },
  };
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
