/** The TM Forum APIs over real HTTP with a real book, a system that is called back, and the published definitions. */
import { createHmac } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { bookQueries } from '../../../../src/app/center/book-queries.ts';
import { calendarFrom } from '../../../../src/app/center/calendar.ts';
import { DeviceBoard } from '../../../../src/app/center/device-board.ts';
import { FactsFeed } from '../../../../src/app/center/facts-feed.ts';
import { startHubs } from '../../../../src/app/center/hub-host.ts';
import { type LineHost, openLineHost } from '../../../../src/app/center/line-host.ts';
import { importList, oneAtOnce } from '../../../../src/app/center/list-import.ts';
import { networkInForce, networkPort } from '../../../../src/app/center/network-port.ts';
import { defaultPolicy } from '../../../../src/app/config/policy.ts';
import type { Book } from '../../../../src/edge/book/book.ts';
import { openFront } from '../../../../src/edge/http/front.ts';
import type { FrontPorts } from '../../../../src/edge/http/ports.ts';
import { encodeSubscribers, TopologyReader } from '../../../../src/topology/topology.ts';
import { emptyPages } from '../../../support/built-pages.ts';
import { key, memoryDaemon, viewerKey } from '../../../support/front-ports.ts';
import { realWorld } from '../../../support/real-world.ts';
import { shippedRules } from '../../../support/shipped-rules.ts';
import { until } from '../../../support/until.ts';
import { bookIn, importAll, subscriberRow } from '../../book/book-fixture.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what an outside program sees has no type.
  readonly body: any;
}

export interface TmForum {
  readonly book: Book;
  readonly line: LineHost;
  readonly address: string;
  /** Journal and book. */
  readonly folder: string;
  /** What a line test answers. */
  testLine: FrontPorts['testLine'];
  /** What the daemon does each second: the line hears whose facts and services changed. */
  feed(): Promise<void>;
  /** Into the line. */
  submit: FrontPorts['submit'];
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

/** Who holds it proves to be on this machine. */
const localKey = 'l'.repeat(40);
export const asLocal = { authorization: `Bearer ${localKey}` };
export const asViewer = { authorization: `Bearer ${viewerKey}` };

/** One OLT with three terminals, a subscriber on each; the third is a business. */
const network = {
  format: 'allclear-topology/1',
  serviceRoots: ['core-1'],
  resources: [
    { id: 'core-1', kind: 'core', in: {} },
    { id: 'olt-1', kind: 'olt', in: {} },
    { id: 'olt-1/if/1', kind: 'pon-port', in: { access: 'olt-1' } },
    ...[1, 2, 3].map((n) => ({
      ...{ id: `olt-1/ont/${n}`, kind: 'ont', in: { access: 'olt-1/if/1' }, subscribers: 1, order: n },
    })),
  ],
  links: [{ id: 'link-1', ends: ['core-1', 'olt-1'], segments: [] }],
  planned: [],
};

/** A real line with its journal and book behind the real front; what the collector would do is the test's. */
export async function openTmForum(): Promise<TmForum> {
  const folder = await mkdtemp(join(tmpdir(), 'allclear-tmf-'));
  const world = realWorld();
  const book = await bookIn(folder, world);
  const line = await openLineHost({
    ...{ folder, world, book, rules: shippedRules, deliver: () => undefined },
    onFailure: (error) => {
      throw error;
    },
  });
  line.running.start();
  await enterCity(line, book);
  const daemon = memoryDaemon(world);
  let opened: TmForum | undefined;
  const channels = [{ name: 'sms', address: 'phone' }] as const;
  const subscribed = { host: line, book, channels, world, language: 'ru' } as const;
  const config = { language: 'ru', data: folder, country: undefined } as const;
  const ports: FrontPorts = {
    ...daemon.ports,
    outside: book,
    // As in the daemon: it is not known before the front is open.
    get publicUrl() {
      if (opened === undefined) throw new Error('asked before the front was open');
      return opened.address;
    },
    network: networkPort(() => networkInForce(line)),
    testLine: (resource) => opened!.testLine(resource),
    submit: (input) => opened!.submit(input),
    importSubscribers: oneAtOnce((list, wish) => importList({ ...subscribed, config, list, wish })),
    query: bookQueries({
      ...{ book, world, devices: new DeviceBoard([]) },
      incidentOf: (subscriber) => line.line.incidentOf(subscriber),
      answerWithinMs: () => 3_600_000,
    }),
    access: {
      ...daemon.ports.access,
      authenticate: async (token, from) =>
        token === localKey
          ? { name: 'test', role: 'administrator', isOnThisMachine: true }
          : daemon.ports.access.authenticate(token, from),
    },
  };
  const pages = await emptyPages();
  const at = { host: '127.0.0.1', port: 0 };
  const front = await openFront({ ports, http: at, public: at, pagesFolder: pages.folder });
  const hubs = startHubs({ book, world, ports, isSilent: false });
  const address = `http://127.0.0.1:${front.http.port}`;
  opened = {
    ...{ book, line, address, folder },
    testLine: () => ({ reason: 'no device that is polled sees this line' }),
    submit: line.submit,
    async feed() {
      const feed = new FactsFeed(() => subscribed);
      while (await feed.tell());
    },
    call: (method, path, body, headers = {}) =>
      calling(`${address}/tmf-api/${path}`, { method, body, headers }),
    async close() {
      await hubs.stop();
      await front.close();
      await line.stop();
      await book.close();
      await pages.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return opened;
}

async function enterCity({ submit, contents }: LineHost, book: Book): Promise<void> {
  await submit({ kind: 'policy', policy: await contents.putJson(defaultPolicy) });
  const people = [1, 2, 3].map((n) =>
    subscriberRow(n, { resource: `olt-1/ont/${n}`, class: n === 3 ? 'business' : 'residential' }),
  );
  await importAll(book, people);
  const channels = [{ name: 'sms', address: 'phone' }] as const;
  const table = await book.exportColumns({ channels, language: 'ru', zone: 'UTC' });
  await submit({
    kind: 'calendar',
    calendar: await contents.putJson(calendarFrom(table.zones, realWorld().now())),
  });
  const reader = new TopologyReader('topology');
  reader.read(new TextEncoder().encode(JSON.stringify(network)));
  const { value, problems } = reader.end();
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const { sha256: topology } = await contents.putTopology(value);
  const subscribers = await contents.put(encodeSubscribers(table));
  await submit({ kind: 'topologyVersion', version: 1, topology, subscribers });
}

async function calling(
  url: string,
  { method, body, headers }: { method: string; body: unknown; headers: Record<string, string> },
): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: text }),
  });
  const said = await answer.text();
  return {
    ...{ status: answer.status, headers: answer.headers, text: said },
    body: said === '' ? undefined : JSON.parse(said),
  };
}

