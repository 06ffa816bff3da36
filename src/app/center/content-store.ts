/** Contents named by hash, parsed and resident while the line may ask for them; the bytes lie on disk for ever (design L7). */
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AutomationSet } from '../../automate/automate.ts';
import { completed } from '../../base/completed.ts';
import { Fault } from '../../base/fault.ts';
import type { CorrelationRules } from '../../correlate/correlate.ts';
import { type Contents as ContentFiles, hashOf } from '../../edge/disk/contents.ts';
import type { Contents } from '../../flow/contents.ts';
import type { Input } from '../../flow/input.ts';
import type { NamedContents } from '../../flow/rooms.ts';
import type { Calendar } from '../../model/calendar.ts';
import type { Policy } from '../../model/policy.ts';
import {
  decodeSubscribers,
  decodeTopology,
  isStoredTopology,
  type SubscriberTable,
  Topology,
  TopologyReader,
  topologyPieces,
} from '../../topology/topology.ts';
import { defaultPolicy } from '../config/policy.ts';

/** Two topology versions are resident (design L6); policies and calendars are small. */
const residentBig = 2;
const residentSmall = 8;
const ruleSetFormat = 'allclear-rules/2';

/** The hashes behind a topology version, kept so that ranges of an older version can still be resolved. */
export interface TopologyVersion {
  readonly version: number;
  readonly topology: string;
  readonly subscribers: string;
}

export class ContentStore implements Contents {
  readonly #files: ContentFiles;
  readonly #versionsFile: string;
  readonly #topologies = new Map<string, Topology>();
  readonly #subscribers = new Map<string, SubscriberTable>();
  readonly #policies = new Map<string, Policy>();
  readonly #calendars = new Map<string, Calendar>();
  readonly #rules = new Map<string, CorrelationRules>();
  readonly #automations = new Map<string, AutomationSet>();
  readonly #shipped: CorrelationRules;

  /** `shipped` are the rules of the program: in force until the journal names others. */
  constructor(files: ContentFiles, folder: string, shipped: CorrelationRules) {
    this.#files = files;
    this.#shipped = shipped;
    this.#versionsFile = join(folder, 'topology-versions.ndjson');
  }

