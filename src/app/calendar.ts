/** Calendar jobs: what happens once a day at a chosen hour. The only place that uses node-cron. */
import { schedule } from 'node-cron';
import { instant } from '../base/instant.ts';
import type { World } from '../base/world.ts';
import type { Book } from '../edge/book/book.ts';
import type { SeriesStore } from '../flow/series.ts';
import { feedFacts } from './center/facts-feed.ts';
import type { LineHost } from './center/line-host.ts';
import type { Config } from './config/config.ts';

/** Retention runs at 03:20, between the evening's peak and the morning's reports. */
const retentionAt = '20 3 * * *';

export function startJobs(options: {
  readonly book: Book;
  readonly series: SeriesStore;
  readonly line: LineHost;
  readonly config: Config;
  readonly world: World;
  /** Tells the line whose facts changed. */
  readonly facts: () => Promise<boolean>;
}): { stop(): void } {
  const { book, series, line, config, world } = options;
  const facts = feedFacts(world, options.facts);
  const retention = async (): Promise<void> => {
    const before = instant(world.now() - config.series.retentionMs);
    const days = await series.dropBefore(before, instant(world.now() - config.series.hoursMs));
    const links = await book.forgetExpired(world.now());
    const segments = await line.trimJournal();
    world.log.info('retention ran', { seriesDays: days, links, segments });
  };
  const job = schedule(
    retentionAt,
    () =>
      retention().catch((error: unknown) => {
        world.log.error('retention failed', { error: String(error) });
      }),
    { noOverlap: true },
  );
  return {
    stop() {
      facts.stop();
      void job.stop();
    },
  };
}
