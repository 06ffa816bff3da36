/** How many notices of each incident stand where; receipts move them on. */
import type { IncidentId } from '../model/ids.ts';
import type { NoticeCounts, NoticeState, Tell } from '../model/notice.ts';

type Counted = Exclude<NoticeState, 'sending'>;
type Row = Record<Counted, number>;

/** Incidents whose counts are kept; those of older ones are in the book. */
const rowLimit = 10_000;

/** Where a receipt takes its notices from, first come first. */
const cameFrom: Readonly<Record<Counted, readonly Counted[]>> = {
  held: [],
  queued: ['held'],
  sent: ['queued', 'uncertain', 'held'],
  delivered: ['sent', 'queued', 'uncertain'],
  failed: ['queued', 'sent', 'uncertain'],
  uncertain: ['queued', 'sent'],
  expired: ['queued', 'held', 'sent'],
  suppressed: ['queued', 'held'],
};

export class CountBoard {
  readonly #rows = new Map<IncidentId, Row>();

  /** Takes a planned notice into account. */
  planned(tell: Tell): void {
    const row = this.#row(tell.incident);
    row[tell.held ? 'held' : 'queued'] += tell.to - tell.from - tell.except.length;
  }

  suppressed(incident: IncidentId, count: number): void {
    this.#row(incident).suppressed += count;
  }

  released(incident: IncidentId): void {
    const row = this.#row(incident);
    row.queued += row.held;
    row.held = 0;
  }

  received(incident: IncidentId, state: NoticeState, count: number): void {
    if (state === 'sending' || state === 'held' || state === 'queued') return;
    const row = this.#row(incident);
    let left = count;
    for (const from of cameFrom[state]) {
      const taken = Math.min(row[from], left);
      row[from] -= taken;
      left -= taken;
    }
    row[state] += count;
  }

  of(incident: IncidentId): NoticeCounts {
    const row = this.#rows.get(incident) ?? emptyRow();
    return { ...row, planned: Object.values(row).reduce((sum, count) => sum + count, 0) };
  }

  snapshot(): readonly (readonly [IncidentId, Row])[] {
    return [...this.#rows].map(([incident, row]) => [incident, { ...row }]);
  }

  restore(rows: readonly (readonly [IncidentId, Row])[]): void {
    this.#rows.clear();
    for (const [incident, row] of rows) this.#rows.set(incident, { ...row });
  }

  #row(incident: IncidentId): Row {
    let row = this.#rows.get(incident);
    if (row === undefined) {
      if (this.#rows.size >= rowLimit) this.#rows.delete(this.#rows.keys().next().value!);
      row = emptyRow();
      this.#rows.set(incident, row);
    }
    return row;
  }
}

const emptyRow = (): Row => ({
  held: 0,
  queued: 0,
  sent: 0,
  delivered: 0,
  failed: 0,
  uncertain: 0,
  expired: 0,
  suppressed: 0,
});
