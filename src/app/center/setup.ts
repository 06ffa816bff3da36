/** Brings what the configuration says into the line: policy, rules, topology, subscribers, calendar, staff; only what differs. */
import { accessSync, constants, createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Fault } from '../../base/fault.ts';
import { earliest, type Instant, instant } from '../../base/instant.ts';
import type { Problem } from '../../base/problem.ts';
import type { World } from '../../base/world.ts';
import type { Book } from '../../edge/book/book.ts';
import { endImport } from '../../edge/book/subscriber-import.ts';
import { type ListOptions, readSubscribers, type SubscriberPages } from '../../edge/files/subscriber-list.ts';
import type { Policy } from '../../model/policy.ts';
import type { Address } from '../../notify/channel.ts';
import { encodeSubscribers, type SubscriberTable } from '../../topology/topology.ts';
import type { Config } from '../config/config.ts';
import { readMapping, sourceNameOf } from '../config/import-mappings.ts';
import type { Installation } from '../config/installation.ts';
import { RuleHistory } from '../config/rule-history.ts';
import { saysSame } from '../config/same.ts';
import { networkOfDevices } from '../config/topology-file.ts';
import { version } from '../version.ts';
import { calendarFrom } from './calendar.ts';
import { hostZone } from './host-zone.ts';
import type { LineHost } from './line-host.ts';

export interface Setup {
  readonly host: LineHost;
  readonly book: Book;
  readonly installation: Installation;
  readonly channels: readonly { readonly name: string; readonly address: Address }[];
  readonly world: World;
}

/** Answers what was wrong in the list of subscribers; what is sound is in force. */
export async function setUpLine(setup: Setup): Promise<readonly Problem[]> {
  const { host, book, installation, channels } = setup;
  const { config } = installation;
  await renewPolicy({ host, book, config });
  await enterRules(setup);
  await enterAutomations(setup);
  const problems = config.subscribers === undefined ? [] : await enterSubscribers(setup, config.subscribers);
  const zone = hostZone();
  const upTo = await book.factsNow();
  const table = await book.exportColumns({ channels, language: config.language, zone });
  await enterCalendar(setup, table);
  const isNew = await enterTopology(setup, table);
  await (isNew ? book.factsCovered(upTo) : book.servicesCovered(upTo));
  await enterStaff(setup);
  return problems;
}

/** After the configuration or the list of those who may sign in was changed. */
export async function renewPolicy({ host, book, config }: PolicyOf): Promise<void> {
  const policy = await host.contents.putJson(await policyOf({ book, config }));
  if (policy !== host.line.named.policy) await host.submit({ kind: 'policy', policy });
}

type PolicyOf = Pick<Setup, 'host' | 'book'> & { readonly config: Config };

/** With what the configuration cannot say: whether somebody works alone, and how old its sources are. */
async function policyOf({ book, config }: Pick<PolicyOf, 'book' | 'config'>): Promise<Policy> {
  const { policy, topology, subscribers } = config;
  const { notify } = policy;
  const isAlone = (await book.releasers()) < 2;
  const written = await Promise.all(
    [topology, subscribers].map(async (path) => {
      if (path === undefined || notify.inventory === undefined) return undefined;
      // One that cannot be read is told of elsewhere.
      return stat(path).then(
        ({ mtimeMs }) => instant(Math.floor(mtimeMs)),
        () => undefined,
      );
    }),
  );
  const writtenAt = written.reduce<Instant | undefined>(earliest, undefined);
  const inventory = notify.inventory === undefined ? undefined : { ...notify.inventory, writtenAt };
  return { ...policy, notify: { ...notify, isAlone, ...(inventory === undefined ? {} : { inventory }) } };
}

/** Rules that say too little to find causes by leave those in force. */
async function enterRules({ host, installation, world }: Setup): Promise<void> {
  const { correlation, inForce } = installation.rules;
  if (correlation === undefined) return;
  const rules = await host.contents.putRules(correlation, inForce);
  if (rules !== host.line.named.rules) await host.submit({ kind: 'ruleSet', rules, engine: version });
  const { config, ownRuleFolders } = installation;
  await new RuleHistory(config.data).entered(ownRuleFolders, world.now());
}

async function enterAutomations({ host, installation }: Setup): Promise<void> {
  const automations = await host.contents.putJson(installation.rules.automations);
  if (automations !== host.line.named.automations) await host.submit({ kind: 'automationSet', automations });
}

