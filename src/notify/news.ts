/** When a new expected time of restoration is worth a notice. */
import type { Instant } from '../base/instant.ts';
import type { Etr } from '../model/incident.ts';

const leastMoveMs = 30 * 60_000;
const leastMoveShare = 0.25;

/** Moved by more than max(30 min, 25 % of the time that remained), or the time told has passed. */
export function isNews(told: Etr, now: Etr, at: Instant): boolean {
  const moved = Math.abs(now.to - told.to);
  if (told.to <= at) return now.to > at;
  return moved > Math.max(leastMoveMs, (told.to - at) * leastMoveShare);
}
