/** What happens without any fault: customers switch off, fans wear, rain falls, pollers and receivers pause. */

import { instant } from '../../base/instant.ts';
import { resourceId } from '../../model/ids.ts';
import type { PlannedWorks } from '../../topology/topology.ts';
import { hour, minute, second } from './chance.ts';
import type { Cause } from './lines.ts';
import type { Scene } from './scene.ts';

/** Every noise has a number; its raises are owned by -1 less that number. */
export class NoiseLog {
  count = 0;
  /** Looks exactly like a fault, whatever was heard of it. */
  readonly tolerated = new Set<number>();
  /** Hidden under a fault: never judged. */
  readonly covered = new Set<number>();

  next(isTolerated: boolean): number {
    if (isTolerated) this.tolerated.add(this.count);
    return this.count++;
  }
}

interface Noise {
  readonly scene: Scene;
  readonly log: NoiseLog;
  /** Multiplies everything but the pauses of the centre's own programs. */
  readonly strength: number;
  readonly lengthMs: number;
  readonly from: number;
}

export function makeNoise(noise: Noise): void {
  switchOffs(noise);
  wear(noise);
  rain(noise);
  if (noise.strength > 0) rebootWaves(noise);
  pauses(noise);
}

/** 0.004 an hour at night to 0.04 in the evening, for each terminal. */
function switchOffsPerHour(at: number): number {
  const clock = (at / hour) % 24;
  const evening = Math.exp(-(((clock - 20.5) / 2.6) ** 2));
  const morning = 0.25 * Math.exp(-(((clock - 8) / 1.5) ** 2));
  return 0.004 + 0.036 * Math.min(1, evening + morning);
}

function switchOffs({ scene, log, strength, lengthMs }: Noise): void {
  const { plant, chance, agenda, terminals } = scene;
  const leaves = plant.ofKind('ont', 'modem', 'dsl-line');
  const most = 0.04 * strength * leaves.length;
  if (most <= 0) return;
  const next = (from: number): void => {
    const at = from + chance.exponential(hour / most);
    if (at >= lengthMs) return;
    agenda.enter(at, () => {
      if (chance.happens(switchOffsPerHour(at) / 0.04)) {
        const leaf = chance.pick(leaves);
        // Modems and telephone lines are switched off less often: they carry the telephone too.
        const isKept = plant.kinds[leaf] !== 'ont' && chance.happens(0.7);
        if (terminals.isLit(leaf) && !isKept) {
          const number = log.next(false);
          terminals.hold(leaf, { by: 'off', number, at });
          const backAt = at + Math.max(20 * second, chance.lognormal(22 * minute, 1));
          agenda.enter(backAt, () => terminals.release(leaf, { by: 'off', number, at: backAt }));
        }
      }
      next(at);
    });
  };
  next(0);
}

const wearing: readonly (readonly [Cause, readonly string[], number])[] = [
  ['FAN_FAIL', ['olt', 'aggregation', 'cmts'], 1],
  ['HIGH_TEMP', ['olt', 'aggregation', 'dslam'], 1],
  ['OPTICS_BIAS', ['pon-port'], 2],
  ['CRC_ERRORS', ['dsl-line', 'modem'], 4],
  ['DEGRADED', ['ont', 'dsl-line'], 4],
  ['BGP_DOWN', ['bng'], 0.5],
];

function wear({ scene, log, strength, lengthMs }: Noise): void {
  const { plant, chance, agenda, watch } = scene;
  const perDay = 60 * (plant.ofKind('ont').length / 90_000) * strength;
  const count = Math.round(perDay * (lengthMs / (24 * hour)) * chance.between(0.8, 1.2));
  for (let i = 0; i < count; i++) {
    const [cause, kinds] = chance.weighted(wearing.map((entry) => [entry, entry[2]] as const));
    const all = plant.ofKind(chance.pick(kinds));
    if (all.length === 0) continue;
    const resource = chance.pick(all);
    const device = plant.heads[resource]! < 0 ? resource : plant.heads[resource]!;
    const startAt = chance.between(0, lengthMs * 0.97);
    agenda.enter(startAt, (at) => {
      if (watch.isOn(resource, cause)) return;
      const owner = -1 - log.next(true);
      watch.set({ resource, cause, device }, { isOn: true, owner, at });
      const backAt = at + Math.max(minute, chance.lognormal(40 * minute, 0.9));
      agenda.enter(backAt, () => watch.set({ resource, cause, device }, { isOn: false, owner, at: backAt }));
    });
  }
}

