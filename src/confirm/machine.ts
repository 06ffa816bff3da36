/**
 * The states of one confirmation as a pure function of where it stands, what happened, when, and the policy; `undefined`
 * means that nothing changes. What is to be done beside the move it says as commands; who asks in bulk performs them.
 */
import { neverHappens } from '../base/fault.ts';
import { type Instant, minutes } from '../base/instant.ts';
import type { Answer, ConfirmationState } from '../model/confirmation.ts';
import type { Policy } from '../model/policy.ts';
import type { Task } from '../model/task.ts';

export interface Standing {
  readonly state: ConfirmationState;
  /** How often "no" was true so far. */
  readonly loop: number;
  /** Somebody has begun to work on it. */
  readonly isActedOn: boolean;
  readonly isProbedGood: boolean;
  /** Of a class that a "no" is never left to a queue for: VIP and lifeline. */
  readonly isUrgent: boolean;
  /** One of the few whose silence is looked into. */
  readonly isSampled: boolean;
  /** The simple question went out since the last question. */
  readonly isClarified: boolean;
  /** Calls that nobody took, the oldest first, and the local days they were made on. */
  readonly tries: number;
  readonly triedDays: number;
  readonly answeredAt?: Instant | undefined;
  /** When it came to rest. */
  readonly settledAt?: Instant | undefined;
}

export type ConfirmEvent =
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** Words that nobody could make out. */
  | { readonly kind: 'unclear' }
  | {
      readonly kind: 'held' | 'asked' | 'reminded' | 'expired' | 'undeliverable' | 'probedBad' | 'covered';
    }
  | { readonly kind: 'begun'; readonly task: Task['kind'] }
  | {
      readonly kind: 'worked';
      readonly task: Task['kind'];
      readonly outcome: Task['outcome'];
    };

/** `ask`: once more, the work is done. `ticket`: a new one, linked to the old. `note`: whoever works on it is told. */
export type Command = 'ask' | 'clarify' | 'tellTried' | 'ticket' | 'note' | 'sample';

export interface Move {
  readonly state: ConfirmationState;
  readonly loop: number;
  readonly commands: readonly Command[];
}

/** Questions that did not help before somebody must take it over. */
const loopLimit = 2;
/** Calls that nobody took before we stop, and the days they must be spread over. */
const tryLimit = 3;
const dayLimit = 2;
/** An answer this soon after the one before is a correction of it, not a second opinion. */
export const correctionMs = minutes(10);

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

export function next(
  from: Standing,
  event: ConfirmEvent,
  at: Instant,
  policy: Policy['confirm'],
): Move | undefined {
  const { state, loop } = from;
  switch (event.kind) {
    case 'answered':
      return answered(from, event.answer, at, policy);
    case 'unclear':
      if (!isWaiting(state)) return undefined;
      return from.isClarified
        ? { state: 'CALLBACK_QUEUED', loop, commands: [] }
        : { state: 'CLARIFY', loop, commands: ['clarify'] };
    case 'held':
      return to('HELD', loop);
    case 'asked':
      return to('ASKED', loop);
    case 'reminded':
      return state === 'ASKED' || state === 'REMINDED' ? to('REMINDED', loop) : undefined;
    case 'expired':
      return isWaiting(state) ? silent(from) : undefined;
    case 'undeliverable':
      // The line works by its own account: a letter would tell nobody anything.
      return isWaiting(state) ? to(from.isProbedGood ? 'EXPIRED_OK' : 'UNREACHABLE', loop) : undefined;
    case 'probedBad':
      return isWaiting(state) ? stillOut(from) : undefined;
    case 'covered':
      // Who asked for a call is called, whatever happens meanwhile.
      return isWaiting(state) || state === 'STILL_OUT' ? to('SUPERSEDED', loop) : undefined;
    case 'begun':
      return event.task === 'callBack' && state === 'CALLBACK_QUEUED'
        ? to('CALLBACK_ACTIVE', loop)
        : undefined;
    case 'worked':
      return event.task === 'callBack' ? called(from, event.outcome) : diagnosed(from, event);
    default:
      return neverHappens(event);
  }
}

const to = (state: ConfirmationState, loop: number, ...commands: Command[]): Move => ({
  state,
  loop,
  commands,
});

