/** Whom an incident's end concerns, over the rooms. */
import { tidied, without } from '../base/ranges.ts';
import type { IncidentId, SubscriberRange } from '../model/ids.ts';
import type { Rooms } from './rooms.ts';

/**
 * Who was told of it, less those who stayed dark when it was repaired, whom their own incident will ask, and those who
 * said, or of whom staff said, that their trouble is another.
 */
export function toldRanges(rooms: Rooms, incident: IncidentId): readonly SubscriberRange[] {
  const dark = rooms.correlation
    .openChildren(incident)
    .flatMap((id) => rooms.assessment.impactOf(id)?.ranges ?? []);
  const others = rooms.tickets.deniedBy(incident).flatMap((key): SubscriberRange[] => {
    const number = rooms.subscribers?.numberOf(key) ?? -1;
    return number < 0 ? [] : [{ from: number, to: number + 1 }];
  });
  return without(rooms.notices.toldRanges(incident), tidied([...dark, ...others]));
}
