/** A measurement that was asked for is answered: what was seen where it looked is told with the incident it was about. */
import type { Instant } from '../base/instant.ts';
import type { ResourceId } from '../model/ids.ts';
import type { MeasurementAnswer } from '../model/measurement.ts';
import type { Ancestry } from './ancestry.ts';
import type { Asks } from './asks.ts';
import { isActive } from './held-incident.ts';
import type { Incidents } from './incidents.ts';
import type { Waiting } from './waiting.ts';

interface Desk {
  readonly asks: Asks;
  readonly ancestry: Ancestry;
  readonly waiting: Waiting;
  readonly incidents: Incidents;
  readonly at: Instant;
}

/** What hangs on `owner` was counted: is that where somebody asked to look? */
export function hearAnswer(owner: ResourceId, desk: Desk): void {
  const { asks, ancestry, incidents, at } = desk;
  const awaited = asks.awaited(at);
  const place = awaited.length === 0 ? -1 : ancestry.placeOf(owner);
  if (place < 0) return;
  for (const { key, measurement, at: askedAt } of awaited) {
    const asked = measurement.resources.map((id) => ancestry.placeOf(id)).filter((one) => one >= 0);
    if (!asked.some((one) => isAt(ancestry, one, place) || isAt(ancestry, place, one))) continue;
    const answer = seenBelow(asked, askedAt, desk);
    if (answer.alive + answer.unknown === 0) continue;
    asks.answer(key, answer);
    for (const held of incidents.at(measurement.between[0])) {
      if (!isActive(held)) continue;
      held.explanation = { ...held.explanation, measurement, answer };
      incidents.tellLater(held, at);
    }
  }
}

/** By name where names came; else as many as were counted at the very place. */
function seenBelow(
  asked: readonly number[],
  since: Instant,
  { ancestry, waiting, at }: Desk,
): MeasurementAnswer {
  const tops = new Set(asked.flatMap((one) => ancestry.topsOf(one)));
  const named = { alive: 0, unknown: 0 };
  const counted = { alive: 0, unknown: 0 };
  for (const { place, state, count, at: seenAt } of waiting.sightings(tops)) {
    if (seenAt < since) continue;
    if (count !== undefined && asked.includes(place)) counted[state] += count;
    else if (count === undefined && asked.some((one) => isAt(ancestry, place, one))) named[state]++;
  }
  return { at, ...(named.alive + named.unknown > 0 ? named : counted) };
}

/** It is this place, or lies below it. */
const isAt = (ancestry: Ancestry, place: number, other: number): boolean =>
  place === other || ancestry.above(place).includes(other);
