/** Publishes what changed of outages for other systems, by the clock and not by who asks: a message is there before it is asked for. */
import { type DurationMs, seconds } from '../../base/instant.ts';
import type { Wake } from '../../base/world.ts';
import { newAlerts } from './outage-alert.ts';
import type { FrontPorts } from './ports.ts';

/** What comes and goes within it is no message. */
const every: DurationMs = seconds(5);
/** So often also where the line changed nothing: works end and begin by the clock. */
const anywayMs = 60_000;

type Needed = Pick<FrontPorts, 'areas' | 'world' | 'publicUrl' | 'demo' | 'live'>;

export class AlertLog {
  readonly #ports: Needed;
  readonly counters = { publicAlertsSent: 0, publicAlertsFailed: 0 };
  readonly #timer: Wake;
  #turn: Promise<void> | undefined;
  /** Of the line, when all was published last. */
  #sequence = -1;
  #publishedMs = 0;

  constructor(ports: Needed) {
    this.#ports = ports;
    this.#timer = ports.world.every(every, () => {
      const { live, world } = this.#ports;
      if (live.sequence === this.#sequence && world.monotonicMs() - this.#publishedMs < anywayMs) return;
      this.#turn ??= this.#publish().finally(() => {
        this.#turn = undefined;
      });
    });
  }

  /** What could not be read or kept is published by the next turn. */
  async #publish(): Promise<void> {
    const { areas, world, publicUrl, demo, live } = this.#ports;
    const { sequence } = live;
    try {
      const news = await areas.news();
      // Without a network nothing is known, and nothing is over.
      if (news.areas.size === 0) return;
      const edition = { news, at: world.now(), language: 'en' } as const;
      const alerts = newAlerts(edition, await areas.alerts(), {
        url: publicUrl,
        isExercise: demo !== undefined,
      });
      if (alerts.length > 0) await areas.keepAlerts(alerts);
      this.counters.publicAlertsSent += alerts.length;
      this.#sequence = sequence;
      this.#publishedMs = world.monotonicMs();
    } catch (cause) {
      this.counters.publicAlertsFailed++;
      world.log.warn('messages about outages could not be published', { cause: String(cause) });
    }
  }

  async close(): Promise<void> {
    this.#timer.cancel();
    await this.#turn;
  }
}
