/** Brings what the configuration says into the line: policy, topology, subscribers, calendar, staff; only what differs. */
import { accessSync, constants, createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Fault } from '../../base/fault.ts';
import type { Problem } from '../../base/problem.ts';
import type { World } from '../../base/world.ts';
import type { Book } from '../../edge/book/book.ts';
import { readSubscribers, type SubscriberPages } from '../../edge/files/subscribers-csv.ts';
import { type ResourceId, resourceId } from '../../model/ids.ts';
import {
  compileTopology,
  encodeSubscribers,
  parseTopology,
  type SubscriberTable,
  type TopologyDocument,
} from '../../topology/topology.ts';
import type { Config } from '../config/config.ts';
import { calendarFrom } from './calendar.ts';
import type { LineHost } from './line-host.ts';

export interface Setup {
  readonly host: LineHost;
  readonly book: Book;
  readonly config: Config;
  readonly channels: readonly { readonly name: string; readonly address: 'phone' | 'email' }[];
  readonly world: World;
}

/** Answers what was wrong in topology and subscribers; what is sound is in force. */
export async function setUpLine(setup: Setup): Promise<readonly Problem[]> {
  const { host, book, config, channels } = setup;
  const problems: Problem[] = [];
  const policy = await host.contents.putJson(config.policy);
  if (policy !== host.line.named.policy) await host.submit({ kind: 'policy', policy });
  if (config.subscribers !== undefined) {
    problems.push(...(await importSubscribers(book, config.subscribers)));
  }
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const table = await book.exportColumns({ channels, language: config.language, zone });
  await enterCalendar(setup, table);
  problems.push(...(await enterTopology(setup, table)));
  for (const { name: _name, ...staff } of config.staff) await host.submit({ kind: 'staffChange', staff });
  return problems;
}

/** Page by page, whatever the file's size; what was removed from it is removed from the book. */
export async function importSubscribers(book: Book, path: string): Promise<readonly Problem[]> {
  const { pages, problems } = openSubscribers(path);
  await book.beginImport('apply');
  for await (const rows of pages()) await book.importPage(rows);
  await book.endImport();
  return problems;
}

function openSubscribers(path: string): SubscriberPages {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw new Fault('config/file-unreadable', `${path} cannot be read`, error);
  }
  return readSubscribers(createReadStream(path, { encoding: 'utf8' }), path);
}

async function enterCalendar({ host, world }: Setup, table: SubscriberTable): Promise<void> {
  const calendar = await host.contents.putJson(calendarFrom(table.zones, world.now()));
  if (calendar !== host.line.named.calendar) await host.submit({ kind: 'calendar', calendar });
}

async function enterTopology(setup: Setup, table: SubscriberTable): Promise<readonly Problem[]> {
  const { host, config } = setup;
  const read =
    config.topology === undefined
      ? { value: emptyTopology, problems: [] }
      : parseTopology(await readText(config.topology), config.topology);
  const document = withDevices(read.value, config);
  const compiled = compileTopology(document);
  const topology = await host.contents.putJson({ format: 'allclear-topology/1', ...document });
  const subscribers = await host.contents.put(encodeSubscribers(table));
  const { named } = host.line;
  if (topology !== named.topology || subscribers !== named.subscribers) {
    await host.submit({
      kind: 'topologyVersion',
      version: named.topologyVersion + 1,
      topology,
      subscribers,
    });
  }
  return [...read.problems, ...compiled.problems];
}

const emptyTopology: TopologyDocument = {
  serviceRoots: [],
  resources: [],
  links: [],
  planned: [],
};

/** A device that the topology does not hold is a resource all the same: one's own router needs no topology file. */
function withDevices(document: TopologyDocument, config: Config): TopologyDocument {
  const known = new Set<string>(document.resources.map(({ id }) => id));
  const missing: TopologyDocument['resources'][number][] = [];
  const add = (id: string, parents: Readonly<Record<string, ResourceId>>): void => {
    if (known.has(id)) return;
    known.add(id);
    missing.push({ id: resourceId(id), kind: 'router', in: parents, subscribers: 0 });
  };
  for (const device of config.devices) {
    add(device.resource, {});
    // Interfaces are named after the device, so it has to be found below its resource.
    add(device.id, { access: resourceId(device.resource) });
  }
  return missing.length === 0 ? document : { ...document, resources: [...document.resources, ...missing] };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Fault('config/file-unreadable', `${path} cannot be read`, error);
  }
}
