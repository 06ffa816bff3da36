/**
 * What callers, subscribers and everybody hear where lines are proved dark, where that follows from what they hang on, and
 * where only people say so: the line, the book and both listeners are real.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bookQueries, type QueryOptions } from '../../../src/app/center/book-queries.ts';
import type { DeviceBoard } from '../../../src/app/center/device-board.ts';
import type { LineHost } from '../../../src/app/center/line-host.ts';
import { areaPort } from '../../../src/app/center/public-news.ts';
import { callerPort } from '../../../src/app/center/public-parts.ts';
import type { Config } from '../../../src/app/config/config.ts';
import { minutes } from '../../../src/base/instant.ts';
import { Secret } from '../../../src/base/secret.ts';
import type { Book } from '../../../src/edge/book/book.ts';
import { type Callers, openCallers } from '../../../src/edge/book/callers.ts';
import { subscriberKey } from '../../../src/model/ids.ts';
import { bookIn, importAll, inFolder, secretKey, subscriberRow } from '../../edge/book/book-fixture.ts';
import { allTerminals, cityContents, cityTable } from '../../support/line-city.ts';
import { freshLine, LineRun } from '../../support/line-run.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';
import { smallCity, terminals } from '../../support/small-city.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

/** Enough on each terminal that an area says so of one branch. */
const each = 4;
const everybody = allTerminals.flatMap((terminal) => Array.from({ length: each }, () => terminal));
const table = {
  ...cityTable({ each }),
  key: Uint32Array.from(everybody, (_, at) => at + 1),
};
/** The first subscriber on it. */
const onTerminal = (terminal: string): number => everybody.indexOf(terminal) + 1;
const darkLines = terminals('1-1-1');
const complaining = terminals('1-2-1');
const [proved, inferred, suspected] = [darkLines[0]!, terminals('2-1')[0]!, complaining[0]!];

let opened: OpenedFront;
let run: LineRun;
let callers: Callers;
let queries: ReturnType<typeof bookQueries>;

async function overBook(folder: string, book: Book, ask: () => Promise<void>): Promise<void> {
  const topology = smallCity();
  run = new LineRun(freshLine({ ...cityContents(), subscribers: () => table })).begin();
  run.observe('raise', darkLines, { cause: 'LOS' });
  run.observe('raise', ['olt-2/c1/p1'], { cause: 'PORT_LOS' });
  for (const terminal of complaining.slice(0, 5)) {
    const subscriber = subscriberKey(onTerminal(terminal));
    run.put({ kind: 'subscriberContact', subscriber, channel: 'phone', contact: terminal });
  }
  run.pass(minutes(2));
  const world = virtualWorld({ startsAt: run.at });
  await importAll(
    book,
    everybody.map((resource, n) => subscriberRow(n, { resource, language: 'en' })),
  );
  await book.project(run.applied);
  const { line } = run;
  const host = { line, contents: { topology: () => topology } } as unknown as LineHost;
  queries = bookQueries({
    ...{ book, world, devices: { list: () => [] } as unknown as DeviceBoard },
    ...{ incidentOf: line.incidentOf, answerWithinMs: () => 0 },
    placed: () => ({ version: 1, topology, subscribers: line.subscribers! }),
  } satisfies QueryOptions);
  callers = openCallers({ folder, world, secretKey });
  const config = { telephone: { token: new Secret('phone') }, language: 'en' } as unknown as Config;
  opened = await openTestFront({
    world,
    ports: {
      callers: callerPort({ callers, line, config: () => config, bootstrapTokens: [] }),
      ...{ query: queries, areas: areaPort({ book, line: host, world }) },
    },
  });
  await ask();
}

let end: () => void;
beforeEach(async () => {
  const isOver = new Promise<void>((resolve) => {
    end = resolve;
  });
  await new Promise<void>((resolve, reject) => {
    inFolder(async (folder) => {
      const book = await bookIn(folder);
      await overBook(folder, book, async () => {
        resolve();
        await isOver;
      });
      callers.close();
      await opened.close();
      await book.close();
    }).catch(reject);
  });
});
afterEach(() => end());

const incidentAt = (terminal: string) => run.line.incidentOf(subscriberKey(onTerminal(terminal)))!;

const called = async (terminal: string) => {
  const { phone } = subscriberRow(onTerminal(terminal) - 1);
  const answer = await fetch(`${opened.public}/deflect`, {
    method: 'POST',
    headers: { authorization: 'Bearer phone', 'content-type': 'application/json' },
    body: JSON.stringify({ number: phone }),
  });
  return (await answer.json()) as { readonly options: readonly unknown[] };
};

const ownPage = async (terminal: string) => {
  const subscriber = subscriberKey(onTerminal(terminal));
  const { token } = await queries.makeLink({ subscriber, purpose: 'request', incident: undefined });
  return (await fetch(`${opened.public}/s/${token}?lang=en`)).text();
};

const areaPage = async (slug: string) => (await fetch(`${opened.public}/s/area/${slug}?lang=en`)).text();

test('the three incidents are of the three levels', async () => {
  const levels = async (terminal: string) => (await queries.incident(incidentAt(terminal)))?.levels;
  expect(await levels(proved)).toEqual({ proved: 32, inferred: 0, suspected: 0 });
  expect(await levels(inferred)).toEqual({ proved: 0, inferred: 64, suspected: 0 });
  const { subscribers } = (await queries.incident(incidentAt(suspected)))!.impact!;
  expect(subscribers).toBeGreaterThanOrEqual(5 * each);
  expect(await levels(suspected)).toEqual({ proved: 0, inferred: 0, suspected: subscribers });
});

test('whoever calls is told of all three, of a suspicion without a cause and without a time', async () => {
  expect(await called(proved)).toMatchObject({ affected: true, textId: 'outage.equipment.etr' });
  expect(await called(inferred)).toMatchObject({ affected: true, textId: 'outage.equipment.etr' });
  const heard = await called(suspected);
  expect(heard).toMatchObject({ affected: true, textId: 'outage.unclear.noEtr', etr: null });
  expect(heard.options).toHaveLength(3);
  expect(await called(terminals('2-2')[0]!)).toMatchObject({ affected: false });
});

test('the page of a subscriber shows all three; of a suspicion who noticed it', async () => {
  expect(await ownPage(proved)).toContain('No service: equipment of ours has failed');
  expect(await ownPage(inferred)).toContain('No service: equipment of ours has failed');
  const page = await ownPage(suspected);
  expect(page).toContain('The connection is disturbed');
  expect(page).toContain('subscribers near you told us');
  expect(page).not.toContain('we noticed it ourselves');
  expect(await ownPage(terminals('2-2')[0]!)).toContain('We know of no outage at your address now');
});

test('the page of an area shows all three to everybody', async () => {
  const here = await areaPage('site-1');
  expect(here).toContain('No service: equipment of ours has failed');
  expect(here).toContain('The connection is disturbed');
  expect(here).toContain('Several customers have reported it');
  expect(await areaPage('site-2')).toContain('No service: equipment of ours has failed');
});
