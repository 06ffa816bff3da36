/** The scripted faults of the demo, on a timeline in seconds. */
import { seconds } from '../base/instant.ts';
import type { Random } from '../base/random.ts';
import type { Wake, World } from '../base/world.ts';
import type { City } from './city.ts';
import type { Network } from './network.ts';

export const scenarioNames = [
  'all',
  'fibre-cut',
  'house-mains',
  'false-alarm',
  'dns-poisoning',
  'dns-slow',
  'amplifier-fault',
  'cable-cut',
  'mains-loss',
] as const;
export type ScenarioName = (typeof scenarioNames)[number];

export const isScenario = (name: string): name is ScenarioName =>
  (scenarioNames as readonly string[]).includes(name);

interface Step {
  readonly afterSeconds: number;
  readonly run: () => void;
}

export interface Play {
  stop(): void;
}

export interface Stage {
  readonly city: City;
  readonly network: Network;
  readonly random: Random;
  readonly world: World;
  readonly speed: number;
}

export function play(name: ScenarioName, stage: Stage): Play {
  const wakes: Wake[] = timeline(name, stage).map(({ afterSeconds, run }) =>
    stage.world.after(seconds(afterSeconds / stage.speed), () => {
      stage.world.log.info('scenario step', { scenario: name, second: afterSeconds });
      run();
    }),
  );
  return {
    stop: () => {
      for (const wake of wakes) wake.cancel();
    },
  };
}

function timeline(name: ScenarioName, stage: Stage): readonly Step[] {
  switch (name) {
    case 'fibre-cut':
      return fibreCut(stage, 4);
    case 'house-mains':
      return houseMains(stage, 4);
    case 'false-alarm':
      return falseAlarm(stage, 4);
    case 'dns-poisoning':
      return dnsPoisoning(stage, 4);
    case 'dns-slow':
      return dnsSlow(stage, 4);
    case 'amplifier-fault':
      return amplifierFault(stage, 4);
    case 'cable-cut':
      return cableCut(stage, 4);
    case 'mains-loss':
      return mainsLoss(stage, 4);
    case 'all':
      return [
        ...fibreCut(stage, 4),
        ...falseAlarm(stage, 22),
        ...houseMains(stage, 34),
        ...dnsPoisoning(stage, 50),
        ...dnsSlow(stage, 60),
      ];
  }
}

/** A digger takes one feeder cable of an OLT; the splice leaves two drops behind it broken. */
function fibreCut({ city, network, random }: Stage, from: number): readonly Step[] {
  const feeders = [...new Set(city.onts.map((ont) => ont.feeder))];
  const feeder = feeders[random.below(feeders.length)]!;
  const behind = city.onts.filter((ont) => ont.feeder === feeder);
  const left = [behind[random.below(behind.length)]!.id, behind[random.below(behind.length)]!.id];
  return [
    { afterSeconds: from, run: () => network.cutFeeder(feeder) },
    { afterSeconds: from + 55, run: () => network.spliceFeeder(feeder, left) },
  ];
}

/** A house loses its mains: modems gasp, those with a battery stay. */
function houseMains({ city, network, random }: Stage, from: number): readonly Step[] {
  const buildings = [...new Set(city.onts.map((ont) => ont.building))];
  const building = buildings[random.below(buildings.length)]!;
  return [
    { afterSeconds: from, run: () => network.darken(building) },
    { afterSeconds: from + 40, run: () => network.lighten(building) },
  ];
}

/** One terminal is switched off and on again within the hold: nobody may be told of an outage. */
function falseAlarm({ city, network, random }: Stage, from: number): readonly Step[] {
  const ont = city.onts[random.below(city.onts.length)]!.id;
  return [
    { afterSeconds: from, run: () => network.breakDrop(ont) },
    { afterSeconds: from + 3, run: () => network.repairDrop(ont) },
  ];
}

/** A resolver of the old platform was made to believe that paying happens elsewhere; somebody empties its cache. */
function dnsPoisoning({ network }: Stage, from: number): readonly Step[] {
  const { poisoned } = network.resolvers;
  return [
    { afterSeconds: from, run: () => void poisoned.add('dns-2') },
    { afterSeconds: from + 90, run: () => void poisoned.delete('dns-2') },
  ];
}

/** A resolver of the new platform answers late. */
function dnsSlow({ network }: Stage, from: number): readonly Step[] {
  const { slow } = network.resolvers;
  return [
    { afterSeconds: from, run: () => void slow.add('dns-4') },
    { afterSeconds: from + 90, run: () => void slow.delete('dns-4') },
  ];
}

/** A trunk amplifier of the cable plant dies: every modem behind it falls silent, those beside it do not. */
function amplifierFault({ city, network, random }: Stage, from: number): readonly Step[] {
  const trunks = [...new Set(city.modems.map(({ amplifiers }) => amplifiers[0]!))];
  const trunk = trunks[random.below(trunks.length)]!;
  const { amplifiers } = network.broken;
  return [
    { afterSeconds: from, run: () => void amplifiers.add(trunk) },
    { afterSeconds: from + 90, run: () => void amplifiers.delete(trunk) },
  ];
}

/** Thieves take a telephone cable. */
function cableCut({ city, network, random }: Stage, from: number): readonly Step[] {
  const all = [...new Set(city.lines.map(({ cable }) => cable))];
  const cable = all[random.below(all.length)]!;
  const { cables } = network.broken;
  return [
    { afterSeconds: from, run: () => void cables.add(cable) },
    { afterSeconds: from + 90, run: () => void cables.delete(cable) },
  ];
}

/** A street cabinet loses its mains; its battery holds for a while, then the DSLAM goes dark. */
function mainsLoss({ network }: Stage, from: number): readonly Step[] {
  const { supplies, broken } = network;
  const ends = (): void => {
    supplies.delete('ups-street');
    broken.devices.clear();
  };
  return [
    { afterSeconds: from, run: () => void supplies.set('ups-street', 'battery') },
    { afterSeconds: from + 20, run: () => void supplies.set('ups-street', 'batteryLow') },
    {
      afterSeconds: from + 35,
      run: () => {
        broken.devices.add('dslam-1');
        broken.devices.add('ups-street');
      },
    },
    { afterSeconds: from + 130, run: ends },
  ];
}
