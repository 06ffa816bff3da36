/** Repairs whose truth is known: kinds, districts and hours with lognormal lengths, some of them made the next morning. */
import { Chance, hour } from '../../src/sim/faults/chance.ts';

export interface Repair {
  readonly kind: string;
  readonly district: number;
  readonly startAt: number;
  readonly endAt: number;
  /** Closed by hand at `endAt` without having been repaired. */
  readonly isGivenUp: boolean;
}

export interface RepairPlan {
  readonly seed: number;
  readonly kinds: Readonly<Record<string, { readonly p50Ms: number; readonly p80Ms: number }>>;
  readonly repairs: number;
  readonly districts: number;
  readonly from: number;
  readonly days: number;
  /** A share of those that begin in the evening waits for the morning: no lognormal any more. */
  readonly waitsForMorning: boolean;
}

const day = 24 * hour;
const morning = 8 * hour;

/**
 * The truth is drawn around the shipped table, for a table is somebody's guess: medians off by a factor of about 1.6, a
 * spread of 0.5 to 1.1, districts by about 1.4, quarters of the day by about 1.3. Kinds differ tenfold in how often they come.
 */
export function drawRepairs(plan: RepairPlan): Repair[] {
  const chance = new Chance(plan.seed);
  const kinds = Object.entries(plan.kinds).map(([kind, { p50Ms }]) => ({
    kind,
    median: chance.lognormal(p50Ms, 0.5),
    sigma: chance.between(0.5, 1.1),
    weight: chance.lognormal(1, 1),
  }));
  const byDistrict = Array.from({ length: plan.districts }, () => chance.lognormal(1, 0.35));
  const byQuarter = Array.from({ length: 4 }, () => chance.lognormal(1, 0.25));
  const waits = plan.waitsForMorning ? chance.between(0.2, 0.6) : 0;
  const weighted = kinds.map((kind) => [kind, kind.weight] as const);
  const repairs = Array.from({ length: plan.repairs }, (): Repair => {
    const startAt = plan.from + Math.floor(chance.share() * plan.days * day);
    const { kind, median, sigma } = chance.weighted(weighted);
    const district = chance.whole(0, plan.districts - 1);
    const quarter = Math.floor((startAt % day) / (6 * hour));
    const work = chance.lognormal(median * byDistrict[district]! * byQuarter[quarter]!, sigma);
    const isLate = startAt % day >= 18 * hour || startAt % day < 6 * hour;
    const rest = isLate && chance.happens(waits) ? untilMorning(startAt) : 0;
    const isGivenUp = chance.happens(0.05);
    const length = Math.min(30 * day, Math.max(60_000, rest + work)) * (isGivenUp ? chance.share() : 1);
    return { kind, district, startAt, endAt: Math.ceil(startAt + length), isGivenUp };
  });
  return repairs.sort((a, b) => a.startAt - b.startAt);
}

const untilMorning = (at: number): number => (morning - (at % day) + day) % day;
