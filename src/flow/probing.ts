/**
 * The probing loop of a collector: each probe at its own moment of its interval, the DNS platform in rounds. Samples go
 * to the series, outcomes to `detect`; as of the measuring loop only observations leave it, and nothing is journaled.
 */
import { type DurationMs, milliseconds } from '../base/instant.ts';
import { spreadHash } from '../base/random.ts';
import type { Wake, World } from '../base/world.ts';
import { DnsDetection, ProbeDetection } from '../detect/detect.ts';
import type { DnsOutcome, DnsPlatform, DnsQuestion, DnsView } from '../model/dns.ts';
import type { ResourceId } from '../model/ids.ts';
import type { Observation } from '../model/observation.ts';
import type { Probe, ProbeOutcome } from '../model/probe.ts';
import { type DnsStatistics, dnsRound } from './dns-round.ts';
import { type ProbeSample, probeSamples, roundSamples } from './probe-samples.ts';
import type { SeriesId, SeriesStore } from './series.ts';

/** What sends; neither call rejects. */
export interface Prober {
  probe(probe: Probe): Promise<ProbeOutcome>;
  ask(question: DnsQuestion): Promise<DnsOutcome>;
  /** A resolver's own counters by rcode; undefined when they cannot be read. */
  statistics(from: DnsStatistics): Promise<Readonly<Record<string, number>> | undefined>;
}

export interface ProbingOptions {
  readonly world: World;
  readonly prober: Prober;
  readonly series: SeriesStore;
  /** What finds no room comes again with the next reconciliation (design L11). */
  readonly offer: (observation: Observation) => void;
}

export interface ProbingPlan {
  readonly probes: readonly Probe[];
  readonly dns: DnsPlatform | undefined;
}

/** Probes under way at once. */
const mostAtOnce = 64;
/** The first answers come soon, so that a start shows something. */
const firstRoundMs = 2_000;

interface Task {
  /** What it was made from. */
  readonly from: unknown;
  readonly run: () => Promise<void>;
  wake: Wake;
}

export class Probing {
  readonly #options: ProbingOptions;
  readonly #probes = new ProbeDetection();
  #dns: { readonly platform: DnsPlatform; readonly detection: DnsDetection } | undefined;
  readonly #tasks = new Map<string, Task>();
  readonly #busy = new Set<string>();
  /** Tasks whose turn has come and that wait for a place, each once. */
  readonly #queue = new Map<string, Task>();
  #ids = new Map<string, SeriesId>();
  readonly #counters = { probesSent: 0, probesFailed: 0, probesSkipped: 0, dnsRounds: 0, dnsQuestions: 0 };

  constructor(options: ProbingOptions) {
    this.#options = options;
  }

