/** What an alarm says about the plant, and how likely each kind of fault is to show it. */
import type { FaultKind } from '../model/incident.ts';

/** The fault kind of each cause that probes find, the worst first. */
export const probedKinds: Readonly<Record<string, FaultKind>> = {
  SERVICE_DOWN: 'service',
  DNS_WRONG_ANSWER: 'dns-answers',
  DNS_ERRORS: 'dns-errors',
  DNSSEC_FAIL: 'dnssec',
  SERVICE_WRONG: 'service-wrong',
  CERTIFICATE_INVALID: 'certificate',
  DNS_ZONE_STALE: 'zone-stale',
  OPEN_RESOLVER: 'open-resolver',
  PACKET_LOSS: 'packet-loss',
  HIGH_LATENCY: 'slow',
  HIGH_JITTER: 'slow',
  CERTIFICATE_EXPIRING: 'certificate',
  NXDOMAIN_FLOOD: 'nxdomain-flood',
  DNS_AMPLIFICATION: 'amplification',
};

export type Symptom =
  | 'los'
  | 'gasp'
  | 'silent'
  | 'link'
  | 'port'
  | 'power'
  | 'card'
  | 'service'
  | 'session'
  | 'probe'
  | 'degraded'
  | 'other';

/** What probes find of a service: each a fault of the service that was asked, whoever uses it. */
const probed: readonly string[] = Object.keys(probedKinds);

const symptoms: Readonly<Record<string, Symptom>> = {
  LOS: 'los',
  DYING_GASP: 'gasp',
  UNREACHABLE: 'silent',
  LINK_DOWN: 'link',
  PORT_LOS: 'port',
  MAINS_FAIL: 'power',
  BATTERY_LOW: 'power',
  CARD_FAIL: 'card',
  DNS_FAIL: 'service',
  NO_SERVICE: 'session',
  NO_IP: 'session',
  SESSIONS_DROP: 'session',
  DEGRADED: 'degraded',
  CRC_ERRORS: 'degraded',
  ...Object.fromEntries(probed.map((cause) => [cause, 'probe' as const])),
};

export const symptomOf = (cause: string): Symptom =>
  Object.hasOwn(symptoms, cause) ? symptoms[cause]! : 'other';

/** Evidence of one population is explained together; a degraded leaf says nothing about a dark one. */
export type Population = 'down' | 'degraded' | 'session';

export function populationOf(symptom: Symptom): Population | undefined {
  if (symptom === 'degraded' || symptom === 'session') return symptom;
  return symptom === 'other' || symptom === 'service' || symptom === 'probe' ? undefined : 'down';
}

/** Of several symptoms of one resource the lower rank speaks: a gasp comes before the loss of light it announces. */
const symptomRank: Readonly<Record<Symptom, number>> = {
  gasp: 0,
  power: 1,
  card: 2,
  port: 3,
  los: 4,
  link: 5,
  silent: 6,
  degraded: 7,
  session: 8,
  service: 9,
  probe: 10,
  other: 11,
};

/** The one of these that speaks for their resource. */
export const speakerOf = <Said extends { readonly symptom: Symptom }>(said: readonly Said[]): Said =>
  said.reduce((best, one) => (symptomRank[one.symptom] < symptomRank[best.symptom] ? one : best));

/** Through which kind of supply the cause lies above the evidence. */
export type Family = 'signal' | 'power';

// Logarithms of how often such a fault shows such a symptom, in thousandths of a nat: whole numbers add up to the same
// sum in any order. "silent" is a leaf that said nothing.
const underSignal: Readonly<Record<Symptom, number>> = {
  los: -70,
  link: -200,
  port: -100,
  silent: -700,
  card: -300,
  gasp: -3_900,
  power: -6_000,
  degraded: -200,
  session: -200,
  service: -3_000,
  probe: -3_000,
  other: -3_000,
};
const underPower: Readonly<Record<Symptom, number>> = {
  ...underSignal,
  gasp: -220,
  los: -2_000,
  link: -2_000,
  silent: -1_200,
  port: -3_000,
  power: -100,
};

export const likelihood = (family: Family, symptom: Symptom): number =>
  (family === 'power' ? underPower : underSignal)[symptom];

/** A leaf below the cause that said nothing: its trap was lost, or it does not send any. */
export const silentLeaf = -1_600;
/** A degraded leaf is often below the threshold of its alarm. */
export const silentDegradedLeaf = -500;
/** A leaf below the cause that proved to be alive. */
export const aliveLeaf = -4_600;
/** A device that should have spoken for itself did not. */
export const missingOwnAlarm = -1_600;
/** A child of a cut cable none of whose leaves spoke: its fibre was spared. */
export const sparedChild = -2_500;

const priors: Readonly<Record<string, number>> = {
  splitter: -9_400,
  'pon-port': -9_000,
  card: -10_000,
  olt: -10_500,
  cmts: -10_500,
  dslam: -10_500,
  feeder: -9_500,
  segment: -9_700,
  riser: -8_700,
  amplifier: -9_000,
  'fiber-node': -9_000,
  cabinet: -9_500,
  cable: -9_500,
  building: -8_000,
  mains: -10_000,
  battery: -10_200,
  site: -10_000,
};

export const prior = (resourceKind: string): number =>
  Object.hasOwn(priors, resourceKind) ? priors[resourceKind]! : -10_000;

/** The resource that speaks is itself the cause. */
export function alonePrior(resourceKind: string, symptom: Symptom, isLeaf: boolean): number {
  // Customers switch terminals off every evening, so a lone gasp is far more common than a broken line.
  if (isLeaf) return symptom === 'gasp' ? -6_000 : -8_000;
  return prior(resourceKind) + likelihood('signal', symptom);
}

const kinds: Readonly<Record<string, FaultKind>> = {
  ont: 'drop',
  modem: 'drop',
  'dsl-line': 'drop',
  pair: 'drop',
  cpe: 'drop',
  splitter: 'splitter',
  'pon-port': 'pon-port',
  card: 'card',
  line: 'drop',
  olt: 'node-down',
  cmts: 'node-down',
  dslam: 'node-down',
  amplifier: 'amplifier',
  'fiber-node': 'amplifier',
  feeder: 'feeder',
  cable: 'cable',
  cabinet: 'cable',
  building: 'house-power',
  mains: 'area-power',
  battery: 'site-power',
  site: 'site-power',
  port: 'link',
  link: 'link',
  collector: 'collector',
  dns: 'service',
  radius: 'service',
  'service-platform': 'service',
};

/** The fault kind of the contract for a cause at a resource of that kind. */
export function faultKind(resourceKind: string, population: Population): FaultKind {
  if (population === 'session') return 'config';
  if (population === 'degraded' && resourceKind === 'fiber-node') return 'ingress';
  if (population === 'degraded' && (resourceKind === 'cable' || resourceKind === 'cabinet')) return 'water';
  const kind = Object.hasOwn(kinds, resourceKind) ? kinds[resourceKind]! : 'node-down';
  // What is degraded works: nobody is told that a device is down whose parts are hot, dim or noisy.
  return population === 'degraded' && kind === 'node-down' ? 'unexplained' : kind;
}
