/**
 * Arbitrary days of a small city: steps drawn without knowing the line, played against what the line has by then, so
 * that replies meet questions that were asked and commands meet tickets that exist.
 */
import fc from 'fast-check';
import { after, hours, instant, milliseconds, minutes, seconds } from '../../src/base/instant.ts';
import type { Input, SubscriberReply } from '../../src/flow/input.ts';
import {
  type AlarmId,
  type ConfirmationId,
  type IncidentId,
  resourceId,
  type StaffId,
  subscriberKey,
  type TaskId,
  type TicketId,
} from '../../src/model/ids.ts';
import type { ObservationSource } from '../../src/model/observation.ts';
import { allTerminals, policyNames, tableNames } from './line-city.ts';
import type { LineRun } from './line-run.ts';
import { terminals } from './small-city.ts';

/** `pick` and `choice` are reduced to whatever there is to pick from. */
export interface Step {
  readonly what: (typeof whats)[number];
  readonly waitMs: number;
  readonly pick: number;
  readonly choice: number;
}

// Said more than once: more often.
const whats = [
  ...['cut', 'cut', 'cut', 'mend', 'mend', 'mend', 'raise', 'clear', 'alive', 'unknown', 'sight'],
  ...[
    'transport',
    'counted',
    'answered',
    'alarmCommand',
    'alarmCommand',
    'correct',
    'correct',
    'setEtr',
    'approve',
    'refuse',
    'ticketStatus',
    'finish',
    'finish',
  ],
  ...['giveBack', 'reconcile', 'contact', 'contact', 'reply', 'reply', 'reply', 'reply', 'rate', 'rate'],
  ...['stop', 'desk', 'receipts', 'test', 'staff', 'staff', 'plan', 'rules', 'policy', 'calendar'],
  ...['topology', 'resumed', 'clock', 'spooled', 'tick', 'wait', 'wait'],
] as const;

const waits = [0, 0, 100, seconds(3), seconds(20), minutes(2), minutes(11), hours(1), hours(5), hours(26)];

const stepArbitrary: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(...whats),
  waitMs: fc.constantFrom(...waits),
  pick: fc.nat(10_000),
  choice: fc.nat(10_000),
});

export const dayArbitrary = (maxLength: number): fc.Arbitrary<Step[]> =>
  fc.array(stepArbitrary, { minLength: 5, maxLength, size: 'max' });

const places = ['1-1-1', '1-1-2', '1-1', '2-1', '1', '2'];
const causes = ['LOS', 'DYING_GASP', 'PORT_LOS', 'NO_IP', 'FAN_FAIL', 'UNREACHABLE', 'LINK_DOWN', 'ODD'];
const others = [
  'olt-1',
  'olt-1/c1/p1',
  'agg-2',
  'l-o1',
  'l-34',
  'col-1',
  'dns-1',
  's1-1',
  'stranger',
  'b-1-x',
];
const sources: readonly ObservationSource[] = ['trap', 'poll', 'syslog', 'collector', 'api'];
const statuses = [
  'acknowledged',
  'pending',
  'held',
  'inProgress',
  'cancelled',
  'closed',
  'resolved',
] as const;

export function play(run: LineRun, steps: readonly Step[]): LineRun {
  for (const step of steps) {
    run.pass(milliseconds(step.waitMs));
    for (const input of inputsOf(run, step)) run.put(input);
  }
  return run;
}

const of = <T>(things: readonly T[], nth: number): T => things[nth % things.length]!;

function inputsOf(run: LineRun, step: Step): readonly Input[] {
  return observations(step) ?? commands(run, step) ?? subscribers(run, step) ?? decisions(run, step);
}

