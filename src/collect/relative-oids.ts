/** Profiles whose tables hang below the model's own sysObjectID: their OIDs begin with that word until the device is known. */
import type { IdentitySource, Profile, Table } from './profile.ts';
import type { Oid } from './session.ts';

const WORD = 'sysObjectID.';
/** The series whose models sysObjectID tells apart by its last part. */
const PARENT = 'sysObjectIDParent.';
const begins = (oid: Oid): boolean => oid.startsWith(WORD) || oid.startsWith(PARENT);

/** True: `groundedProfile` is needed before anything is asked. */
export const isRelative = (profile: Profile): boolean =>
  [
    ...profile.tables.flatMap(({ columns }) => columns),
    ...Object.values(profile.identity).flatMap(oidsOf),
  ].some(begins);

/** The profile for one device; unchanged where it names whole OIDs only. */
export function groundedProfile(profile: Profile, sysObjectID: Oid | undefined): Profile {
  if (!isRelative(profile)) return profile;
  const own = sysObjectID ?? '0.0.0';
  const above = own.slice(0, own.lastIndexOf('.'));
  const whole = (oid: Oid): Oid => {
    if (oid.startsWith(WORD)) return `${own}.${oid.slice(WORD.length)}`;
    return oid.startsWith(PARENT) ? `${above}.${oid.slice(PARENT.length)}` : oid;
  };
  const grounded = (table: Table): Table => ({ ...table, columns: table.columns.map(whole) });
  const identity = Object.entries(profile.identity).map(([field, source]) => [
    field,
    rewritten(source, whole),
  ]);
  return {
    ...profile,
    identity: Object.fromEntries(identity),
    tables: profile.tables.map(grounded),
    measuredTables: profile.measuredTables.map(grounded),
  };
}

function oidsOf(source: IdentitySource): readonly Oid[] {
  if (source.kind === 'join' || source.kind === 'first') return source.parts.flatMap(oidsOf);
  return source.kind === 'get' || source.kind === 'column' ? [source.oid] : [];
}

function rewritten(source: IdentitySource, whole: (oid: Oid) => Oid): IdentitySource {
  if (source.kind === 'join' || source.kind === 'first')
    return { ...source, parts: source.parts.map((part) => rewritten(part, whole)) };
  return source.kind === 'get' || source.kind === 'column' ? { ...source, oid: whole(source.oid) } : source;
}
