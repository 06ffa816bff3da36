/** How each device and its collector behave: vendor habits, poll rounds, clocks; drawn once for each device. */
import { type Chance, hour, minute, second } from './chance.ts';
import type { Plant } from './plant/plant.ts';

export interface Habits {
  readonly collector: number;
  readonly pollEveryMs: number;
  readonly pollPhaseMs: number;
  /** Device clock less true time, ms. */
  readonly clockMs: number;
  /** Says LOS where others say dying gasp. */
  readonly knowsNoGasp: boolean;
  /** The poller raises UNREACHABLE also for what a trap has told. */
  readonly pollsToo: boolean;
  /** A port without any terminal raises PORT_LOS. */
  readonly tellsPortLos: boolean;
  /** After a reload every terminal that is not back yet is raised and cleared. */
  readonly tellsAllAfterReload: boolean;
  /** The poller writes what it saw alive on ports where something changed. */
  readonly givesProof: boolean;
  /** The poller ends what it knows with `alive` instead of a clear. */
  readonly endsByProof: boolean;
  /** The poller writes `unknown` for all below when the device does not answer. */
  readonly tellsUnknown: boolean;
  /** What a dead card leaves: every terminal by trap, by the next poll, or only the card itself. */
  readonly cardLeaves: 'trap' | 'poll' | 'mute';
  /** How it tells: by trap, by syslog, or the same by both. */
  readonly tellsBy: 'trap' | 'syslog' | 'both';
  /** Alarms a device can send in a second. */
  readonly perSecond: number;
}

export function habitsOf(
  plant: Plant,
  { skewMs, chance }: { skewMs: number; chance: Chance },
): Map<number, Habits> {
  const rounds = new Map(
    plant.ofKind('collector').map((collector) => [collector, chance.pick([60, 60, 120, 180, 300]) * second]),
  );
  const found = new Map<number, Habits>();
  for (let device = 0; device < plant.count; device++) {
    const collector = plant.parents.collector[device]!;
    if (collector < 0) continue;
    const pollEveryMs = rounds.get(collector)!;
    found.set(device, {
      collector,
      pollEveryMs,
      pollPhaseMs: chance.whole(0, pollEveryMs - 1),
      clockMs: clockError(skewMs, chance),
      knowsNoGasp: chance.happens(0.05),
      pollsToo: chance.happens(0.1),
      tellsPortLos: chance.happens(0.75),
      tellsAllAfterReload: chance.happens(0.5),
      givesProof: chance.happens(0.45),
      endsByProof: chance.happens(0.5),
      tellsUnknown: chance.happens(0.3),
      cardLeaves: chance.weighted([
        ['trap', 4],
        ['poll', 3],
        ['mute', 3],
      ]),
      tellsBy: chance.weighted([
        ['trap', 88],
        ['syslog', 6],
        ['both', 6],
      ]),
      perSecond: chance.whole(150, 900),
    });
  }
  return found;
}

/** Normal, and one device in a hundred minutes or hours off or in another time zone. */
function clockError(skewMs: number, chance: Chance): number {
  const usual = Math.round(skewMs * chance.normal());
  if (skewMs <= 0 || !chance.happens(0.01)) return usual;
  const wrong = chance.pick([
    chance.whole(1, 50) * minute,
    chance.whole(1, 11) * hour,
    3 * hour,
    chance.whole(60, 86_400) * second,
  ]);
  return usual + (chance.happens(0.5) ? wrong : -wrong);
}
