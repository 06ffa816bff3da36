/** Resources that alarms speak of and the topology does not hold: over years their names are many, and so are wrong lists. */
import type { ResourceId } from '../model/ids.ts';
import type { Ancestry } from './ancestry.ts';
import { limits } from './timing.ts';

/** They open no more incidents than that, so that a list of wrong names leaves room for the network. */
export function isTooStrange(ancestry: Ancestry, resource: ResourceId, openIncidents: number): boolean {
  const place = ancestry.placeOf(resource);
  return place < 0 || (ancestry.isStranger(place) && openIncidents >= limits.strange);
}

/** Most of their names stand in no alarm any more; at most so many alarms are held. */
export const hasForgettable = (ancestry: Ancestry, alarms: number): boolean =>
  ancestry.strangers > limits.strangers + 2 * alarms;