  /** A line a version; a torn last line was never used by a durable input. */
  async version(version: number): Promise<TopologyVersion | undefined> {
    const lines = (await readFile(this.#versionsFile, 'utf8')).split('\n');
    const known = lines.flatMap((line) => {
      try {
        return [JSON.parse(line) as TopologyVersion];
      } catch {
        return [];
      }
    });
    return known.findLast((one) => one.version === version);
  }

  topology(sha256: string): Topology {
    return resident(this.#topologies, sha256);
  }

  subscribers(sha256: string): SubscriberTable {
    return resident(this.#subscribers, sha256);
  }

  /** It is resident; a journal of another place may name one that is not here. */
  holdsSubscribers(sha256: string): boolean {
    return this.#subscribers.has(sha256);
  }

  policy(sha256: string): Policy {
    return resident(this.#policies, sha256);
  }

  calendar(sha256: string): Calendar {
    return resident(this.#calendars, sha256);
  }

  rules(sha256: string | undefined): CorrelationRules {
    return sha256 === undefined ? this.#shipped : resident(this.#rules, sha256);
  }

  automations(sha256: string): AutomationSet {
    return resident(this.#automations, sha256);
  }

  /** Makes the bytes durable and answers their hash. */
  put(bytes: Uint8Array): Promise<string> {
    return this.#files.put(bytes);
  }

  putJson(value: unknown): Promise<string> {
    return this.put(new TextEncoder().encode(JSON.stringify(value)));
  }

  /** What decides in the line is kept as it was compiled, beside the files as they were written. */
  putRules(correlation: CorrelationRules, files: readonly object[]): Promise<string> {
    return this.putJson({ format: ruleSetFormat, correlation, files });
  }

  /** The files of a rule set as they were written; none where it is not there. */
  async ruleFiles(sha256: string): Promise<readonly { readonly path: string; readonly text: string }[]> {
    const found = await this.#files.get(sha256);
    return found.kind === 'found'
      ? jsonFrom<{ files: { path: string; text: string }[] }>(found.bytes).files
      : [];
  }

  /** Makes the network durable and resident; answers the one that stands for that content from now on. */
  async putTopology(
    network: Topology,
    known?: string,
  ): Promise<{ readonly sha256: string; readonly network: Topology }> {
    const pieces = topologyPieces(network.columns);
    const sha256 = known ?? hashOf(pieces);
    const resident = this.#topologies.get(sha256);
    // One that is resident came from the disk or went there.
    if (resident === undefined) await this.#files.putPieces(pieces, sha256);
    const same = resident ?? network;
    hold(this.#topologies, { sha256, value: same, most: residentBig });
    return { sha256, network: same };
  }

  /** Loads what the input names, so that the line can be given it, and notes which topology version it is. */
  async load(input: Input): Promise<void> {
    await this.loadRecorded(input);
    if (input.kind !== 'topologyVersion') return;
    const { version, topology, subscribers } = input;
    const line = JSON.stringify({ version, topology, subscribers } satisfies TopologyVersion);
    await appendFile(this.#versionsFile, `${line}\n`, { flush: true });
  }

  /** Loads what the input names and writes nothing. */
  async loadRecorded(input: Input): Promise<void> {
    switch (input.kind) {
      case 'topologyVersion': {
        const { version, topology, subscribers } = input;
        return this.loadNamed({ topology, subscribers, topologyVersion: version });
      }
      case 'policy':
        return this.loadNamed({ topologyVersion: 0, policy: input.policy });
      case 'calendar':
        return this.loadNamed({ topologyVersion: 0, calendar: input.calendar });
      case 'ruleSet':
        return this.loadNamed({ topologyVersion: 0, rules: input.rules });
      case 'automationSet':
        return this.loadNamed({ topologyVersion: 0, automations: input.automations });
      default:
        return;
    }
  }

  async loadNamed(named: NamedContents): Promise<void> {
    const { topology, subscribers, policy, calendar, rules, automations } = named;
    if (topology !== undefined) await this.#keep(this.#topologies, topology, topologyFrom, residentBig);
    if (subscribers !== undefined) {
      await this.#keep(this.#subscribers, subscribers, decodeSubscribers, residentBig);
    }
    if (policy !== undefined) await this.#keep(this.#policies, policy, policyFrom, residentSmall);
    if (calendar !== undefined)
      await this.#keep(this.#calendars, calendar, jsonFrom<Calendar>, residentSmall);
    if (automations !== undefined)
      await this.#keep(this.#automations, automations, jsonFrom<AutomationSet>, residentSmall);
    if (rules !== undefined) await this.#keep(this.#rules, rules, this.#rulesFrom, residentSmall);
  }

  /**
   * Sets of earlier versions hold files alone, which did not decide in the line, or know less than is judged by now: that is
   * taken from the rules of the program, so that no share is missing.
   */
  readonly #rulesFrom = (bytes: Uint8Array): CorrelationRules => {
    const set = jsonFrom<{ readonly format: string; readonly correlation: CorrelationRules }>(bytes);
    return set.format === ruleSetFormat
      ? completed(set.correlation, this.#shipped, ['symptoms', 'resources'])
      : this.#shipped;
  };

  async #keep<T>(
    held: Map<string, T>,
    sha256: string,
    parse: (bytes: Uint8Array) => T,
    most: number,
  ): Promise<void> {
    const known = held.get(sha256);
    const value = known ?? parse(await this.#read(sha256));
    hold(held, { sha256, value, most });
  }

  async #read(sha256: string): Promise<Uint8Array> {
    const found = await this.#files.get(sha256);
    if (found.kind === 'found') return found.bytes;
    const why = found.kind === 'damaged' ? `${found.path} is damaged` : `${sha256} is not there`;
    throw new Fault('disk/content-missing', `the journal names a content that cannot be read: ${why}`);
  }
}

/** The newest use stands last, so that the first is the one to forget. */
function hold<T>(
  held: Map<string, T>,
  { sha256, value, most }: { readonly sha256: string; readonly value: T; readonly most: number },
): void {
  held.delete(sha256);
  held.set(sha256, value);
  if (held.size > most) held.delete(held.keys().next().value!);
}

function resident<T>(held: ReadonlyMap<string, T>, sha256: string): T {
  const value = held.get(sha256);
  if (value === undefined) throw new Fault('bug/content-not-loaded', `${sha256} was not loaded`);
  return value;
}

const jsonFrom = <T>(bytes: Uint8Array): T => JSON.parse(new TextDecoder().decode(bytes)) as T;

/** A guard that was switched off is not there, and stays off. */
const leastPolicy: Policy = { ...defaultPolicy, notify: { ...defaultPolicy.notify, quietHours: undefined } };
const policyFrom = (bytes: Uint8Array): Policy =>
  completed(jsonFrom<object>(bytes), leastPolicy, ['etr', 'quietHours']);

/** What entered once was checked then; problems do not change what the line makes of it. */
function topologyFrom(bytes: Uint8Array): Topology {
  if (isStoredTopology(bytes)) return new Topology(decodeTopology(bytes as Uint8Array<ArrayBuffer>));
  // The text of the file, as earlier versions kept it.
  const reader = new TopologyReader('topology');
  reader.read(bytes);
  return reader.end().value;
}
