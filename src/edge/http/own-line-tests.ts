/** Line tests that subscribers start on their page: a few a minute, one at a time, the last result kept for a while. */
import type { Instant } from '../../base/instant.ts';
import { SourceRates } from '../../base/source-rates.ts';
import type { SubscriberKey } from '../../model/ids.ts';
import type { MetricReading } from '../../model/reading.ts';
import type { LineVerdict } from './outside-port.ts';
import type { FrontPorts } from './ports.ts';
import type { PartState, Verdict } from './request-words.ts';

export interface OwnLineTest {
  readonly at: Instant;
  readonly verdict: Verdict | 'running' | 'refused';
  readonly parts: readonly LinePart[];
}

export interface LinePart {
  readonly part: 'node' | 'terminal' | 'light';
  readonly says: PartState;
  readonly dBm?: number | undefined;
}

/** A test polls a device: it is not for impatience. */
const often = { burst: 2, perSecond: 1 / 60, mostSources: 65_536 };
const mostKept = 4_096;
const keptMs = 15 * 60_000;
/** Whoever sent the form waits so long for the verdict; after that the page says that it is under way. */
const waitMs = 6_000;
/** Receivers of G.984.2 class B+ and C+ work from -27 to -8 dBm, with a dB to spare. */
const weakBelowDbm = -27;
const strongAboveDbm = -8;

export class OwnLineTests {
  readonly #ports: FrontPorts;
  readonly #rates = new SourceRates(often);
  readonly #kept = new Map<SubscriberKey, OwnLineTest>();
  #refused = 0;

  constructor(ports: FrontPorts) {
    this.#ports = ports;
  }

  get refused(): number {
    return this.#refused;
  }

  /** The last one of this subscriber, while it says something about now. */
  of(subscriber: SubscriberKey): OwnLineTest | undefined {
    const test = this.#kept.get(subscriber);
    return test === undefined || this.#ports.world.now() - test.at > keptMs ? undefined : test;
  }

  /** Resolves when there is a verdict, or after a few seconds. */
  async start(subscriber: SubscriberKey, resource: string | undefined): Promise<void> {
    const { world } = this.#ports;
    const at = world.now();
    if (this.of(subscriber)?.verdict === 'running') return;
    const mayAsk = resource !== undefined && this.#rates.take(String(subscriber), world.monotonicMs());
    const asked = mayAsk ? this.#ports.testLine(resource) : undefined;
    if (asked === undefined || 'reason' in asked) {
      this.#refused++;
      // What is known from a minute ago says more than that nothing new is.
      if (this.of(subscriber) === undefined) this.#keep(subscriber, { at, verdict: 'refused', parts: [] });
      return;
    }
    this.#keep(subscriber, { at, verdict: 'running', parts: [] });
    const done = asked.verdict
      .then(async (seen) => {
        const parts = await this.#measured(seen);
        this.#keep(subscriber, { at: world.now(), verdict: verdictOf(seen, parts), parts });
      })
      .catch((error: unknown) => {
        world.log.warn('a line test was lost', { error: String(error) });
        this.#keep(subscriber, { at, verdict: 'unknown', parts: [] });
      });
    await Promise.race([done, new Promise<void>((resolve) => void world.after(waitMs as never, resolve))]);
  }

  #keep(subscriber: SubscriberKey, test: OwnLineTest): void {
    this.#kept.delete(subscriber);
    this.#kept.set(subscriber, test);
    if (this.#kept.size > mostKept) this.#kept.delete(this.#kept.keys().next().value!);
  }

  /** Only what was measured is said. */
  async #measured({ state, device, object }: LineVerdict): Promise<readonly LinePart[]> {
    if (device === undefined) return [];
    const [view, reading] = await Promise.all([
      this.#ports.query.device(device),
      this.#ports.query.reading(device),
    ]);
    const node: LinePart[] =
      view?.state === 'answers' || view?.state === 'silent' ? [{ part: 'node', says: view.state }] : [];
    const terminal: LinePart[] =
      state === 'unknown' ? [] : [{ part: 'terminal', says: state === 'alive' ? 'answers' : 'lost' }];
    const level =
      state === 'alive' ? reading?.readings.find((one) => isLevelAt(one, object))?.value : undefined;
    const light: LinePart[] =
      typeof level === 'number' ? [{ part: 'light', says: lightIs(level), dBm: level }] : [];
    return [...node, ...terminal, ...light];
  }
}

const isLevelAt = ({ metric, object: at }: MetricReading, object: string | undefined): boolean =>
  metric === 'optical.rx' && at === object;

const lightIs = (dBm: number): PartState =>
  dBm < weakBelowDbm ? 'weak' : dBm > strongAboveDbm ? 'strong' : 'good';

function verdictOf({ state, cause }: LineVerdict, parts: readonly LinePart[]): Verdict {
  if (state === 'alive' && parts.some(({ part, says }) => part === 'light' && says !== 'good')) return 'poor';
  if (state !== 'down') return state;
  return cause === 'LOS' ? 'dark' : cause === 'DYING_GASP' ? 'power' : 'down';
}