function observations({ what, pick, choice }: Step): readonly Input[] | undefined {
  const cause = of(causes, choice);
  const source = of(sources, pick + choice);
  const one = resourceId(of([...others, ...allTerminals], pick));
  const seen = (observation: Extract<Input, { kind: 'observation' }>['observation']): Input => ({
    kind: 'observation',
    observation,
  });
  const many = (event: 'raise' | 'clear', resources: readonly string[], named: string): Input[] =>
    resources.map((id) => seen({ event, resource: resourceId(id), cause: named, source: 'trap' }));
  switch (what) {
    case 'cut':
      return many('raise', terminals(of(places, pick)), of(['LOS', 'LOS', 'DYING_GASP'], choice));
    case 'mend': {
      const mended = terminals(of(places, pick));
      return [...many('clear', mended, 'LOS'), ...many('clear', mended, 'DYING_GASP')];
    }
    case 'raise':
      return [seen({ event: 'raise', resource: one, cause, source, record: `r${pick}` })];
    case 'clear':
      return [seen({ event: 'clear', resource: one, cause, source })];
    case 'alive':
    case 'unknown':
      return [
        seen({ event: what, resource: one, source: 'poll', below: choice % 2 === 0 ? true : undefined }),
      ];
    case 'sight':
      return ['col-1', 'olt-1', 'agg-2'].map((id) =>
        seen({ event: 'raise', resource: resourceId(id), cause: 'UNREACHABLE', source: 'poll' }),
      );
    case 'transport':
      return ['agg-1', 'agg-2'].map((by) =>
        seen({
          event: of(['raise', 'raise', 'clear'], pick),
          resource: resourceId(of(['l-12', 'l-o1', 'l-c1'], choice)),
          cause: 'LINK_DOWN',
          by: resourceId(by),
          source: 'trap',
        }),
      );
    case 'counted': {
      const counts = { down: 8, alive: choice % 9, unknown: pick % 3 };
      const children = Array.from({ length: 8 }, (_, n) => ({ object: `if/${n}` }));
      const event = of(['raise', 'clear'] as const, pick);
      const owner = resourceId(of(['olt-1/c1/p1', 'olt-1', 'stranger'], choice));
      return [{ kind: 'bitmap', bitmap: { owner, device: 'olt-1', event, cause, counts, children } }];
    }
    case 'answered': {
      const owner = resourceId(of(['olt-1/c1', 's1-1', 'stranger'], choice));
      const [down, alive, unknown] = ['c1/p1', 'c1/p2', 'c1'].map((object, n) =>
        (pick >> n) % 2 ? [object] : [],
      );
      const counts = { down: down!.length, alive: alive!.length, unknown: unknown!.length };
      const causes = [{ cause, objects: down! }];
      const stands = { down: causes, alive: alive!, unknown: unknown! };
      return [{ kind: 'fullBitmap', bitmap: { owner, device: 'olt-1', counts, ...stands } }];
    }
    case 'spooled':
      return [1, 1].map(() => ({
        kind: 'observation' as const,
        observation: { event: 'raise' as const, resource: one, cause, source },
        spool: { id: `spool-${choice % 2}`, offset: pick },
      }));
    default:
      return undefined;
  }
}

function commands(run: LineRun, { what, pick, choice }: Step): readonly Input[] | undefined {
  const command = (order: Extract<Input, { kind: 'command' }>['command']): Input[] => [
    { kind: 'command', by: 'olga', command: order },
  ];
  const incident = of(idsOf(run, 'incident'), pick) as IncidentId;
  const task = of(idsOf(run, 'task'), pick) as TaskId;
  switch (what) {
    case 'alarmCommand': {
      const alarm = of(idsOf(run, 'alarm'), pick) as AlarmId;
      const kind = of(
        ['acknowledgeAlarm', 'unacknowledgeAlarm', 'clearAlarm', 'shelveAlarm', 'noteAlarm'] as const,
        choice,
      );
      if (kind === 'noteAlarm') return command({ kind, alarm, note: `row-${choice % 7}` });
      const until = instant(run.at + (choice % 3) * minutes(5));
      const untilCleared = choice % 2 === 0 ? true : undefined;
      return command(kind === 'shelveAlarm' ? { kind, alarm, until, untilCleared } : { kind, alarm });
    }
    case 'correct': {
      const alarm = of(idsOf(run, 'alarm'), choice) as AlarmId;
      const other = of(idsOf(run, 'incident'), choice) as IncidentId;
      switch (choice % 4) {
        case 0:
          return command({ kind: 'mergeIncidents', incident, into: other });
        case 1:
          return command({
            kind: 'splitIncident',
            incident,
            alarms: alarmsOf(run, incident).slice(choice % 3),
          });
        default:
          return command({ kind: 'placeAlarm', incident, alarm, belongs: choice % 2 === 0 });
      }
    }
    case 'setEtr': {
      const from = after(run.at, minutes(choice % 300));
      return command({ kind: 'setEtr', incident, from, to: after(from, minutes(pick % 200)) });
    }
    case 'approve':
      return command({ kind: 'approveNotices', incident });
    case 'refuse':
      return command({ kind: 'refuseNotices', incident });
    case 'ticketStatus': {
      const ticket = of(idsOf(run, 'ticket'), pick) as TicketId;
      return command({ kind: 'setTicketStatus', ticket, status: of(statuses, choice) });
    }
    case 'finish': {
      const outcome = of(['fixed', 'notFixed', 'talked', 'noAnswer'] as const, choice);
      return command({ kind: 'finishTask', task, outcome });
    }
    case 'giveBack':
      return command({ kind: 'returnTask', task });
    case 'reconcile': {
      const watches = terminals(of(places, pick)).map(resourceId);
      const active = watches.slice(0, choice % 4).map((resource) => ({ resource, cause: 'LOS' }));
      return command({ kind: 'reconcile', collector: 'col-1', watches, active });
    }
    default:
      return undefined;
  }
}

