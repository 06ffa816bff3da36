/** The states of one confirmation as a pure function: `undefined` means that nothing changes. */
import { neverHappens } from '../base/fault.ts';
import type { Answer, ConfirmationState } from '../model/confirmation.ts';
import type { Task } from '../model/task.ts';

export interface Standing {
  readonly state: ConfirmationState;
  /** How often "no" was true so far. */
  readonly loop: number;
  /** Somebody has begun to work on it. */
  readonly isActedOn: boolean;
  readonly isProbedGood: boolean;
}

export type ConfirmEvent =
  /** `isCorrection`: within ten minutes of the answer before. */
  | { readonly kind: 'answered'; readonly answer: Answer; readonly isCorrection: boolean }
  | { readonly kind: 'held' | 'asked' | 'reminded' | 'expired' | 'undeliverable' | 'probedBad' | 'covered' }
  | { readonly kind: 'worked'; readonly task: Task['kind']; readonly outcome: Task['outcome'] };

export interface Move {
  readonly state: ConfirmationState;
  readonly loop: number;
  /** The work is done: ask once more. */
  readonly asksAgain?: boolean | undefined;
}

/** Questions that did not help before somebody must take it over. */
const loopLimit = 2;

const waiting: readonly ConfirmationState[] = ['PENDING_PROBE', 'HELD', 'ASKED', 'REMINDED', 'CLARIFY'];
const settled: readonly ConfirmationState[] = [
  'CONFIRMED',
  'UNREACHABLE',
  'EXPIRED_OK',
  'EXPIRED_UNKNOWN',
  'CLOSED',
];

/** Nothing more will come of it, unless the subscriber says so. */
export const isTerminal = (state: ConfirmationState): boolean =>
  state === 'SUPERSEDED' || settled.includes(state);
/** The question is out, or waits for the morning. */
export const isWaiting = (state: ConfirmationState): boolean => waiting.includes(state);

export function next(from: Standing, event: ConfirmEvent): Move | undefined {
  const { state, loop } = from;
  switch (event.kind) {
    case 'answered':
      return answered(from, event.answer, event.isCorrection);
    case 'held':
      return { state: 'HELD', loop };
    case 'asked':
      return { state: 'ASKED', loop };
    case 'reminded':
      return state === 'ASKED' || state === 'REMINDED' ? { state: 'REMINDED', loop } : undefined;
    case 'expired':
      return isWaiting(state)
        ? { state: from.isProbedGood ? 'EXPIRED_OK' : 'EXPIRED_UNKNOWN', loop }
        : undefined;
    case 'undeliverable':
      return isWaiting(state) ? { state: 'UNREACHABLE', loop } : undefined;
    case 'probedBad':
      return isWaiting(state) ? stillOut(loop) : undefined;
    case 'covered':
      // Who asked for a call is called, whatever happens meanwhile.
      return isWaiting(state) || state === 'STILL_OUT' ? { state: 'SUPERSEDED', loop } : undefined;
    case 'worked':
      return worked(from, event);
    default:
      return neverHappens(event);
  }
}

function answered(from: Standing, answer: Answer, isCorrection: boolean): Move | undefined {
  const { state, loop, isActedOn } = from;
  const isOpenToAll = isWaiting(state) || settled.includes(state);
  const mayTakeBack = isCorrection && !isActedOn;
  switch (answer) {
    case 'fixed':
      if (state === 'STILL_OUT')
        return isActedOn ? undefined : { state: 'CONFIRMED', loop: Math.max(0, loop - 1) };
      if (state === 'ESCALATED') return mayTakeBack ? { state: 'CONFIRMED', loop } : undefined;
      if (state === 'CONFIRMED' || state === 'CLOSED') return undefined;
      return isOpenToAll || state === 'CALLBACK_QUEUED' ? { state: 'CONFIRMED', loop } : undefined;
    case 'notFixed':
      // "No" wins over whatever was said before; a late one reopens.
      return isOpenToAll || state === 'CALLBACK_QUEUED' ? stillOut(loop) : undefined;
    case 'contactMe':
      if (state === 'STILL_OUT')
        return mayTakeBack ? { state: 'CALLBACK_QUEUED', loop: Math.max(0, loop - 1) } : undefined;
      return isOpenToAll ? { state: 'CALLBACK_QUEUED', loop } : undefined;
    default:
      return neverHappens(answer);
  }
}

function worked(
  { state, loop }: Standing,
  { task, outcome }: ConfirmEvent & { kind: 'worked' },
): Move | undefined {
  const isCall = task === 'callBack' && (state === 'CALLBACK_QUEUED' || state === 'CALLBACK_ACTIVE');
  const isDiagnosis = task === 'diagnose' && (state === 'STILL_OUT' || state === 'ESCALATED');
  if (!isCall && !isDiagnosis) return undefined;
  if (outcome === 'noAnswer') return { state: 'UNREACHABLE', loop };
  if (outcome === 'notFixed') return state === 'ESCALATED' ? { state, loop } : stillOut(loop);
  if (isCall) return { state: outcome === 'fixed' ? 'CONFIRMED' : 'CLOSED', loop };
  // Who took over an escalated confirmation has spoken with the subscriber: no fourth question.
  return state === 'ESCALATED' ? { state: 'CLOSED', loop } : { state, loop, asksAgain: true };
}

const stillOut = (loop: number): Move =>
  loop >= loopLimit ? { state: 'ESCALATED', loop } : { state: 'STILL_OUT', loop: loop + 1 };
