/** What the answers about one incident say together, and how many may still be out for all that is known. */
import type { ConfirmationState } from '../model/confirmation.ts';

interface Tally {
  /** Put to so many; all others below are parts of it. */
  readonly asked: number;
  readonly waiting: number;
  readonly fixed: number;
  readonly notFixed: number;
  readonly wantsCall: number;
  readonly silent: number;
  readonly unreachable: number;
  /** Share of all who were told that may still be out, at the most, with 95 %; undefined while nobody has answered. */
  readonly stillOutAtMost?: number | undefined;
}

const parts: Readonly<
  Record<ConfirmationState, Exclude<keyof Tally, 'asked' | 'stillOutAtMost'> | undefined>
> = {
  PENDING_PROBE: 'waiting',
  HELD: 'waiting',
  ASKED: 'waiting',
  REMINDED: 'waiting',
  CLARIFY: 'waiting',
  CONFIRMED: 'fixed',
  STILL_OUT: 'notFixed',
  ESCALATED: 'notFixed',
  CALLBACK_QUEUED: 'wantsCall',
  CALLBACK_ACTIVE: 'wantsCall',
  UNREACHABLE: 'unreachable',
  EXPIRED_OK: 'silent',
  EXPIRED_UNKNOWN: 'silent',
  SUPERSEDED: undefined,
  CLOSED: undefined,
};

export function tallyOf(counts: Readonly<Partial<Record<ConfirmationState, number>>>): Tally {
  const tally = { asked: 0, waiting: 0, fixed: 0, notFixed: 0, wantsCall: 0, silent: 0, unreachable: 0 };
  for (const [state, count] of Object.entries(counts)) {
    const part = parts[state as ConfirmationState];
    tally.asked += count;
    if (part !== undefined) tally[part] += count;
  }
  return { ...tally, stillOutAtMost: stillOutAtMost(tally.notFixed, tally.fixed + tally.notFixed) };
}

/** One-sided 95 % bound: 3/n where nobody said "no" (rule of three, Hanley and Lippman-Hand 1983), else Wilson's. */
function stillOutAtMost(no: number, of: number): number | undefined {
  if (of === 0) return undefined;
  if (no === 0) return Math.min(1, 3 / of);
  const z = 1.645;
  const share = no / of;
  const spread = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  return Math.min(1, (share + (z * z) / (2 * of) + spread) / (1 + (z * z) / of));
}
