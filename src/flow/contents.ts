/** Where the line finds what an input names by hash. */
import type { AutomationSet } from '../automate/automate.ts';
import type { CorrelationRules } from '../correlate/correlate.ts';
import type { Calendar } from '../model/calendar.ts';
import type { Policy } from '../model/policy.ts';
import type { SubscriberTable, Topology } from '../topology/topology.ts';

/**
 * What inputs name by SHA-256 (design L7): immutable, loaded by the caller before the input that names it is applied.
 * Asking for a hash that was not loaded is a bug of the caller and throws.
 */
export interface Contents {
  topology(sha256: string): Topology;
  subscribers(sha256: string): SubscriberTable;
  policy(sha256: string): Policy;
  calendar(sha256: string): Calendar;
  /** undefined asks for those the program is shipped with: in force until an input names others. */
  rules(sha256: string | undefined): CorrelationRules;
  automations(sha256: string): AutomationSet;
}
