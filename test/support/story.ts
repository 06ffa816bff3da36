/** Tells a story of `test/stories` to a line and looks at what it says in between. */
import { expect } from 'vitest';
import { instant, milliseconds } from '../../src/base/instant.ts';
import type { Command, Input } from '../../src/flow/input.ts';
import type { Answer, ConfirmationChange } from '../../src/model/confirmation.ts';
import { type IncidentId, type StaffId, subscriberKey } from '../../src/model/ids.ts';
import type { Impact, Incident } from '../../src/model/incident.ts';
import type { Observation } from '../../src/model/observation.ts';
import type { Task } from '../../src/model/task.ts';
import type { Ticket } from '../../src/model/ticket.ts';
import { placeSubscribers, type Subscribers } from '../../src/topology/topology.ts';
import { allTerminals, cityContents, cityTable, keyAt } from './line-city.ts';
import { freshLine, LineRun } from './line-run.ts';

type Confirmation = ConfirmationChange['confirmation'];

/** See test/stories/README.md for the words. */
export interface Story {
  readonly story: string;
  /** UTC; noon when left out. */
  readonly startsAt?: string | undefined;
  readonly topology?: string | undefined;
  readonly policy?: string | undefined;
  readonly optedOut?: readonly string[] | undefined;
  readonly silent?: readonly string[] | undefined;
  readonly each?: number | undefined;
  readonly timeline: readonly StoryStep[];
}

interface StoryStep {
  readonly at: string;
  readonly raise?: string | undefined;
  readonly clear?: string | undefined;
  readonly on?: string | readonly string[] | undefined;
  readonly alive?: string | undefined;
  readonly reply?: { readonly from: string; readonly says: Answer } | undefined;
  readonly rating?: { readonly from: string; readonly score: number } | undefined;
  readonly stop?: string | undefined;
  readonly unclear?: string | undefined;
  /** What a test of the lines `on` said. */
  readonly probe?: 'good' | 'bad' | undefined;
  readonly contact?: string | undefined;
  readonly staff?: { readonly id: string; readonly skills: readonly string[] } | undefined;
  readonly finish?: { readonly task: string; readonly outcome: string } | undefined;
  readonly approve?: string | undefined;
  readonly refuse?: string | undefined;
  /** Minutes from now. */
  readonly etr?: { readonly of: string; readonly from: number; readonly to: number } | undefined;
  /** How long the line was away. */
  readonly away?: string | undefined;
  readonly expect?: Expected | undefined;
}

interface Expected {
  readonly incidents?: readonly Readonly<Record<string, unknown>>[] | undefined;
  readonly told?: Readonly<Record<string, number>> | undefined;
  readonly held?: number | undefined;
  readonly released?: number | undefined;
  readonly notBefore?: readonly string[] | undefined;
  readonly neverTold?: readonly string[] | undefined;
  readonly tickets?: Readonly<Record<string, string>> | undefined;
  readonly attached?: number | undefined;
  readonly promise?: string | undefined;
  readonly tasks?: readonly Readonly<Record<string, unknown>>[] | undefined;
  readonly confirmations?: Readonly<Record<string, number>> | undefined;
}

const stepWords: readonly string[] = [
  ...[
    'at',
    'raise',
    'clear',
    'on',
    'alive',
    'reply',
    'rating',
    'stop',
    'unclear',
    'probe',
    'contact',
    'staff',
    'finish',
  ],
  ...['approve', 'refuse', 'etr', 'away', 'expect'],
];

export function tell(story: Story): void {
  const table = cityTable({ each: story.each, optedOut: story.optedOut, silent: story.silent });
  const contents = cityContents({ story: table });
  const topology = story.topology ?? 'city';
  const startsAt = instant(Date.parse(story.startsAt ?? '2026-01-01T12:00:00Z'));
  const run = new LineRun(freshLine(contents), startsAt);
  run.begin({ topology, policy: story.policy ?? 'quick', subscribers: 'story' });
  const people = placeSubscribers(contents.topology(topology), table);
  for (const step of story.timeline) {
    const strange = Object.keys(step).filter((word) => !stepWords.includes(word));
    expect(strange, `words of the step at ${step.at}`).toEqual([]);
    run.to(instant(startsAt + lengthOf(step.at)));
    if (step.away !== undefined) {
      run.sleep(milliseconds(lengthOf(step.away)));
      run.put({ kind: 'resumed', stoppedMs: lengthOf(step.away) });
    }
    for (const input of inputsOf(step, new Seen(run))) run.put(input);
    if (step.expect !== undefined) look(new Seen(run), step.expect, { people, at: step.at });
  }
  expect(run.applied.filter(({ failed }) => failed !== undefined)).toEqual([]);
}