  get counters(): Readonly<Record<string, number>> {
    return { ...this.#counters, ...this.#probes.counts };
  }

  /** Undefined without a DNS platform; its lists are empty before the first round. */
  get dnsView(): DnsView | undefined {
    if (this.#dns === undefined) return undefined;
    return this.#dns.detection.view ?? { at: undefined, resolvers: [], zones: [], findings: [] };
  }

  /** From now on these; a probe that did not change keeps its turn. Answers resources nobody judges any longer. */
  use({ probes, dns }: ProbingPlan, isSame: (a: unknown, b: unknown) => boolean): readonly ResourceId[] {
    const before = this.active().watches;
    const wanted = new Map<string, unknown>(probes.map((probe) => [probe.id, probe]));
    for (const [id, task] of this.#tasks) {
      if (id === dnsTask || isSame(wanted.get(id), task.from)) continue;
      task.wake.cancel();
      this.#tasks.delete(id);
      this.#probes.forget(id);
    }
    for (const probe of probes) {
      if (!this.#tasks.has(probe.id))
        this.#begin(probe.id, { from: probe, everyMs: probe.everyMs, run: () => this.#probe(probe) });
    }
    this.#useDns(dns, isSame);
    // What is no longer probed leaves no numbers behind; the series of the others are asked for once more.
    this.#ids = new Map();
    const watched = new Set(this.active().watches);
    return before.filter((resource) => !watched.has(resource));
  }

  /** Every resource that is judged, and what holds of it (design L11). */
  active(): { readonly watches: readonly ResourceId[]; readonly active: readonly Observation[] } {
    const [probes, dns] = [this.#probes.active(), this.#dns?.detection.active()];
    return {
      watches: [...new Set([...probes.watches, ...(dns?.watches ?? [])])],
      active: [...probes.active, ...(dns?.active ?? [])],
    };
  }

  stop(): void {
    for (const task of this.#tasks.values()) task.wake.cancel();
    this.#tasks.clear();
    this.#queue.clear();
  }

  #useDns(dns: DnsPlatform | undefined, isSame: (a: unknown, b: unknown) => boolean): void {
    if (isSame(dns, this.#dns?.platform)) return;
    this.#tasks.get(dnsTask)?.wake.cancel();
    this.#tasks.delete(dnsTask);
    this.#dns = undefined;
    if (dns === undefined) return;
    const now = { platform: dns, detection: new DnsDetection(dns) };
    this.#dns = now;
    this.#begin(dnsTask, { from: dns, everyMs: dns.everyMs, run: () => this.#round(now) });
  }

  /** Soon once, then at a moment of the interval that its id gives it, so that many probes are no burst. */
  #begin(
    id: string,
    what: { readonly from: unknown; readonly everyMs: DurationMs; readonly run: () => Promise<void> },
  ): void {
    const { world } = this.#options;
    const { from, everyMs, run } = what;
    const turn = (): void => this.#turn(id, task);
    const spread = spreadHash(id);
    const task: Task = {
      from,
      run,
      wake: world.after(milliseconds(spread % Math.min(firstRoundMs, everyMs)), () => {
        task.wake = world.after(milliseconds(1 + (spread % everyMs)), () => {
          task.wake = world.every(everyMs, turn);
          turn();
        });
        turn();
      }),
    };
    this.#tasks.set(id, task);
  }

  /** Who comes while all places are taken waits in line, once. */
  #turn(id: string, task: Task): void {
    if (this.#busy.has(id) || this.#queue.has(id)) this.#counters.probesSkipped++;
    else if (this.#busy.size >= mostAtOnce) this.#queue.set(id, task);
    else this.#run(id, task);
  }

  #run(id: string, task: Task): void {
    this.#busy.add(id);
    task
      .run()
      .catch((error: unknown) =>
        this.#options.world.log.error('a probe could not be taken in', { probe: id, error: String(error) }),
      )
      .finally(() => {
        this.#busy.delete(id);
        this.#next();
      });
  }

  #next(): void {
    for (const [id, task] of this.#queue) {
      this.#queue.delete(id);
      // It may have been taken off the plan while it waited.
      if (this.#tasks.get(id) !== task) continue;
      this.#run(id, task);
      return;
    }
  }

  async #probe(probe: Probe): Promise<void> {
    const { prober, world } = this.#options;
    const outcome = await prober.probe(probe);
    // What was asked before a change says nothing of what is asked now.
    if (this.#tasks.get(probe.id)?.from !== probe) return;
    const at = world.now();
    this.#counters.probesSent++;
    if (outcome.fault !== undefined) this.#counters.probesFailed++;
    this.#tell(this.#probes.take(probe, outcome, at));
    await this.#store(probeSamples(probe, outcome, at), at);
  }

  async #round(now: { readonly platform: DnsPlatform; readonly detection: DnsDetection }): Promise<void> {
    const { prober, world } = this.#options;
    const ask = (question: DnsQuestion): Promise<DnsOutcome> => {
      this.#counters.dnsQuestions++;
      return prober.ask(question);
    };
    const freshLabel = (): string =>
      Array.from(world.randomBytes(8), (byte) => (byte % 36).toString(36)).join('');
    const round = await dnsRound(
      { platform: now.platform, ask, freshLabel, statistics: prober.statistics },
      world.now(),
    );
    if (this.#dns !== now) return;
    this.#counters.dnsRounds++;
    this.#tell(now.detection.take(round));
    await this.#store(roundSamples(round), round.at);
  }

  #tell(observations: readonly Observation[]): void {
    for (const observation of observations) this.#options.offer(observation);
  }

  async #store(samples: readonly ProbeSample[], at: number): Promise<void> {
    if (samples.length === 0) return;
    const { series } = this.#options;
    const nameOf = ({ resource, metric }: ProbeSample): string => `${resource} ${metric}`;
    const known = this.#ids;
    const unknown = samples.filter((sample) => !known.has(nameOf(sample)));
    if (unknown.length > 0) {
      const ids = await series.register(unknown);
      for (const [index, sample] of unknown.entries()) known.set(nameOf(sample), ids[index]!);
    }
    await series.append({
      series: Uint32Array.from(samples, (sample) => known.get(nameOf(sample))!),
      times: new Float64Array(samples.length).fill(at),
      values: Float64Array.from(samples, ({ value }) => value),
    });
  }
}

/** No id of a probe: those have no space. */
const dnsTask = 'the dns platform';
