/** What subscribers lost, service by service: each from its own start to its own end, not for as long as the incident. */
import { type Instant, instant } from '../base/instant.ts';
import type { Impact, Incident, ServiceLoss } from './incident.ts';

const minuteMs = 60_000;

/** Minutes an incident was open within [from, to): what was repaired and broke again is not out in between. */
function openMinutes({ history, resolvedAt }: Incident, from: Instant, to: Instant): number {
  let openMs = 0;
  let since: Instant | undefined = from;
  for (const { at, event } of history) {
    if (at < from || at > to) continue;
    if ((event === 'resolve' || event === 'close') && since !== undefined) {
      openMs += at - since;
      since = undefined;
    } else if (event === 'reopen') since ??= at;
  }
  const end = resolvedAt !== undefined && resolvedAt < to ? resolvedAt : to;
  if (since !== undefined) openMs += Math.max(0, end - since);
  return openMs / minuteMs;
}

/** The losses until `at`; those who are touched now go on losing. */
export function lossesAt(impact: Impact, incident: Incident, at: Instant): readonly ServiceLoss[] {
  const { losses, lossesAt: until } = impact;
  if (losses === undefined || until === undefined) return [];
  const more = openMinutes(incident, until, instant(Math.max(at, until)));
  return losses.map(({ service, affected, minutes }) => ({
    service,
    affected,
    minutes: minutes + affected * more,
  }));
}
