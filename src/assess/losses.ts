/** Minutes that subscribers lose, brought forward each time the number of those who lose them changes. */
import type { Instant } from '../base/instant.ts';
import type { Impact, Incident, ServiceLoss } from '../model/incident.ts';
import { lossesAt } from '../model/lost-minutes.ts';

export interface LossesNow {
  readonly incident: Incident;
  /** Services and how many have lost each of them now. */
  readonly names: readonly string[];
  readonly counts: readonly number[];
  readonly at: Instant;
}

/** Who is there at first lost it when the incident began, who comes later when they came. */
export function lossesNow(
  before: Impact | undefined,
  { incident, names, counts, at }: LossesNow,
): Pick<Impact, 'losses' | 'lossesAt'> {
  const affected = new Map(names.map((name, service) => [name, counts[service] ?? 0]));
  if (before?.losses === undefined) {
    return { losses: listed(affected, new Map()), lossesAt: incident.startedAt };
  }
  const isSame =
    before.losses.every((loss) => loss.affected === (affected.get(loss.service) ?? 0)) &&
    listed(affected, new Map()).every(({ service }) =>
      before.losses!.some((loss) => loss.service === service),
    );
  if (isSame) return { losses: before.losses, lossesAt: before.lossesAt };
  const lost = new Map(lossesAt(before, incident, at).map(({ service, minutes }) => [service, minutes]));
  return { losses: listed(affected, lost), lossesAt: at };
}

/** Services that nobody lost or loses are left out. */
function listed(
  affected: ReadonlyMap<string, number>,
  lost: ReadonlyMap<string, number>,
): readonly ServiceLoss[] {
  const services = [...new Set([...lost.keys(), ...affected.keys()])];
  return services
    .map((service) => ({
      service,
      affected: affected.get(service) ?? 0,
      minutes: lost.get(service) ?? 0,
    }))
    .filter(({ affected: now, minutes }) => now > 0 || minutes > 0);
}
