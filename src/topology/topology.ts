/**
 * The network as a graph of numbers, and the subscribers in its access-tree order.
 * Invariants: a compiled topology never changes; trees have no cycles; a resource or link has one index; subscriber
 * numbers belong to one topology version and never leave memory (design L6).
 */
export type { Bound } from './bindings.ts';
export { TopologyBuilder } from './builder.ts';
export type { ChangedFactsSnapshot } from './changed-facts.ts';
export { deviceIndexOf, neighboursOf } from './devices.ts';
export { differencesOf } from './differences.ts';
export { compileTopology, emptyTopology, parseTopology, type TopologyDocument } from './document.ts';
export { type CompiledLink, impliedParent, impliedParentIndex, Topology } from './graph.ts';
export { conflictsOf } from './inventory/conflicts.ts';
export { Inventory, type KeptDevice, staleAfterMs } from './inventory/inventory.ts';
export { proposalText, proposeTopology } from './inventory/proposal.ts';
export { saidBy } from './inventory/said.ts';
export { placeSubscribers, type Subscribers } from './placement.ts';
export { TopologyReader } from './reader.ts';
export type { PlannedWorks } from './records.ts';
export type { LeafCounts } from './signal.ts';
export { decodeTopology, isStoredTopology, topologyPieces } from './stored.ts';
export {
  decodeSubscribers,
  encodeSubscribers,
  mostServices,
  noEnd,
  noSubscribers,
  type SubscriberTable,
} from './subscribers.ts';
