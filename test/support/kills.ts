/** Deaths of the centre while it tells people. */
import type { Random } from '../../src/base/random.ts';
import { type Daemon, until } from './daemon.ts';

/** Kills it so many times, each at a random moment of its share of the telling. */
export async function killWhileTelling(
  daemon: Daemon,
  {
    kills,
    homes,
    random,
    seed,
    told,
    withinMs,
  }: {
    readonly kills: number;
    readonly homes: number;
    readonly random: Random;
    readonly seed: number;
    readonly told: () => number;
    /** For each share. */
    readonly withinMs: number;
  },
): Promise<void> {
  for (let kill = 1; kill <= kills; kill++) {
    const enough = Math.floor(((kill - 1 + random.next()) * homes) / (kills + 1)) + 1;
    await until(`${enough} are told (seed ${seed})`, () => told() >= enough, withinMs);
    await daemon.kill('center');
  }
}
