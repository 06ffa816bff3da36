/** What a fault is while it is played, and the network it is played in. */
import type { Agenda } from './agenda.ts';
import type { Breakage } from './breakage.ts';
import type { Chance } from './chance.ts';
import type { Habits } from './habits.ts';
import type { Plant } from './plant/plant.ts';
import type { Reach } from './reach.ts';
import type { Telling, Terminals } from './terminals.ts';
import type { Voice } from './voice.ts';
import type { Watch } from './watch.ts';

export const faultKinds = [
  'drop',
  'splitter',
  'riser',
  'pon-port',
  'feeder',
  'card',
  'node-down',
  'house-power',
  'area-power',
  'site-power',
  'amplifier',
  'ingress',
  'water',
  'cable',
  'link',
  'duct',
  'service',
  'config',
  'flapping',
  'collector',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  readonly index: number;
  readonly kind: FaultKind;
  readonly variant?: string | undefined;
  readonly root: number;
  readonly startAt: number;
  endAt: number;
  readonly leavesSay: Telling;
  /** Terminals that lose service by it; those with a battery may not. */
  leaves: readonly number[];
  /** Heads that lose service by it. */
  readonly heads: Set<number>;
  /** Of `leaves`, those that a battery in the house carried to the end. */
  readonly spared: Set<number>;
  /** What stands for `leaves` in the truth. */
  readonly under: readonly number[];
  /** All that are equally right; the root and its kind among them. */
  readonly roots: Set<number>;
  readonly kinds: Set<FaultKind>;
  works?: string | undefined;
}

/** A fault that could be played: what it touches decides whether it may. */
export interface Draft {
  readonly kind: FaultKind;
  readonly variant?: string | undefined;
  readonly root: number;
  readonly startAt: number;
  readonly endAt: number;
  readonly leaves?: readonly number[] | undefined;
  readonly leavesSay?: Telling | undefined;
  readonly under?: readonly number[] | undefined;
  /** Resources, links and rings nobody else may touch from start to half an hour after the end. */
  readonly touches: readonly number[];
  /** Symptoms that would mix with its own: nobody else may be showing those, and these it shows. */
  readonly avoids?: Symptom | undefined;
  readonly shows?: Symptom | undefined;
  /** Heads that fall silent by it. */
  readonly silences?: readonly Silence[] | undefined;
  /** Enters its acts in the agenda. */
  readonly play: (fault: Fault) => void;
}

/** Of services for everybody, and of services of some heads. */
type Symptom = 'service' | 'config';

export interface Silence extends Moment {
  readonly head: number;
}

export interface Scene {
  readonly plant: Plant;
  readonly chance: Chance;
  readonly agenda: Agenda;
  readonly reach: Reach;
  readonly watch: Watch;
  readonly voice: Voice;
  readonly terminals: Terminals;
  readonly breakage: Breakage;
  readonly habits: ReadonlyMap<number, Habits>;
  readonly faults: Fault[];
}

export interface Moment {
  readonly startAt: number;
  readonly endAt: number;
}

/** A ring as something to touch. */
export const ringToken = (ring: number): number => -1 - ring;