interface Heard {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // biome-ignore lint/suspicious/noExplicitAny: what an outside program sees has no type.
  readonly body: any;
  isSignedWith(secret: string): boolean;
}

/** A system that takes events; `answer` says with which status, by how often it was asked before. */
export async function openListener(answer: (before: number) => number = () => 201) {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      const status = answer(heard.length);
      const [, at, signature] =
        /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(request.headers['x-allclear-signature'])) ?? [];
      heard.push({
        headers: request.headers,
        body: JSON.parse(text),
        isSignedWith: (secret) =>
          createHmac('sha256', secret).update(`${at}.${text}`).digest('hex') === signature,
      });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    heard,
    callback: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    /** Waits for an event of that type. */
    async event(type: string): Promise<Heard> {
      await until(() => heard.some(({ body }) => body.eventType === type));
      return heard.find(({ body }) => body.eventType === type)!;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

const folder = join(fileURLToPath(import.meta.url), '../../../../../../shared/standards/tmf/openapi');
export const areThere = existsSync(folder);
export const missing = areThere ? '' : ' (left out: the folder ../shared/standards/tmf/openapi is missing)';

interface Definitions {
  readonly definitions: Record<string, { type?: string; properties?: Record<string, object> }>;
}

/** What is wrong with a document by a definition of that file; nothing when it is as published. */
export function judgeBy(file: string): (name: string, document: unknown) => readonly string[] {
  const found = readdirSync(folder).find((name) => name.startsWith(file));
  if (found === undefined) throw new Error(`no definitions ${file}`);
  const { definitions } = JSON.parse(readFileSync(join(folder, found), 'utf8')) as Definitions;
  // Ids of alarms are typed as numbers there and are texts wherever the API is spoken; "Any" is typed as an object.
  for (const [name, definition] of Object.entries(definitions)) {
    if (/^Alarm/.test(name) && definition.properties?.['id'] !== undefined)
      definition.properties['id'] = { type: 'string' };
    if (name === 'Any') definitions[name] = {};
  }
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true, formats });
  ajv.addSchema({ $id: 'definitions', definitions });
  return (name, document) => {
    const check = ajv.getSchema(`definitions#/definitions/${name}`);
    if (check === undefined) throw new Error(`${file} defines no ${name}`);
    check(document);
    return (check.errors ?? []).map(({ instancePath, message }) => `${name}${instancePath} ${message}`);
  };
}

const formats = {
  'date-time': (text: string) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)),
  uri: (text: string) => URL.canParse(text),
  float: true,
  int32: true,
  int64: true,
  double: true,
  date: true,
  binary: true,
  base64: true,
} as const;
