/** What devices that were found say of each other: facts, conflicts and a proposed topology, for one look at a network. */
import type { Instant } from '../../base/instant.ts';
import { conflictWords } from '../../edge/http/conflict-words.ts';
import type { Conflict, Fact } from '../../model/discovered.ts';
import { conflictsOf, Inventory, proposalText, proposeTopology, saidBy } from '../../topology/topology.ts';
import type { FoundDevice } from './network-scan.ts';
import { formatTable } from './table.ts';

export interface Surveyed {
  readonly facts: readonly Fact[];
  readonly conflicts: readonly Conflict[];
  readonly topology: ReturnType<typeof proposeTopology>;
  /** Of the topology file, conflicts beside: one JSON document, or a line each. */
  text(lines: boolean): string;
}

/** `ids` are those that the proposal of `allclear.yaml` gives the devices, index-aligned. */
export function inventoryOf(found: readonly FoundDevice[], ids: readonly string[], now: Instant): Surveyed {
  const inventory = new Inventory();
  inventory.use(ids);
  found.forEach(({ address, reading }, i) => {
    if (reading !== undefined) inventory.take(saidBy({ id: ids[i]!, address }, reading, now));
  });
  for (const _ of inventory.settle());
  const { known } = inventory;
  const facts = inventory.facts();
  const conflicts = conflictsOf({ ...known, facts, now, configured: undefined, resourceOf: new Map() });
  const topology = proposeTopology(facts, known);
  return { facts, conflicts, topology, text: (lines) => proposalText(topology, { lines, conflicts }) };
}

export function conflictTable(conflicts: readonly Conflict[], language: 'ru' | 'en'): string {
  const heads = { en: ['conflict', 'what settles it'], ru: ['расхождение', 'что делать'] } as const;
  const rows = conflicts.map((conflict) => {
    const { what, settle } = conflictWords(conflict, language);
    return [what, settle];
  });
  return formatTable(heads[language], rows);
}