/** "No" is never left lying: after two attempts, and at once for some, somebody takes it over by name. */
const stillOut = ({ loop, isUrgent }: Standing): Move =>
  loop >= loopLimit || isUrgent ? to('ESCALATED', loop) : to('STILL_OUT', loop + 1);

function silent({ loop, isProbedGood, isSampled }: Standing): Move {
  if (isProbedGood) return to('EXPIRED_OK', loop);
  return isSampled ? to('EXPIRED_UNKNOWN', loop, 'sample') : to('EXPIRED_UNKNOWN', loop);
}

function answered(
  from: Standing,
  answer: Answer,
  at: Instant,
  { lateAnswerMs }: Policy['confirm'],
): Move | undefined {
  const { state, loop, settledAt } = from;
  if (settled.includes(state) && settledAt !== undefined && at - settledAt > lateAnswerMs) {
    // Too long ago to be the same trouble for certain: it is looked into under its own number.
    return answer === 'fixed' ? undefined : to(state, loop, 'ticket');
  }
  const isOpenToAll =
    isWaiting(state) || settled.includes(state) || state === 'CALLBACK_QUEUED' || state === 'CALLBACK_ACTIVE';
  switch (answer) {
    case 'fixed':
      return saidFixed(from, at, isOpenToAll);
    case 'notFixed':
      // "No" wins over whatever was said before; a late one reopens.
      return isOpenToAll ? stillOut(from) : undefined;
    case 'contactMe':
      if (state === 'STILL_OUT')
        return mayTakeBack(from, at) ? to('CALLBACK_QUEUED', Math.max(0, loop - 1)) : undefined;
      if (state === 'CALLBACK_QUEUED' || state === 'CALLBACK_ACTIVE') return undefined;
      return isOpenToAll ? to('CALLBACK_QUEUED', loop) : undefined;
    default:
      return neverHappens(answer);
  }
}

function saidFixed(from: Standing, at: Instant, isOpenToAll: boolean): Move | undefined {
  const { state, loop, isActedOn } = from;
  if (state === 'CONFIRMED' || state === 'CLOSED') return undefined;
  if (state === 'STILL_OUT')
    return isActedOn ? to(state, loop, 'note') : to('CONFIRMED', Math.max(0, loop - 1));
  if (state === 'ESCALATED') return mayTakeBack(from, at) ? to('CONFIRMED', loop) : to(state, loop, 'note');
  return isOpenToAll ? to('CONFIRMED', loop) : undefined;
}

const mayTakeBack = ({ answeredAt, isActedOn }: Standing, at: Instant): boolean =>
  answeredAt !== undefined && at - answeredAt <= correctionMs && !isActedOn;

function called(from: Standing, outcome: Task['outcome']): Move | undefined {
  const { state, loop, tries, triedDays } = from;
  const isPromised = state === 'CALLBACK_QUEUED' || state === 'CALLBACK_ACTIVE';
  if (!isPromised && state !== 'EXPIRED_UNKNOWN') return undefined;
  if (outcome === 'fixed') return to('CONFIRMED', loop);
  if (outcome === 'notFixed') return stillOut(from);
  // A call into the silence of one of many is not repeated.
  if (!isPromised) return to(state, loop);
  if (outcome !== 'noAnswer') return to('CLOSED', loop);
  return tries >= tryLimit && triedDays >= dayLimit
    ? to('UNREACHABLE', loop, 'tellTried')
    : to('CALLBACK_ACTIVE', loop);
}

function diagnosed(from: Standing, { task, outcome }: ConfirmEvent & { kind: 'worked' }): Move | undefined {
  const { state, loop } = from;
  if (task !== 'diagnose' || (state !== 'STILL_OUT' && state !== 'ESCALATED')) return undefined;
  if (outcome === 'noAnswer') return to('UNREACHABLE', loop, 'tellTried');
  if (outcome === 'notFixed') return state === 'ESCALATED' ? to(state, loop) : stillOut(from);
  // Who took over an escalated confirmation has spoken with the subscriber: no fourth question.
  return state === 'ESCALATED' ? to('CLOSED', loop) : to(state, loop, 'ask');
}
