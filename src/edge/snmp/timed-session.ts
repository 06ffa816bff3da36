/** A session whose walks together end in time: an agent that trickles its answers keeps nobody waiting, and what came is kept. */
import type { World } from '../../base/world.ts';
import type { Session } from '../../collect/session.ts';

export function timedSession(session: Session, world: World, totalMs: number): Session {
  const endsAtMs = world.monotonicMs() + totalMs;
  return {
    get: (oids) => session.get(oids),
    async walk(columns, budget) {
      const leftMs = endsAtMs - world.monotonicMs();
      if (leftMs <= 0) return { varbinds: [], problem: { kind: 'overBudget', budget: 'time' } };
      return session.walk(columns, { ...budget, timeMs: Math.min(budget.timeMs, leftMs) });
    },
    fill: (tables, budget, done) => session.fill(tables, budget, done),
    close: () => session.close(),
  };
}
