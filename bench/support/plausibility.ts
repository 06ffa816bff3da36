/** Do groups of alarms hold causes with their effects more often than chance would put them there? */
import type { Random } from '../../src/base/random.ts';
import type { RealNetwork } from './real-networks.ts';
import { neighboursOf } from './real-streams.ts';

const shuffles = 20;

/**
 * The share of alarms behind the first of their group that follow one of it which experts call their cause, on the same
 * device or next to it; and by how many standard deviations that exceeds the share when each device's types are dealt out
 * anew among its alarms. `groups` hold places in the network's list of alarms.
 */
export function plausibilityOf(
  network: RealNetwork,
  groups: readonly (readonly number[])[],
  random: Random,
): { readonly share: number; readonly byChance: number; readonly z: number } {
  const neighbours = neighboursOf(network);
  const near = new Map([...neighbours].map(([device, others]) => [device, new Set([device, ...others])]));
  const causes = new Set(network.causes.map(([cause, effect]) => `${cause} ${effect}`));
  const types = network.alarms.map(({ type }) => type);
  const onsets = groups.map((group) => onsetsOf(network, group)).filter(({ length }) => length > 1);
  const share = (of: readonly number[]): number => {
    let [all, caused] = [0, 0];
    for (const members of onsets) {
      members.forEach((effect, n) => {
        if (n === 0) return;
        all++;
        const around = near.get(network.alarms[effect]!.device)!;
        const isCaused = members
          .slice(0, n)
          .some(
            (cause) => around.has(network.alarms[cause]!.device) && causes.has(`${of[cause]} ${of[effect]}`),
          );
        if (isCaused) caused++;
      });
    }
    return all === 0 ? 0 : caused / all;
  };
  const dealt = Array.from({ length: shuffles }, () => share(dealtAnew(network, types, random)));
  const byChance = dealt.reduce((sum, one) => sum + one, 0) / shuffles;
  const spread = Math.sqrt(dealt.reduce((sum, one) => sum + (one - byChance) ** 2, 0) / (shuffles - 1));
  const real = share(types);
  return { share: real, byChance, z: spread === 0 ? 0 : (real - byChance) / spread };
}

/** A repeat tells nothing new, and of a large group the first say enough. */
function onsetsOf({ alarms }: RealNetwork, group: readonly number[]): readonly number[] {
  const seen = new Map<string, number>();
  for (const place of [...group].sort((a, b) => alarms[a]!.from - alarms[b]!.from || a - b)) {
    const key = `${alarms[place]!.device} ${alarms[place]!.type}`;
    if (!seen.has(key)) seen.set(key, place);
    if (seen.size >= 200) break;
  }
  return [...seen.values()];
}

function dealtAnew({ alarms }: RealNetwork, types: readonly number[], random: Random): readonly number[] {
  const places = new Map<number, number[]>();
  alarms.forEach(({ device }, place) => {
    const known = places.get(device);
    if (known === undefined) places.set(device, [place]);
    else known.push(place);
  });
  const dealt = [...types];
  for (const own of places.values()) {
    for (let n = own.length - 1; n > 0; n--) {
      const other = Math.floor(random.next() * (n + 1));
      [dealt[own[n]!], dealt[own[other]!]] = [dealt[own[other]!]!, dealt[own[n]!]!];
    }
  }
  return dealt;
}
