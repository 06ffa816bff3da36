/** Brings what single subscribers change to the line at once: who withdrew, came back, or cannot be reached there any more. */
import { seconds } from '../../base/instant.ts';
import type { Wake, World } from '../../base/world.ts';
import { hostZone } from './host-zone.ts';
import { renewSubscribers, type Subscribed } from './setup.ts';

/** One input of the journal, some 90 bytes each. */
const atOnce = 500;
/** With more beside its columns the line is given new ones. */
const mostBeside = 100_000;
const pause = seconds(1);

/** New columns between two lists: at most so much of the time goes into them. */
const shareOfRenewing = 0.05;

export class FactsFeed {
  readonly #to: () => Subscribed;
  #notBeforeMs = 0;

  constructor(to: () => Subscribed) {
    this.#to = to;
  }

  /** Answers whether there may be more; alone with everything else that gives the line subscribers. */
  async tell(): Promise<boolean> {
    const to = this.#to();
    const { book, host, channels, language, world } = to;
    const { count, services } = await book.factsNow();
    const isMuch = count > mostBeside || services > 0;
    if (isMuch && world.monotonicMs() >= this.#notBeforeMs) {
      const beganMs = world.monotonicMs();
      const isNew = await renewSubscribers(to);
      this.#notBeforeMs = world.monotonicMs() + (world.monotonicMs() - beganMs) / shareOfRenewing;
      // Columns that are as before cover nothing of what stands beside them.
      if (isNew) return true;
    }
    const zone = hostZone();
    const { facts, upTo, ...named } = await book.changedFacts({ channels, language, zone, limit: atOnce });
    if (facts.length === 0) return false;
    await host.submit({ kind: 'subscriberFacts', channels: named.channels, facts });
    await book.factsTold(upTo);
    return true;
  }
}

/** A failure is logged, and the same is tried again. */
export function feedFacts(world: World, tell: () => Promise<boolean>): { stop(): void } {
  let isStopped = false;
  let wake: Wake | undefined;
  const run = async (): Promise<void> => {
    try {
      while (!isStopped && (await tell()));
    } catch (error) {
      if (!isStopped) world.log.warn('the line does not know yet who changed', { error: String(error) });
    }
    if (!isStopped) wake = world.after(pause, () => void run());
  };
  void run();
  return {
    stop() {
      isStopped = true;
      wake?.cancel();
    },
  };
}