/** `90s`, `2m30s`, `26h`, `1h 500ms` in milliseconds. */
function lengthOf(text: string): number {
  const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  const parts = [...text.matchAll(/(\d+)\s*(ms|s|m|h)/g)];
  if (parts.map(([part]) => part).join('') !== text.replaceAll(' ', ''))
    throw new Error(`no length: ${text}`);
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit as keyof typeof units], 0);
}

/** `ont-1-1-1-*` is every terminal that begins so. */
function resourcesOf(on: StoryStep['on']): string[] {
  return [on ?? []].flat().flatMap((name) => {
    if (!name.endsWith('*')) return [name];
    return allTerminals.filter((id) => id.startsWith(name.slice(0, -1)));
  });
}

function inputsOf(step: StoryStep, seen: Seen): Input[] {
  const inputs: Input[] = [];
  const observe = (event: Observation['event'], resources: readonly string[], cause?: string): void => {
    for (const id of resources) {
      const resource = id as Observation['resource'];
      inputs.push({ kind: 'observation', observation: { event, resource, cause, source: 'trap' } });
    }
  };
  const order = (command: Command): number => inputs.push({ kind: 'command', by: 'olga', command });
  if (step.raise !== undefined) observe('raise', resourcesOf(step.on), step.raise);
  if (step.clear !== undefined) observe('clear', resourcesOf(step.on), step.clear);
  if (step.probe !== undefined) {
    for (const id of resourcesOf(step.on))
      inputs.push({ kind: 'testResult', subscriber: subscriberKey(keyAt(id)), result: step.probe });
  }
  if (step.alive !== undefined) observe('alive', resourcesOf(step.alive));
  if (step.approve !== undefined) order({ kind: 'approveNotices', incident: seen.incidentAt(step.approve) });
  if (step.refuse !== undefined) order({ kind: 'refuseNotices', incident: seen.incidentAt(step.refuse) });
  if (step.etr !== undefined) {
    const minute = (count: number) => instant(seen.run.at + count * 60_000);
    const { of, from, to } = step.etr;
    order({ kind: 'setEtr', incident: seen.incidentAt(of), from: minute(from), to: minute(to) });
  }
  if (step.finish !== undefined) {
    const outcome = step.finish.outcome as NonNullable<Task['outcome']>;
    order({ kind: 'finishTask', task: seen.openTask(step.finish.task).id, outcome });
  }
  if (step.staff !== undefined) {
    const { id, skills } = step.staff;
    inputs.push({
      kind: 'staffChange',
      staff: { id: id as StaffId, skills, state: 'available', limit: 3 },
    });
  }
  inputs.push(...wordsOf(step, seen));
  return inputs;
}

/** What subscribers say. */
function wordsOf({ reply, rating, stop, unclear, contact }: StoryStep, seen: Seen): Input[] {
  const said = (from: string, what: Extract<Input, { kind: 'subscriberReply' }>['reply']): Input => ({
    kind: 'subscriberReply',
    confirmation: seen.questionOf(from).id,
    channel: 'sms',
    reply: what,
  });
  return [
    ...(reply === undefined ? [] : [said(reply.from, { kind: 'answer', answer: reply.says })]),
    ...(rating === undefined ? [] : [said(rating.from, { kind: 'rating', score: rating.score })]),
    ...(stop === undefined ? [] : [said(stop, { kind: 'stop' })]),
    ...(unclear === undefined ? [] : [said(unclear, { kind: 'unclear' })]),
    ...resourcesOf(contact).map(
      (id): Input => ({
        kind: 'subscriberContact',
        subscriber: subscriberKey(keyAt(id)),
        channel: 'phone',
        contact: `said by ${id}`,
      }),
    ),
  ];
}

/** The newest state of everything the line has spoken of. */
class Seen {
  readonly run: LineRun;
  readonly incidents = new Map<string, Incident>();
  readonly impacts = new Map<string, Impact>();
  readonly tickets = new Map<string, Ticket>();
  readonly confirmations = new Map<string, Confirmation>();
  readonly tasks = new Map<string, Task>();

  constructor(run: LineRun) {
    this.run = run;
    for (const { incident } of run.changes('incident')) this.incidents.set(incident.id, incident);
    for (const { impact } of run.changes('impact')) this.impacts.set(impact.incident, impact);
    for (const { ticket } of run.changes('ticket')) this.tickets.set(ticket.id, ticket);
    for (const { task } of run.changes('task')) this.tasks.set(task.id, task);
    for (const { confirmation } of run.changes('confirmation')) {
      // The latest question of a subscriber is the last entry.
      this.confirmations.delete(confirmation.id);
      this.confirmations.set(confirmation.id, confirmation);
    }
  }