function subscribers(run: LineRun, { what, pick, choice }: Step): readonly Input[] | undefined {
  const subscriber = subscriberKey(1 + (pick % (allTerminals.length + 2)));
  const confirmation = of(idsOf(run, 'confirmation'), pick) as ConfirmationId;
  const reply = (said: SubscriberReply): Input[] => [
    { kind: 'subscriberReply', confirmation, channel: of(['sms', 'web'] as const, pick), reply: said },
  ];
  const incident = of(idsOf(run, 'incident'), pick) as IncidentId;
  switch (what) {
    case 'contact':
      return [{ kind: 'subscriberContact', subscriber, channel: 'phone', contact: `c${pick}` }];
    case 'reply':
      return reply({ kind: 'answer', answer: of(['fixed', 'notFixed', 'contactMe'] as const, choice) });
    case 'rate':
      return reply({ kind: 'rating', score: (choice % 14) - 1, cause: of([undefined, 'slow'], pick) });
    case 'stop':
      return reply({ kind: 'stop' });
    case 'receipts': {
      const state = of(['sent', 'delivered', 'failed', 'expired'] as const, choice);
      const type = of(['detected', 'ask'] as const, pick);
      const counts = [{ incident, type, state, count: choice % 9 }];
      return [{ kind: 'receipts', counts, unreachable: [{ incident, type, subscriber }] }];
    }
    case 'test':
      return [{ kind: 'testResult', subscriber, result: of(['good', 'bad', 'impossible'] as const, choice) }];
    default:
      return undefined;
  }
}

const skills = ['fibre', 'power', 'ip', 'care'];

function decisions(run: LineRun, { what, pick, choice }: Step): readonly Input[] {
  switch (what) {
    case 'desk': {
      const ticket = of(idsOf(run, 'ticket'), pick) as TicketId;
      return [{ kind: 'deskUpdate', ticket, status: of([undefined, ...statuses], choice) }];
    }
    case 'staff': {
      const state = of(['available', 'available', 'away', 'off'] as const, choice);
      const known = skills.filter((_, at) => at !== pick % 5);
      const staff = { id: `m${pick % 4}` as StaffId, skills: known, state, limit: 1 + (choice % 3) };
      return [{ kind: 'staffChange', staff }];
    }
    case 'plan': {
      const task = of(idsOf(run, 'task'), pick) as TaskId;
      const assignments = [{ task, staff: `m${choice % 4}` as StaffId }];
      return [{ kind: 'plan', basedOn: run.line.sequence, assignments }];
    }
    case 'rules':
      return [{ kind: 'ruleSet', rules: `rules-${choice}` }];
    case 'policy':
      return [{ kind: 'policy', policy: of(policyNames, choice) }];
    case 'calendar':
      return [{ kind: 'calendar', calendar: of(['city', 'utc'], choice) }];
    case 'topology': {
      const version = run.line.topologyVersion + 1;
      const topology = of(['city', 'works', 'renamed', 'rebuilt'], pick);
      return [{ kind: 'topologyVersion', version, topology, subscribers: of(tableNames, choice) }];
    }
    case 'resumed':
      return [{ kind: 'resumed', stoppedMs: choice * 1_000 }];
    case 'clock':
      return [{ kind: 'clockStepped', byMs: choice }];
    case 'tick':
      return [{ kind: 'tick' }];
    default:
      return [];
  }
}

/** Ids of its alarms as the incident last named them. */
function alarmsOf(run: LineRun, id: IncidentId): AlarmId[] {
  const held = new Map<AlarmId, IncidentId | undefined>();
  for (const { alarm } of run.changes('alarm')) held.set(alarm.id, alarm.incident);
  return [...held].filter(([, incident]) => incident === id).map(([alarm]) => alarm);
}

/** Ids of that kind that the line has spoken of, and one that it has not. */
function idsOf(run: LineRun, kind: 'alarm' | 'incident' | 'ticket' | 'confirmation' | 'task'): string[] {
  const ids = new Set<string>(['l.9.9:7']);
  for (const { changes } of run.applied)
    for (const change of changes) {
      if (change.kind !== kind) continue;
      if (change.kind === 'alarm') ids.add(change.alarm.id);
      else if (change.kind === 'incident') ids.add(change.incident.id);
      else if (change.kind === 'ticket') ids.add(change.ticket.id);
      else if (change.kind === 'confirmation') ids.add(change.confirmation.id);
      else if (change.kind === 'task') ids.add(change.task.id);
    }
  return [...ids];
}
