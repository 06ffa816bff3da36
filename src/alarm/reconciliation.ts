/** A collector's list of all that is wrong now, and for which resources it speaks. */
import type { ResourceId } from '../model/ids.ts';
import type { PerceivedSeverity } from '../model/observation.ts';

/** A collector's whole list of active conditions on what it watches (design L11). */
export interface Reconciliation {
  readonly collector: string;
  readonly watches: readonly ResourceId[];
  /** Kinds of objects such as `olt-1/ont`: of all below them the list holds what polls found; they need not be named. */
  readonly below?: readonly string[] | undefined;
  /** Of those kinds the list holds what lies from here (included) to there (not included), in order of UTF-16 units. */
  readonly span?: { readonly from?: string | undefined; readonly to?: string | undefined } | undefined;
  /** What the collector asks in vain: nothing is known of it nor of anything below. */
  readonly unseen?: readonly ResourceId[] | undefined;
  readonly active: readonly {
    readonly resource: ResourceId;
    readonly cause: string;
    readonly by?: ResourceId | undefined;
    readonly severity?: PerceivedSeverity | undefined;
  }[];
}

/** Whether the list speaks for all objects of the resource's kind; undefined where it names every resource itself. */
export function listed({
  below = [],
  span,
}: Reconciliation): ((resource: ResourceId) => boolean) | undefined {
  if (below.length === 0) return undefined;
  const wanted = new Set(below);
  return (resource) => {
    if (span?.from !== undefined && resource < span.from) return false;
    if (span?.to !== undefined && resource >= span.to) return false;
    for (let at = resource.indexOf('/'); at >= 0; at = resource.indexOf('/', at + 1)) {
      if (wanted.has(resource.slice(0, at))) return true;
    }
    return false;
  };
}