/** Copper gets worse everywhere at once, a few lines in a hundred, and dries again. */
function rain({ scene, log, strength, lengthMs }: Noise): void {
  const { plant, chance, agenda, watch } = scene;
  const days = lengthMs / (24 * hour);
  const showers = Math.max(1, Math.round(days * chance.between(0.3, 1)));
  for (let shower = 0; shower < showers; shower++) {
    const startAt = chance.between(0, lengthMs * 0.85);
    const length = chance.between(30 * minute, 3 * hour);
    for (const line of plant.ofKind('dsl-line')) {
      if (!chance.happens(Math.min(0.2, 0.02 * strength))) continue;
      const device = plant.heads[line]!;
      agenda.enter(startAt + chance.between(0, length), (at) => {
        if (watch.isOn(line, 'CRC_ERRORS') || watch.isOn(line, 'DEGRADED')) return;
        const owner = -1 - log.next(true);
        watch.set({ resource: line, cause: 'CRC_ERRORS', device }, { isOn: true, owner, at });
        const dryAt = startAt + length + chance.between(0, hour);
        agenda.enter(dryAt, () =>
          watch.set({ resource: line, cause: 'CRC_ERRORS', device }, { isOn: false, owner, at: dryAt }),
        );
      });
    }
  }
}

/** New software for terminals: port after port they restart, announced as works on the head. */
function rebootWaves({ scene, log, lengthMs, from }: Noise): void {
  const { plant, chance, agenda, terminals, breakage } = scene;
  const waves = Math.max(1, Math.round((lengthMs / (24 * hour)) * 2));
  for (let wave = 0; wave < waves; wave++) {
    const head = chance.pick(plant.ofKind('olt'));
    const startAt = chance.between(lengthMs * 0.02, lengthMs * 0.9);
    const leaves = breakage.leavesOf(head);
    const perLeaf = Math.min(2 * second, (40 * minute) / Math.max(1, leaves.length));
    const number = log.next(true);
    for (const [place, leaf] of leaves.entries()) {
      agenda.enter(startAt + place * perLeaf, (at) => {
        if (!terminals.isLit(leaf)) return;
        terminals.hold(leaf, { by: 'off', number, at });
        const backAt = at + chance.whole(50, 140) * second;
        agenda.enter(backAt, () => terminals.release(leaf, { by: 'off', number, at: backAt }));
      });
    }
    const works: PlannedWorks = {
      id: `works-sw-${wave + 1}`,
      resources: [resourceId(plant.ids[head]!)],
      from: instant(Math.round(from + startAt - 10 * minute)),
      to: instant(Math.round(from + startAt + leaves.length * perLeaf + 30 * minute)),
      announcedAt: instant(Math.round(from + startAt - chance.whole(24, 120) * hour)),
    };
    plant.planned.push(works);
  }
}

/** The centre's own programs: a receiver of traps restarts, a poller hangs. */
function pauses({ scene, lengthMs }: Noise): void {
  const { plant, chance, agenda, watch, voice } = scene;
  for (const collector of plant.ofKind('collector')) {
    for (let at = chance.exponential(14 * hour); at < lengthMs; at += chance.exponential(14 * hour)) {
      agenda.enter(at, () => voice.receiverAway.set(collector, at + chance.whole(8, 60) * second));
    }
    for (let at = chance.exponential(30 * hour); at < lengthMs; at += chance.exponential(30 * hour)) {
      agenda.enter(at, () => watch.stopPoller(collector, at + chance.whole(4, 20) * minute));
    }
  }
}