  incidentAt(root: string): IncidentId {
    const found = [...this.incidents.values()].findLast((incident) => incident.root === root);
    if (found === undefined) throw new Error(`no incident at ${root}`);
    return found.id;
  }

  questionOf(terminal: string): Confirmation {
    const key = keyAt(terminal);
    const found = [...this.confirmations.values()].findLast(({ subscriber }) => subscriber === key);
    if (found === undefined) throw new Error(`${terminal} was never asked`);
    return found;
  }

  /** The newest open task of that kind. */
  openTask(kind: string): Task {
    const found = this.openTasks().findLast((task) => task.kind === kind);
    if (found === undefined) throw new Error(`no open task ${kind}`);
    return found;
  }

  openTasks(): Task[] {
    return [...this.tasks.values()].filter(({ state }) => state !== 'done' && state !== 'cancelled');
  }
}

function look(seen: Seen, wanted: Expected, place: { people: Subscribers; at: string }): void {
  const about = `at ${place.at}`;
  const { incidents, tasks, tickets, confirmations, ...notices } = wanted;
  if (incidents !== undefined) expect(incidentsIn(seen), about).toMatchObject(incidents);
  if (incidents !== undefined) expect(incidentsIn(seen), about).toHaveLength(incidents.length);
  if (tasks !== undefined)
    expect(tasksIn(seen), about).toEqual(tasks.map((task) => expect.objectContaining(task)));
  if (tickets !== undefined) expect(ticketsIn(seen), about).toEqual(tickets);
  if (confirmations !== undefined)
    expect(counted([...seen.confirmations.values()].map(({ state }) => [state, 1])), about).toEqual(
      confirmations,
    );
  const real = noticesIn(seen, place.people);
  for (const [word, value] of Object.entries(notices))
    expect(real[word as keyof typeof real], `${word} ${about}`).toEqual(value);
}

const incidentsIn = (seen: Seen) =>
  [...seen.incidents.values()]
    .filter(({ actionable, state }) => actionable && state !== 'merged')
    .map(({ id, kind, root, state, planned, startedAt }) => ({
      kind,
      started: timeOf(startedAt),
      root,
      state,
      planned,
      subscribers: seen.impacts.get(id)?.subscribers ?? 0,
    }));

const tasksIn = (seen: Seen) =>
  seen.openTasks().map(({ kind, state, skill, assignee, dueAt, subscriber }) => ({
    kind,
    state,
    skill,
    assignee,
    due: timeOf(dueAt),
    for: subscriber === undefined ? undefined : allTerminals[subscriber - 1],
  }));

function ticketsIn(seen: Seen): Record<string, string> {
  const named = [...seen.tickets.values()].map(({ kind, incident, subscriber, status }) => {
    const root = incident === undefined ? undefined : seen.incidents.get(incident)?.root;
    return [kind === 'incident' ? String(root) : String(allTerminals[subscriber! - 1]), status] as const;
  });
  return Object.fromEntries(named);
}

function noticesIn(seen: Seen, people: Subscribers) {
  const tells = seen.run.tells();
  const effects = seen.run.applied.flatMap((applied) => applied.effects);
  const size = ({ from, to, except }: (typeof tells)[number]): number => to - from - except.length;
  const told = new Set<string>();
  for (const { from, to, except } of tells)
    for (let number = from; number < to; number++)
      if (!except.includes(number)) told.add(people.resourceOf(number));
  const parents = [...seen.tickets.values()].filter(({ kind }) => kind === 'incident');
  return {
    told: counted(tells.map((one) => [one.type, size(one)])),
    held: tells.filter(({ held }) => held).reduce((sum, one) => sum + size(one), 0),
    released: effects.filter(({ kind }) => kind === 'release').length,
    notBefore: [
      ...new Set(tells.flatMap((one) => (one.notBefore === undefined ? [] : [timeOf(one.notBefore)]))),
    ],
    neverTold: allTerminals.filter((id) => wasAffected(seen, people, id) && !told.has(id)),
    attached: parents.reduce((sum, { attached }) => sum + attached, 0),
    promise: parents.map((one) => timeOf(one.expectedResolutionAt ?? 0)).at(-1),
  };
}

const wasAffected = (seen: Seen, people: Subscribers, terminal: string): boolean => {
  const number = people.numberOf(keyAt(terminal));
  return [...seen.impacts.values()].some(({ ranges }) =>
    ranges.some(({ from, to }) => number >= from && number < to),
  );
};

const timeOf = (at: number): string => new Date(at).toISOString().slice(0, 16);

function counted(entries: readonly (readonly [string, number])[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, count] of entries) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}
