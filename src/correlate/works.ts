/** Is this root covered by announced works? */
import type { Instant } from '../base/instant.ts';
import type { PlannedWorks } from '../topology/topology.ts';
import type { Ancestry } from './ancestry.ts';

/** A crew that starts a little early is still the crew that was announced. */
const earlyStartMs = 5 * 60_000;

/** The works whose resources hold the root (by any tree, or as a segment of the link) at that time. */
export function worksCovering(ancestry: Ancestry, root: string, at: Instant): PlannedWorks | undefined {
  const running = ancestry.topology.planned.filter(
    (works) => at >= works.from - earlyStartMs && at <= works.to,
  );
  if (running.length === 0) return undefined;
  const place = ancestry.placeOf(root);
  if (place < 0) return undefined;
  const covered = new Set<string>([...ancestry.above(place)].map((up) => ancestry.idOf(up)));
  if (!ancestry.isStranger(place)) {
    for (const segment of ancestry.topology.linkOf(place)?.segments ?? [])
      covered.add(ancestry.idOf(segment));
    let site = ancestry.topology.parentOf('site', place);
    for (; site >= 0; site = ancestry.topology.parentOf('site', site)) covered.add(ancestry.idOf(site));
  }
  return running.find((works) => works.resources.some((id) => covered.has(id)));
}