/** A list that cannot be read leaves those in force whom the book knows; at the very first start it is a failed start. */
async function enterSubscribers(
  { host, book, installation }: Setup,
  path: string,
): Promise<readonly Problem[]> {
  try {
    return await importSubscribers(book, path, installation.config);
  } catch (error) {
    if (!(error instanceof Fault) || host.line.named.subscribers === undefined) throw error;
    return [{ file: path, line: 0, column: 0, severity: 'error', code: error.code, message: error.message }];
  }
}

/**
 * Page by page, whatever the file's size; what was removed from it is removed from the book, for good. So a list with
 * lines that cannot be read removes nobody, and one that looks cut off is left to a person.
 */
async function importSubscribers(
  book: Book,
  path: string,
  { data, country }: Config,
): Promise<readonly Problem[]> {
  const kept = await readMapping(data, sourceNameOf(path));
  const { pages, problems } = openSubscribers(path, { country, ...kept });
  await book.beginImport('apply');
  for await (const rows of pages()) await book.importPage(rows);
  await endImport(book, problems.some(({ severity }) => severity === 'error') ? 'none' : 'few');
  return problems;
}

function openSubscribers(path: string, options: ListOptions): SubscriberPages {
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw new Fault('config/file-unreadable', `${path} cannot be read`, error);
  }
  return readSubscribers(createReadStream(path), path, options);
}

/** The book's subscribers changed: the line goes on with the same network and their new list; false where it is the one it has. */
export async function renewSubscribers(setup: Subscribed): Promise<boolean> {
  const { host, book, channels, language } = setup;
  const zone = hostZone();
  const upTo = await book.factsNow();
  const table = await book.exportColumns({ channels, language, zone });
  await enterCalendar(setup, table);
  const subscribers = await host.contents.put(encodeSubscribers(table));
  const { topology, topologyVersion, subscribers: old } = host.line.named;
  if (topology === undefined || subscribers === old) {
    await book.servicesCovered(upTo);
    return false;
  }
  await host.submit({ kind: 'topologyVersion', version: topologyVersion + 1, topology, subscribers });
  await book.factsCovered(upTo);
  return true;
}

/** Where subscribers come from and go to. */
export interface Subscribed extends Pick<Setup, 'host' | 'book' | 'channels' | 'world'> {
  readonly language: 'ru' | 'en';
}

async function enterCalendar(
  { host, world }: Pick<Setup, 'host' | 'world'>,
  table: SubscriberTable,
): Promise<void> {
  const calendar = await host.contents.putJson(calendarFrom(table.zones, world.now()));
  if (calendar !== host.line.named.calendar) await host.submit({ kind: 'calendar', calendar });
}

/** False where the line has both already, with what changed since beside them. */
async function enterTopology(setup: Setup, table: SubscriberTable): Promise<boolean> {
  const { host, installation } = setup;
  const { config } = installation;
  const { named } = host.line;
  const isUnreadable = config.topology !== undefined && installation.topology === undefined;
  if (isUnreadable && named.topology === undefined) {
    throw new Fault('config/topology-unreadable', `${config.topology} holds no topology that can be read`);
  }
  // A file that cannot be read leaves the network in force that the line knows.
  const topology = isUnreadable ? named.topology! : await enterNetwork(setup);
  const subscribers = await host.contents.put(encodeSubscribers(table));
  if (topology === named.topology && subscribers === named.subscribers) return false;
  const version = named.topologyVersion + 1;
  await host.submit({ kind: 'topologyVersion', version, topology, subscribers });
  return true;
}

/** Answers the hash of the configured network; what the line holds already is not held twice. */
async function enterNetwork({ host, installation }: Setup): Promise<string> {
  const { config, topology } = installation;
  const network = topology?.network ?? networkOfDevices(config.devices);
  const put = await host.contents.putTopology(network, topology?.sha256);
  topology?.adopt(put.network);
  return put.sha256;
}

/** Who is no longer listed is off duty: what they had not begun is shared out anew. */
async function enterStaff({ host, installation }: Setup): Promise<void> {
  const known = new Map(host.line.staff.map((staff) => [staff.id, staff]));
  for (const { name: _name, ...staff } of installation.config.staff) {
    if (!saysSame(known.get(staff.id), staff)) await host.submit({ kind: 'staffChange', staff });
    known.delete(staff.id);
  }
  for (const staff of known.values()) {
    if (staff.state !== 'off') await host.submit({ kind: 'staffChange', staff: { ...staff, state: 'off' } });
  }
}
