/** Keeps tickets of another system in step with ours: known ones are read, others looked for by key, and only what is missing is made. */
import type { Secret } from '../../base/secret.ts';
import type { TicketStatus } from '../../model/ticket.ts';
import type { DeskFailure, DeskOutcome, DeskTicket } from '../../ticket/desk.ts';
import { oneLine, plainText } from './desk-call.ts';

/** What all that are mirrored are told beside the way to them. */
export interface MirrorSettings {
  readonly statuses?: Readonly<Partial<Record<TicketStatus, string>>> | undefined;
  readonly contacts?: boolean | undefined;
  /** By which posts of the desk are known. */
  readonly newsSecret?: Secret | undefined;
  readonly allowPrivate?: boolean | undefined;
}

/** A ticket as the system has it. */
export interface HeldTicket {
  readonly external: string;
  /** Our key on it. */
  readonly key: string | undefined;
  readonly status: string;
  readonly title?: string | undefined;
  /** ISO 8601 with seconds, UTC. */
  readonly due?: string | undefined;
  /** Its people made it part of another one: it is theirs from now on. */
  readonly isMerged?: true | undefined;
}

/** What a ticket of ours has to look like there. */
export interface MirrorTicket extends DeskTicket {
  readonly key: string;
  readonly due: string | undefined;
}

export interface MirrorChange {
  readonly held: HeldTicket;
  readonly ticket: MirrorTicket;
  /** Set when the status there says something else. */
  readonly status: string | undefined;
}

export interface MirrorSystem {
  readonly statuses: StatusWords;
  /** It has a place for the time we promise. */
  readonly keepsDue: boolean;
  /** By the system's own ids; those that are gone are left out. */
  read(externals: readonly string[]): Promise<readonly HeldTicket[] | DeskFailure>;
  find(keys: readonly string[]): Promise<readonly HeldTicket[] | DeskFailure>;
  create(tickets: readonly MirrorTicket[]): Promise<readonly DeskOutcome[]>;
  update(changes: readonly MirrorChange[]): Promise<readonly DeskOutcome[]>;
}

/** For each of our statuses the words there that say it; the first is what we set. */
export type StatusWords = Readonly<Record<TicketStatus, readonly string[]>>;

const longestTitle = 200;

export const isFailure = <T>(value: T | DeskFailure): value is DeskFailure =>
  typeof value === 'object' && value !== null && 'kind' in value && 'reason' in value;

export async function putMirrored(
  system: MirrorSystem,
  tickets: readonly DeskTicket[],
): Promise<readonly DeskOutcome[]> {
  const asked = tickets.map(mirrorTicket);
  const held = await heldBy(system, asked);
  if (isFailure(held)) return asked.map(() => held);
  const outcomes = new Map<string, DeskOutcome>();
  const changes: MirrorChange[] = [];
  for (const ticket of asked) {
    const known = held.get(ticket.key);
    if (known === undefined) continue;
    const change = changeOf(system, known, ticket);
    if (change === undefined) outcomes.set(ticket.key, { kind: 'stored', external: known.external });
    else changes.push(change);
  }
  const missing = asked.filter(({ key }) => !held.has(key));
  if (missing.length > 0) {
    const made = await system.create(missing);
    missing.forEach(({ key }, index) => void outcomes.set(key, made[index]!));
  }
  if (changes.length > 0) {
    const changed = await system.update(changes);
    changes.forEach(({ ticket: { key } }, index) => void outcomes.set(key, changed[index]!));
  }
  return asked.map(({ key }) => outcomes.get(key)!);
}

/** Texts that no system takes for a header, and that are no longer than it takes. */
export const presentable = (ticket: DeskTicket): DeskTicket => ({
  ...ticket,
  title: oneLine(ticket.title, longestTitle),
  description: plainText(ticket.description),
});

function mirrorTicket(ticket: DeskTicket): MirrorTicket {
  const due = ticket.ticket.expectedResolutionAt;
  return {
    ...presentable(ticket),
    key: ticket.ticket.id,
    due: due === undefined ? undefined : secondsOf(new Date(due).toISOString()),
  };
}

