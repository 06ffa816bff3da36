/**
 * Makes a network, plays labelled faults and noise in it, and writes down what a monitoring centre would have heard.
 * Invariants: what cannot speak is not heard; every raise belongs to one fault or one noise; the same options give the
 * same bytes. It knows the physics of networks and nothing of how causes are found.
 */
import type { TopologyDocument } from '../../topology/topology.ts';
import { Agenda } from './agenda.ts';
import { Breakage } from './breakage.ts';
import { Chance, hour } from './chance.ts';
import { habitsOf } from './habits.ts';
import { type AlarmLine, Lines } from './lines.ts';
import { makeNoise, NoiseLog } from './noise.ts';
import { placeFaults } from './placing.ts';
import { documentOf } from './plant/document.ts';
import { layPlant, misfile } from './plant/lay.ts';
import type { Plant } from './plant/plant.ts';
import type { Size } from './plant/shape.ts';
import { Reach } from './reach.ts';
import type { Fault, Scene } from './scene.ts';
import { Terminals } from './terminals.ts';
import { type Truth, truthOf } from './truth.ts';
import { Voice } from './voice.ts';
import { Watch } from './watch.ts';

export interface GenerateOptions {
  readonly seed: number;
  readonly size: Size;
  /** Share of traps lost on the way, in bursts; 0 to 0.6. */
  readonly loss?: number | undefined;
  /** Multiplies everything that is no fault; 0 switches it off. */
  readonly noise?: number | undefined;
  /** Standard deviation of device clocks, ms; one in a hundred is wrong by minutes or hours. */
  readonly skewMs?: number | undefined;
  /** Share of ONTs on a wrong splitter in the topology given; half as many are missing in it. */
  readonly topologyError?: number | undefined;
  readonly faultsPerKind?: number | undefined;
  /** Pairs of cuts of one ring; half as many as faults of a kind unless a number is given. */
  readonly doubleCuts?: number | undefined;
  /** Share of the collectors that is away for an hour, all at once; 0 to 1. */
  readonly blind?: number | undefined;
  readonly hours?: number | undefined;
}

export interface Generated {
  /** As the operator holds it, with its errors. */
  readonly topology: TopologyDocument;
  readonly alarmCount: number;
  /** In order of arrival; may be gone through again. */
  readonly alarms: Iterable<AlarmLine>;
  readonly truth: Truth;
  /** Faults for which there was neither place nor time, by kind. */
  readonly refused: Readonly<Record<string, number>>;
}

/** Of each kind, unless a number is given. */
export const usualFaults = { small: 3, city: 10, metro: 12 } as const;
const firstDay = Date.UTC(2026, 0, 5);

export function generate(options: GenerateOptions): Generated {
  const { seed, size, noise: strength = 1, topologyError = 0 } = options;
  const perKind = options.faultsPerKind ?? usualFaults[size];
  const most = Math.max(perKind, options.doubleCuts ?? 0);
  const lengthMs = Math.round((options.hours ?? usualHours(most, size)) * hour);
  const from = firstDay + (seed % 364) * 24 * hour;
  const chance = new Chance(seed);
  const plant = layPlant(size, chance.branch());
  misfile(plant, topologyError, chance.branch());
  const lines = new Lines();
  const log = new NoiseLog();
  const scene = sceneOf(plant, { options, lines, log, chance });
  const doubleCuts = options.doubleCuts ?? Math.ceil(perKind / 2);
  const wanted = { perKind, doubleCuts, blind: options.blind ?? 0, lengthMs, from };
  const { faults, refused } = placeFaults(scene, wanted);
  makeNoise({ scene, log, strength, lengthMs, from });
  scene.agenda.runAll();
  const to = from + lengthMs;
  return {
    topology: documentOf(plant),
    alarmCount: lines.count,
    alarms: { [Symbol.iterator]: () => lines.read(plant, from) },
    truth: truthOf({ plant, faults, noise: log, lines, from, to }),
    refused,
  };
}

/** A day, and longer where many faults must find room beside each other. */
function usualHours(perKind: number, size: Size): number {
  if (size === 'metro') return 24;
  return Math.round(24 * Math.max(1, Math.sqrt(perKind / usualFaults[size])));
}

interface Setting {
  readonly options: GenerateOptions;
  readonly lines: Lines;
  readonly log: NoiseLog;
  readonly chance: Chance;
}

function sceneOf(plant: Plant, { options, lines, log, chance }: Setting): Scene {
  const { loss = 0.05, skewMs = 2_000 } = options;
  const faults: Fault[] = [];
  const agenda = new Agenda();
  const reach = new Reach(plant);
  const habits = habitsOf(plant, { skewMs, chance: chance.branch() });
  const things = plant.count + plant.links.length;
  const voice = new Voice({ lines, habits, chance: chance.branch(), loss, things });
  const watch = new Watch({ plant, agenda, voice, habits, reach, chance: chance.branch() });
  const terminals = new Terminals({
    ...{ plant, watch, voice, habits, reach, chance: chance.branch() },
    tellingOf: (fault) => faults[fault]!.leavesSay,
    onCovered: (noise) => void log.covered.add(noise),
  });
  const breakage = new Breakage({ plant, agenda, reach, watch, terminals, habits, chance: chance.branch() });
  return { plant, chance: chance.branch(), agenda, reach, watch, voice, terminals, breakage, habits, faults };
}
