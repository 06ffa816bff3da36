import { describe, expect, test } from 'vitest';
import { days, hours, type Instant, instant, minutes } from '../../src/base/instant.ts';
import { type ConfirmEvent, next, type Standing } from '../../src/confirm/machine.ts';
import type { Answer, ConfirmationState } from '../../src/model/confirmation.ts';
import { noon, policy } from '../support/care.ts';

const rules = policy().confirm;
const standing = (state: ConfirmationState, change: Partial<Standing> = {}): Standing => ({
  state,
  loop: 0,
  isActedOn: false,
  isProbedGood: false,
  isUrgent: false,
  isSampled: false,
  isClarified: false,
  tries: 0,
  triedDays: 0,
  ...change,
});
const says = (answer: Answer): ConfirmEvent => ({ kind: 'answered', answer });
const ago = (ms: number): Instant => instant(noon - ms);
/** State, loop and commands after the event; what changes nothing is `-`. */
function after(from: Standing, event: ConfirmEvent): string {
  const move = next(from, event, noon, rules);
  return move === undefined ? '-' : [move.state, move.loop, ...move.commands].join(' ');
}

type Row = readonly [title: string, from: Standing, event: ConfirmEvent, to: string];
const called = (outcome: 'fixed' | 'notFixed' | 'talked' | 'noAnswer'): ConfirmEvent => ({
  kind: 'worked',
  task: 'callBack',
  outcome,
});
const diagnosed = (outcome: 'fixed' | 'notFixed' | 'noAnswer'): ConfirmEvent => ({
  kind: 'worked',
  task: 'diagnose',
  outcome,
});

const before: readonly Row[] = [
  [
    'a bad test of the line is a "no" without asking',
    standing('PENDING_PROBE'),
    { kind: 'probedBad' },
    'STILL_OUT 1',
  ],
  [
    'in quiet hours and over the cap the question is held',
    standing('PENDING_PROBE'),
    { kind: 'held' },
    'HELD 0',
  ],
  ['a good test, or none, lets the question out', standing('PENDING_PROBE'), { kind: 'asked' }, 'ASKED 0'],
  ['the window opens and the question goes out', standing('HELD'), { kind: 'asked' }, 'ASKED 0'],
  [
    'a test that goes bad while the question is held is a "no"',
    standing('HELD'),
    { kind: 'probedBad' },
    'STILL_OUT 1',
  ],
];

const answers: readonly Row[] = [
  ['"yes" confirms', standing('ASKED'), says('fixed'), 'CONFIRMED 0'],
  ['"yes" to a reminder confirms', standing('REMINDED'), says('fixed'), 'CONFIRMED 0'],
  [
    '"yes" to the simple question confirms',
    standing('CLARIFY', { isClarified: true }),
    says('fixed'),
    'CONFIRMED 0',
  ],
  ['the first "no" starts the diagnosis', standing('ASKED'), says('notFixed'), 'STILL_OUT 1'],
  ['the second "no" starts it again', standing('REMINDED', { loop: 1 }), says('notFixed'), 'STILL_OUT 2'],
  ['the third "no" gets an owner by name', standing('ASKED', { loop: 2 }), says('notFixed'), 'ESCALATED 2'],
  [
    'the first "no" of a VIP or a lifeline gets an owner at once',
    standing('ASKED', { isUrgent: true }),
    says('notFixed'),
    'ESCALATED 0',
  ],
  ['"contact me" brings a call', standing('ASKED'), says('contactMe'), 'CALLBACK_QUEUED 0'],
  [
    'words that nobody makes out bring one simple question',
    standing('ASKED'),
    { kind: 'unclear' },
    'CLARIFY 0 clarify',
  ],
  ['the same after a reminder', standing('REMINDED'), { kind: 'unclear' }, 'CLARIFY 0 clarify'],
  [
    'words that nobody makes out twice bring a call',
    standing('CLARIFY', { isClarified: true }),
    { kind: 'unclear' },
    'CALLBACK_QUEUED 0',
  ],
  ['such words change nothing where nothing is asked', standing('CONFIRMED'), { kind: 'unclear' }, '-'],
  ['the same answer again changes nothing', standing('CONFIRMED'), says('fixed'), '-'],
  [
    'a second "no" to one question changes nothing',
    standing('STILL_OUT', { loop: 1 }),
    says('notFixed'),
    '-',
  ],
];

