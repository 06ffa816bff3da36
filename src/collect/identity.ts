/** Who a device is: vendor, system, model, version and serial number, from scalars, columns and what it says of itself. */
import type { DeviceIdentity } from '../model/reading.ts';
import { worded } from './attribute-value.ts';
import { numberIn, smallNumberIn, textIn } from './cells.ts';
import type { ColumnStore } from './column-store.ts';
import { detectionOids } from './detect-profile.ts';
import type { IdentitySource, Profile, Wording } from './profile.ts';
import type { Oid, Session, SessionProblem, VarbindValue, WalkBudget } from './session.ts';

/** Longer ones are cut. */
const LONGEST = 1_024;

export async function readIdentity(
  session: Session,
  profile: Profile,
  { columns, budget }: { readonly columns: ColumnStore; readonly budget: WalkBudget },
): Promise<DeviceIdentity | SessionProblem> {
  const sources = Object.entries(profile.identity);
  const all = sources.flatMap(([, source]) => parts(source));
  const scalars = all.flatMap((source) => (source.kind === 'get' ? [source.by ?? source.oid] : []));
  const asksObjectID = all.some(({ kind }) => kind === 'objectID') ? [detectionOids.sysObjectID] : [];
  const answer = await session.get([...new Set([detectionOids.sysDescr, ...asksObjectID, ...scalars])]);
  if (answer.problem !== undefined && answer.varbinds.length === 0) return answer.problem;
  const values = new Map(answer.varbinds.map(({ oid, value }) => [oid, value]));
  const pointed = all.flatMap((source) => pointedScalar(source, values) ?? []);
  if (pointed.length > 0) {
    for (const { oid, value } of (await session.get(pointed)).varbinds) values.set(oid, value);
  }
  const walked = all.flatMap((source) =>
    source.kind === 'column' ? [source.oid, ...(source.where === undefined ? [] : [source.where.oid])] : [],
  );
  // One that cannot be walked leaves its field empty.
  await columns.walk(session, walked, budget);
  const said: Said = { values, columns, descr: textIn(values.get(detectionOids.sysDescr)) };
  const identity: Record<string, string | number> = {};
  for (const [field, source] of sources) {
    const found =
      field === 'sysUpTimeTicks' ? ticksOf(source, values) : wordOf(source, said)?.slice(0, LONGEST);
    if (found !== undefined) identity[field] = found;
  }
  return identity;
}

/** The scalar whose index another scalar holds. */
function pointedScalar(source: IdentitySource, values: ReadonlyMap<Oid, VarbindValue>): Oid | undefined {
  if (source.kind !== 'get' || source.by === undefined) return undefined;
  const index = numberIn(values.get(source.by)) ?? textIn(values.get(source.by));
  return index === undefined ? undefined : `${source.oid}.${index}`;
}

interface Said {
  readonly values: ReadonlyMap<Oid, VarbindValue>;
  readonly columns: ColumnStore;
  readonly descr: string | undefined;
}

const parts = (source: IdentitySource): readonly IdentitySource[] =>
  source.kind === 'join' || source.kind === 'first' ? source.parts.flatMap(parts) : [source];

const ticksOf = (source: IdentitySource, values: ReadonlyMap<Oid, VarbindValue>): number | undefined =>
  source.kind === 'get' ? smallNumberIn(values.get(source.oid)) : undefined;

function wordOf(source: IdentitySource, said: Said): string | undefined {
  switch (source.kind) {
    case 'constant':
      return source.text;
    case 'get':
      return wordIn(source, said.values.get(pointedScalar(source, said.values) ?? source.oid));
    case 'column':
      return firstInColumn(source, said.columns);
    case 'pattern':
      return said.descr === undefined ? undefined : present(worded(source, said.descr));
    case 'descr':
      return betweenMarks(source, said.descr);
    case 'objectID':
      return longestPrefix(source.words, textIn(said.values.get(detectionOids.sysObjectID)) ?? '');
    case 'join': {
      const words = source.parts.map((part) => wordOf(part, said)).filter((word) => word !== undefined);
      const isWhole = words.length === source.parts.length;
      return source.needsAll && !isWhole ? undefined : present(words.join(source.between));
    }
    case 'first':
      for (const part of source.parts) {
        const word = wordOf(part, said);
        if (word !== undefined) return word;
      }
      return undefined;
  }
}

const present = (text: string | undefined): string | undefined =>
  text === undefined || text === '' ? undefined : text;

function wordIn(wording: Wording, value: VarbindValue | undefined): string | undefined {
  const text = textIn(value) ?? numberIn(value)?.toString();
  const lastId = value?.type === 'oid' ? Number(value.oid.slice(value.oid.lastIndexOf('.') + 1)) : undefined;
  return text === undefined ? undefined : present(worded(wording, text, lastId));
}

function firstInColumn(
  source: Extract<IdentitySource, { readonly kind: 'column' }>,
  columns: ColumnStore,
): string | undefined {
  const { where } = source;
  const chosen = new Map(where === undefined ? [] : columns.valuesOf(where.oid));
  for (const [index, value] of columns.valuesOf(source.oid)) {
    const beside = chosen.get(index);
    if (where !== undefined && !where.is.has(textIn(beside) ?? numberIn(beside)?.toString() ?? '')) continue;
    const word = wordIn(source, value);
    if (word !== undefined) return word;
  }
  return undefined;
}

function betweenMarks(
  { after, until }: Extract<IdentitySource, { readonly kind: 'descr' }>,
  descr: string | undefined,
): string | undefined {
  const from = descr?.indexOf(after) ?? -1;
  if (descr === undefined || from < 0) return undefined;
  const rest = descr.slice(from + after.length).split(/[\r\n]/)[0] ?? '';
  const end = until === undefined ? -1 : rest.indexOf(until);
  return present((end < 0 ? rest : rest.slice(0, end)).trim());
}

function longestPrefix(words: ReadonlyMap<Oid, string>, oid: Oid): string | undefined {
  for (let end = oid.length; end > 0; end = oid.lastIndexOf('.', end - 1)) {
    const word = words.get(oid.slice(0, end));
    if (word !== undefined) return word;
  }
  return undefined;
}