/** By our key. An id that is gone, or that now names somebody else's ticket, is looked for by key like a new one. */
async function heldBy(
  system: MirrorSystem,
  tickets: readonly MirrorTicket[],
): Promise<ReadonlyMap<string, HeldTicket> | DeskFailure> {
  const held = new Map<string, HeldTicket>();
  const known = tickets.filter(({ external }) => external !== undefined);
  if (known.length > 0) {
    const read = await system.read(known.map(({ external }) => external!));
    if (isFailure(read)) return read;
    const byId = new Map(read.map((one) => [one.external, one]));
    for (const { key, external } of known) {
      const found = byId.get(external!);
      if (found !== undefined && (found.key === key || found.isMerged === true)) held.set(key, found);
    }
  }
  const unknown = tickets.filter(({ key }) => !held.has(key)).map(({ key }) => key);
  if (unknown.length > 0) {
    const found = await system.find(unknown);
    if (isFailure(found)) return found;
    // Should there be several, all of us take the oldest.
    for (const one of found) if (one.key !== undefined && !held.has(one.key)) held.set(one.key, one);
  }
  return held;
}

function changeOf(
  { statuses, keepsDue }: MirrorSystem,
  held: HeldTicket,
  ticket: MirrorTicket,
): MirrorChange | undefined {
  if (held.isMerged === true) return undefined;
  const words = statuses[ticket.ticket.status];
  const status = words.includes(held.status) ? undefined : words[0];
  const isSame =
    status === undefined &&
    held.title === ticket.title &&
    (!keepsDue || held.due === ticket.due) &&
    !isMoved(ticket);
  return isSame ? undefined : { held, ticket, status };
}

/** It hangs there below another one than here, or below one where it hangs no more. */
export const isMoved = ({ linked, parent }: DeskTicket): boolean => linked !== parent;

/** Which of ours a status of the system may mean, those first that we would set it for. */
export function meaningsOf(statuses: StatusWords, word: string): readonly TicketStatus[] {
  const all = Object.entries(statuses) as unknown as readonly [TicketStatus, readonly string[]][];
  const first = all.filter(([, words]) => words[0] === word);
  const others = all.filter(([, words]) => words[0] !== word && words.includes(word));
  return [...first, ...others].map(([status]) => status);
}

/** The shipped words with those of the configuration over them. */
export const statusWords = (
  shipped: StatusWords,
  own: Readonly<Partial<Record<TicketStatus, string>>> | undefined,
): StatusWords => ({
  ...shipped,
  ...Object.fromEntries(Object.entries(own ?? {}).map(([status, word]) => [status, [word]])),
});

/** For systems that take one at a time: what the first failure says of the desk, the others need not ask. */
export async function oneByOne<T, R>(
  items: readonly T[],
  each: (item: T) => Promise<R | DeskFailure>,
): Promise<readonly (R | DeskFailure)[]> {
  const results: (R | DeskFailure)[] = [];
  for (const item of items) {
    const last = results.at(-1);
    results.push(last !== undefined && isFailure(last) && last.kind === 'retry' ? last : await each(item));
  }
  return results;
}

/** All that was asked for one by one, or the first failure. */
export async function gathered<T>(
  names: readonly string[],
  each: (name: string) => Promise<readonly T[] | DeskFailure>,
): Promise<readonly T[] | DeskFailure> {
  const found = await oneByOne(names, each);
  return found.find(isFailure) ?? found.flatMap((one) => (isFailure(one) ? [] : one));
}

/** Before the newest change seen: of several at one instant none is lost, and what comes twice is known by its id. */
export function cursorAfter(last: string | undefined, before: string | undefined, isFull: boolean): string {
  const at = Date.parse(last ?? '');
  if (Number.isNaN(at)) return before ?? new Date(0).toISOString();
  const overlapMs = isFull ? 0 : 1_000;
  const next = new Date(at - overlapMs).toISOString();
  return before !== undefined && next < before ? before : next;
}

/** A time of the system in the form that ours have: UTC, whole seconds. */
export function secondsOf(time: unknown): string | undefined {
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(at) ? undefined : `${new Date(at).toISOString().slice(0, 19)}Z`;
}