const silence: readonly Row[] = [
  ['no answer brings a reminder', standing('ASKED'), { kind: 'reminded' }, 'REMINDED 0'],
  ['who was asked the simple question is not reminded', standing('CLARIFY'), { kind: 'reminded' }, '-'],
  [
    'silence of a line that tests well is taken for a "yes", and counted apart',
    standing('REMINDED', { isProbedGood: true }),
    { kind: 'expired' },
    'EXPIRED_OK 0',
  ],
  [
    'silence of a line without a test means nothing',
    standing('REMINDED'),
    { kind: 'expired' },
    'EXPIRED_UNKNOWN 0',
  ],
  [
    'some of that silence is looked into',
    standing('REMINDED', { isSampled: true }),
    { kind: 'expired' },
    'EXPIRED_UNKNOWN 0 sample',
  ],
  [
    'silence after the simple question ends, too',
    standing('CLARIFY'),
    { kind: 'expired' },
    'EXPIRED_UNKNOWN 0',
  ],
  ['an answered question does not expire', standing('CONFIRMED'), { kind: 'expired' }, '-'],
  [
    'no channel is left: to the list of letters',
    standing('ASKED'),
    { kind: 'undeliverable' },
    'UNREACHABLE 0',
  ],
  [
    'no channel is left, but the line tests well',
    standing('ASKED', { isProbedGood: true }),
    { kind: 'undeliverable' },
    'EXPIRED_OK 0',
  ],
];

const calls: readonly Row[] = [
  [
    'somebody takes the call up',
    standing('CALLBACK_QUEUED'),
    { kind: 'begun', task: 'callBack' },
    'CALLBACK_ACTIVE 0',
  ],
  [
    'a diagnosis that begins is no call',
    standing('CALLBACK_QUEUED'),
    { kind: 'begun', task: 'diagnose' },
    '-',
  ],
  [
    'nobody takes the first call',
    standing('CALLBACK_QUEUED', { tries: 1, triedDays: 1 }),
    called('noAnswer'),
    'CALLBACK_ACTIVE 0',
  ],
  [
    'three calls on one day are not enough to stop',
    standing('CALLBACK_ACTIVE', { tries: 3, triedDays: 1 }),
    called('noAnswer'),
    'CALLBACK_ACTIVE 0',
  ],
  [
    'three calls on two days are: we say that we tried',
    standing('CALLBACK_ACTIVE', { tries: 3, triedDays: 2 }),
    called('noAnswer'),
    'UNREACHABLE 0 tellTried',
  ],
  ['talked: it is fixed', standing('CALLBACK_ACTIVE'), called('fixed'), 'CONFIRMED 0'],
  ['talked: it is not', standing('CALLBACK_ACTIVE'), called('notFixed'), 'STILL_OUT 1'],
  ['talked of something else', standing('CALLBACK_QUEUED'), called('talked'), 'CLOSED 0'],
  ['who waits for a call may answer by himself', standing('CALLBACK_ACTIVE'), says('fixed'), 'CONFIRMED 0'],
  ['who waits for a call may say "no"', standing('CALLBACK_QUEUED'), says('notFixed'), 'STILL_OUT 1'],
  [
    'a call into silence finds trouble',
    standing('EXPIRED_UNKNOWN', { isSampled: true }),
    called('notFixed'),
    'STILL_OUT 1',
  ],
  ['a call into silence finds a "yes"', standing('EXPIRED_UNKNOWN'), called('fixed'), 'CONFIRMED 0'],
  [
    'a call into silence that nobody takes is not repeated',
    standing('EXPIRED_UNKNOWN'),
    called('noAnswer'),
    'EXPIRED_UNKNOWN 0',
  ],
];

const work: readonly Row[] = [
  [
    'a diagnosis that helped brings the question once more',
    standing('STILL_OUT', { loop: 1 }),
    diagnosed('fixed'),
    'STILL_OUT 1 ask',
  ],
  [
    'one that did not is another attempt',
    standing('STILL_OUT', { loop: 1 }),
    diagnosed('notFixed'),
    'STILL_OUT 2',
  ],
  [
    'after the second the third hand takes over',
    standing('STILL_OUT', { loop: 2 }),
    diagnosed('notFixed'),
    'ESCALATED 2',
  ],
  [
    'who took it over has spoken with the subscriber: no fourth question',
    standing('ESCALATED', { loop: 2 }),
    diagnosed('fixed'),
    'CLOSED 2',
  ],
  ['who took it over goes on', standing('ESCALATED', { loop: 2 }), diagnosed('notFixed'), 'ESCALATED 2'],
  [
    'nobody was found: we say that we tried',
    standing('STILL_OUT', { loop: 1 }),
    diagnosed('noAnswer'),
    'UNREACHABLE 1 tellTried',
  ],
];

