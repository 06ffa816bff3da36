/** How many entries of a topology came, went and changed. */
import { canonicalJson } from '../../base/canonical.ts';
import type { TopologyDocument } from '../../topology/topology.ts';

/** Entries are the same when their id and everything that is read of them is; service roots count as one entry. */
export function topologyDiff(
  before: TopologyDocument,
  after: TopologyDocument,
): {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
} {
  const old = entriesOf(before);
  const counts = { added: 0, changed: 0, removed: 0, unchanged: 0 };
  for (const [key, content] of entriesOf(after)) {
    const known = old.get(key);
    old.delete(key);
    if (known === undefined) counts.added++;
    else if (known === content) counts.unchanged++;
    else counts.changed++;
  }
  return { ...counts, removed: old.size };
}

function entriesOf(document: TopologyDocument): Map<string, string> {
  const entries = new Map<string, string>();
  if (document.serviceRoots.length > 0) entries.set('serviceRoots', canonicalJson(document.serviceRoots));
  for (const part of ['resources', 'links', 'planned'] as const) {
    for (const entry of document[part]) entries.set(`${part} ${entry.id}`, canonicalJson(entry));
  }
  return entries;
}
