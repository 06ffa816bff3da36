/** A book in a folder of its own, and the records tests fill it with. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instant } from '../../../src/base/instant.ts';
import { formatProblem } from '../../../src/base/problem.ts';
import type { World } from '../../../src/base/world.ts';
import { type Book, openBook } from '../../../src/edge/book/book.ts';
import type { ChannelFacts } from '../../../src/edge/book/records.ts';
import { endImport } from '../../../src/edge/book/subscriber-import.ts';
import type { Applied } from '../../../src/flow/applied.ts';
import type { Effect } from '../../../src/flow/effect.ts';
import type { Change } from '../../../src/model/change.ts';
import type { IncidentId, ResourceId } from '../../../src/model/ids.ts';
import type { Incident } from '../../../src/model/incident.ts';
import type { Tell } from '../../../src/model/notice.ts';
import type { SubscriberRow } from '../../../src/model/subscriber.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

export const secretKey = new Uint8Array(32).fill(7);
export const sms: ChannelFacts = { name: 'sms', address: 'phone', honoursKey: true };
export const mail: ChannelFacts = { name: 'mail', address: 'email', honoursKey: false };
export const t0 = instant(Date.UTC(2026, 0, 1, 12));

export async function inFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'allclear-book-'));
  try {
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function bookIn(folder: string, world: World = virtualWorld()): Promise<Book> {
  const opened = await openBook({ folder, world, secretKey });
  if (opened.value === undefined) throw new Error(opened.problems.map(formatProblem).join('\n'));
  return opened.value;
}

export const subscriberRow = (n: number, change: Partial<SubscriberRow> = {}): SubscriberRow => ({
  id: `s${n}`,
  resource: `ont-${n % 1000}`,
  class: 'residential',
  language: n % 2 === 0 ? 'ru' : 'en',
  name: `Name ${n}`,
  phone: `+7900${String(n).padStart(7, '0')}`,
  email: `s${n}@example.org`,
  address: `Street ${n}`,
  consent: [],
  attributes: {},
  ...change,
});

export async function importAll(book: Book, rows: readonly SubscriberRow[], mode: 'dry' | 'apply' = 'apply') {
  await book.beginImport(mode);
  for (let from = 0; from < rows.length; from += 1_000) await book.importPage(rows.slice(from, from + 1_000));
  return endImport(book);
}

export const incidentId = 'l.1.1' as IncidentId;

export const incident = (change: Partial<Incident> = {}): Incident => ({
  id: incidentId,
  kind: 'feeder',
  root: 'feeder-1' as ResourceId,
  probability: 0.9,
  candidates: [],
  state: 'open',
  actionable: true,
  planned: false,
  startedAt: t0,
  alarms: [],
  suppressed: 0,
  affected: { under: [], except: [] },
  explanation: {},
  history: [],
  ...change,
});

export const tell = (change: Partial<Tell> = {}): Tell => ({
  incident: incidentId,
  revision: 1,
  type: 'detected',
  topologyVersion: 1,
  from: 0,
  to: 10,
  except: [],
  suppressed: {},
  held: false,
  order: ['sms', 'mail'],
  facts: { kind: 'feeder', startedAt: t0 },
  ...change,
});

let lastSequence = 0;

/** One input's doings, with the next sequence. */
export const applied = (effects: readonly Effect[], changes: readonly Change[] = []): Applied => ({
  sequence: ++lastSequence,
  at: t0,
  effects,
  changes,
  rest: [],
});

export const tells = (...told: readonly Tell[]): Applied =>
  applied(told.map((one) => ({ kind: 'tell', tell: one })));

/** Expands all that was told; subscriber number n has key n + 1. */
export async function expandAll(
  book: Book,
  channels: readonly ChannelFacts[] = [sms, mail],
  now = t0,
): Promise<void> {
  for (;;) {
    const [page] = await book.nextTellPages({ limit: 500, pages: 1 });
    if (page === undefined) return;
    const numbers = Array.from({ length: page.to - page.from }, (_, i) => page.from + i).filter(
      (n) => !page.except.includes(n),
    );
    await book.addNotices({ page, keys: Uint32Array.from(numbers, (n) => n + 1), channels, now });
  }
}
