/** What was said of an incident, said once more. */
import type { HeldIncident, Verdict } from './held-incident.ts';

/** The same cause once more. */
export function restated(held: HeldIncident): Verdict {
  const { scope, kind, root, candidates, actionable, explanation, dark, parts, unproven } = held;
  return { scope, kind, root, candidates, actionable, explanation, dark, parts, unproven };
}

/** The same of a root that comes and goes. */
export const unsteady = (verdict: Verdict): Verdict => ({
  ...verdict,
  kind: 'flapping',
  candidates: verdict.candidates.map((candidate, i) =>
    i === 0 ? { ...candidate, kind: 'flapping' } : candidate,
  ),
});