const soon = ago(minutes(10));
const later = ago(minutes(10) + 1);
const week = ago(days(7));
const overAWeek = ago(days(7) + 1);
const late: readonly Row[] = [
  ['a new outage takes an open question with it', standing('ASKED'), { kind: 'covered' }, 'SUPERSEDED 0'],
  ['and one that is held', standing('HELD'), { kind: 'covered' }, 'SUPERSEDED 0'],
  [
    'and trouble that nobody has solved',
    standing('STILL_OUT', { loop: 1 }),
    { kind: 'covered' },
    'SUPERSEDED 1',
  ],
  ['who was promised a call is called all the same', standing('CALLBACK_QUEUED'), { kind: 'covered' }, '-'],
  [
    'a "no" within seven days reopens what was confirmed',
    standing('CONFIRMED', { settledAt: week }),
    says('notFixed'),
    'STILL_OUT 1',
  ],
  [
    'and what silence had ended',
    standing('EXPIRED_UNKNOWN', { settledAt: week }),
    says('notFixed'),
    'STILL_OUT 1',
  ],
  [
    'and silence over a line that tested well',
    standing('EXPIRED_OK', { settledAt: week }),
    says('notFixed'),
    'STILL_OUT 1',
  ],
  [
    'a "no" after that opens a ticket of its own',
    standing('CLOSED', { settledAt: overAWeek }),
    says('notFixed'),
    'CLOSED 0 ticket',
  ],
  [
    'and so does the wish for a call',
    standing('CLOSED', { settledAt: overAWeek }),
    says('contactMe'),
    'CLOSED 0 ticket',
  ],
  [
    'also where it was confirmed',
    standing('CONFIRMED', { settledAt: overAWeek }),
    says('notFixed'),
    'CONFIRMED 0 ticket',
  ],
  [
    'a "yes" after that says nothing new',
    standing('EXPIRED_UNKNOWN', { settledAt: overAWeek }),
    says('fixed'),
    '-',
  ],
  [
    'a late "yes" while nobody has acted takes the trouble back',
    standing('STILL_OUT', { loop: 1, answeredAt: ago(hours(3)) }),
    says('fixed'),
    'CONFIRMED 0',
  ],
  [
    'one while somebody is on the way is told to him',
    standing('STILL_OUT', { loop: 1, isActedOn: true, answeredAt: soon }),
    says('fixed'),
    'STILL_OUT 1 note',
  ],
  [
    '"yes" ten minutes after the "no" that got an owner takes it back',
    standing('ESCALATED', { loop: 2, answeredAt: soon }),
    says('fixed'),
    'CONFIRMED 2',
  ],
  [
    'later the "no" wins, and the owner hears of it',
    standing('ESCALATED', { loop: 2, answeredAt: later }),
    says('fixed'),
    'ESCALATED 2 note',
  ],
  [
    'also within ten minutes when somebody has begun',
    standing('ESCALATED', { loop: 2, isActedOn: true, answeredAt: soon }),
    says('fixed'),
    'ESCALATED 2 note',
  ],
  [
    '"no" after "yes" wins at any time',
    standing('CONFIRMED', { answeredAt: later }),
    says('notFixed'),
    'STILL_OUT 1',
  ],
  [
    '"contact me" ten minutes after "no" is what was meant',
    standing('STILL_OUT', { loop: 1, answeredAt: soon }),
    says('contactMe'),
    'CALLBACK_QUEUED 0',
  ],
  [
    'later it is diagnosed all the same',
    standing('STILL_OUT', { loop: 1, answeredAt: later }),
    says('contactMe'),
    '-',
  ],
  ['what a new outage took is answered no more', standing('SUPERSEDED'), says('notFixed'), '-'],
];

describe.each([
  ['before the question', before],
  ['the answer', answers],
  ['silence and dead ways', silence],
  ['calls', calls],
  ['work', work],
  ['what comes late, twice or otherwise than before', late],
] as const)('%s', (_name, rows) => {
  test.each(rows)('%s', (_title, from, event, to) => {
    expect(after(from, event)).toBe(to);
  });
});

test('from every state that is not at rest an event leads on: there is no dead end', () => {
  const way: Readonly<Partial<Record<ConfirmationState, ConfirmEvent>>> = {
    PENDING_PROBE: { kind: 'asked' },
    HELD: { kind: 'asked' },
    ASKED: { kind: 'expired' },
    REMINDED: { kind: 'expired' },
    CLARIFY: { kind: 'expired' },
    STILL_OUT: diagnosed('notFixed'),
    ESCALATED: diagnosed('fixed'),
    CALLBACK_QUEUED: called('talked'),
    CALLBACK_ACTIVE: called('talked'),
  };
  for (const [state, event] of Object.entries(way))
    expect([state, after(standing(state as ConfirmationState), event!)]).not.toEqual([state, '-']);
});
