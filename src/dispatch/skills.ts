/** Which skill a piece of work needs: names an operator's staff list uses. */
import type { FaultKind } from '../model/incident.ts';
import type { TaskKind } from '../model/task.ts';

const skillByFault: Readonly<Record<FaultKind, string>> = {
  drop: 'fibre',
  splitter: 'fibre',
  riser: 'fibre',
  feeder: 'fibre',
  duct: 'fibre',
  'pon-port': 'fibre',
  card: 'fibre',
  'house-power': 'power',
  'area-power': 'power',
  'site-power': 'power',
  cable: 'copper',
  water: 'copper',
  amplifier: 'hfc',
  ingress: 'hfc',
  'node-down': 'ip',
  link: 'ip',
  service: 'ip',
  config: 'ip',
  collector: 'ip',
};

/** Somebody must go there or look at it even when no subscriber is touched. */
const physical: readonly FaultKind[] = [
  'drop',
  'splitter',
  'riser',
  'feeder',
  'duct',
  'pon-port',
  'card',
  'house-power',
  'area-power',
  'site-power',
  'cable',
  'water',
  'amplifier',
  'node-down',
  'link',
];

const generalSkill = 'ip';
/** Talking with subscribers. */
const careSkill = 'care';

const talks: readonly TaskKind[] = ['callBack', 'ratingCall', 'triage', 'answer'];

export function skillFor(work: TaskKind, fault: FaultKind | undefined): string {
  if (talks.includes(work)) return careSkill;
  if (fault === undefined) return careSkill;
  return Object.hasOwn(skillByFault, fault) ? skillByFault[fault]! : generalSkill;
}

export const isPhysical = (fault: FaultKind): boolean => physical.includes(fault);
