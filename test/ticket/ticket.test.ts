import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { hours, type Instant } from '../../src/base/instant.ts';
import type { Input } from '../../src/flow/input.ts';
import type { Confirmation, ConfirmationChange } from '../../src/model/confirmation.ts';
import { confirmationId, type IncidentId, subscriberKey } from '../../src/model/ids.ts';
import { propagation, Tickets } from '../../src/ticket/ticket.ts';
import { CountingColumns, happens, ids, later, noon, outage, touches } from '../support/care.ts';

const second = 'l.1.2' as IncidentId;

function desk(count = 100) {
  const tickets = new Tickets();
  const columns = new CountingColumns(count);
  tickets.setSubscribers(columns);
  const source = ids();
  const at = (ms = 0): { at: Instant; ids: typeof source } => ({ at: later(noon, ms), ids: source });
  const contact = (number: number, incident?: IncidentId) => {
    // As the line hands it in: the whole input, whose kind is not the ticket's.
    const said: Extract<Input, { kind: 'subscriberContact' }> = {
      kind: 'subscriberContact',
      subscriber: subscriberKey(columns.keyOf(number)),
      channel: 'phone',
      contact: `row-${number}`,
    };
    return tickets.contact(said, () => incident, at());
  };
  return { tickets, columns, at, contact };
}

const answered = (
  number: number,
  state: Confirmation['state'],
  change: Partial<ConfirmationChange> = {},
): ConfirmationChange => {
  const subscriber = subscriberKey(number + 1_000);
  const confirmation = {
    id: confirmationId(outage, subscriber),
    incident: outage,
    subscriber,
    state,
    loop: 0,
    answers: [],
  };
  return { kind: 'changed', confirmation, ...change };
};
const no = { kind: 'answered', answer: 'notFixed' } as const;

test('an incident has one ticket, however often it changes', () => {
  const { tickets, at } = desk();
  const opened = tickets.onIncident([happens('opened'), happens('grew'), happens('rerooted')], at());
  expect(opened.map((change) => [change.kind, change.ticket.kind, change.ticket.status])).toEqual([
    ['opened', 'incident', 'acknowledged'],
  ]);
});

test('planned works and noise open no ticket', () => {
  const { tickets, at } = desk();
  expect(tickets.onIncident([happens('opened', { planned: true })], at())).toEqual([]);
  expect(tickets.onIncident([happens('opened', { id: second, actionable: false })], at())).toEqual([]);
});

test('who called before the incident was known is attached to it, who is not touched is not', () => {
  const { tickets, at, contact } = desk();
  contact(5);
  contact(50);
  tickets.onIncident([happens('opened')], at());
  tickets.onImpact([touches([[0, 10]])], at());
  expect(tickets.attachedSubscribers(outage)).toEqual([1_005]);
  expect(tickets.parentOf(outage)?.attached).toBe(1);
});

test('who calls during the incident gets a child ticket, and the same one when calling again', () => {
  const { tickets, at, contact } = desk();
  tickets.onIncident([happens('opened')], at());
  const first = contact(3, outage);
  const again = contact(3, outage);
  expect(again.map((change) => change.kind)).toEqual(['changed']);
  expect(again[0]!.ticket.id).toBe(first[0]!.ticket.id);
  expect(again[0]!.ticket.parent).toBe(tickets.parentOf(outage)!.id);
  expect(again[0]!.ticket.history).toHaveLength(3);
});

test('status and expected time go from the incident to its children', () => {
  const { tickets, at, contact } = desk();
  tickets.onIncident([happens('opened')], at());
  contact(3, outage);
  const etr = {
    from: later(noon, hours(1)),
    to: later(noon, hours(2)),
    source: 'table',
    revision: 1,
  } as const;
  tickets.onImpact([touches([[0, 10]], { etr })], at());
  expect(tickets.openOf(subscriberKey(1_003))?.expectedResolutionAt).toBe(etr.to);
  tickets.onIncident([happens('resolved')], at(1));
  expect(tickets.openOf(subscriberKey(1_003))?.status).toBe('resolved');
  tickets.onIncident([happens('reopened')], at(2));
  expect(tickets.openOf(subscriberKey(1_003))?.status).toBe('inProgress');
});

test('children of a merged incident move to the survivor and the merged ticket stays as a tombstone', () => {
  const { tickets, at, contact } = desk();
  tickets.onIncident([happens('opened'), happens('opened', { id: second })], at());
  for (let number = 0; number < 20; number++) contact(number, outage);
  const tombstone = tickets.parentOf(outage)!.id;
  tickets.onIncident([happens('merged', { into: second })], at(1));
  expect(tickets.ticket(tombstone)).toMatchObject({ status: 'cancelled', attached: 0 });
  expect(tickets.attachedSubscribers(second)).toHaveLength(20);
  expect(tickets.openOf(subscriberKey(1_003), second)?.history.at(-1)?.reason).toBe('merged');
});

test.each([
  ['"fixed" closes the ticket', 'CONFIRMED', {}, 'closed', 0],
  ['"not fixed" brings it back to work', 'STILL_OUT', no, 'inProgress', 1],
  [
    '"contact me" keeps it pending',
    'CALLBACK_QUEUED',
    { kind: 'answered', answer: 'contactMe' },
    'pending',
    0,
  ],
  ['silence closes it as not confirmed', 'EXPIRED_UNKNOWN', {}, 'closed', 0],
] as const)('%s', (_title, state, change, status, loops) => {
  const { tickets, at, contact } = desk();
  tickets.onIncident([happens('opened')], at());
  const id = contact(3, outage)[0]!.ticket.id;
  tickets.onIncident([happens('resolved')], at(1));
  tickets.answered([answered(3, state, change)], at(2));
  expect(tickets.ticket(id)).toMatchObject({ status, loops });
});

test('a "no" of somebody without a ticket opens one; a late "no" takes up the closed one', () => {
  const { tickets, at, contact } = desk();
  tickets.onIncident([happens('opened')], at());
  const id = contact(3, outage)[0]!.ticket.id;
  tickets.onIncident([happens('resolved')], at(1));
  tickets.answered([answered(3, 'EXPIRED_OK')], at(2));
  tickets.answered([answered(3, 'STILL_OUT', no), answered(4, 'STILL_OUT', no)], at(3));
  expect(tickets.openOf(subscriberKey(1_003))?.id).toBe(id);
  expect(tickets.openOf(subscriberKey(1_004))).toMatchObject({
    status: 'inProgress',
    loops: 1,
    incident: outage,
  });
});

test('when the incident closes, who waits for a call keeps his ticket', () => {
  const { tickets, at, contact } = desk();
  tickets.onIncident([happens('opened')], at());
  contact(3, outage);
  contact(4, outage);
  tickets.onIncident([happens('resolved')], at(1));
  tickets.answered([answered(4, 'CALLBACK_QUEUED')], at(2));
  tickets.onIncident([happens('closed')], at(3));
  expect(tickets.openOf(subscriberKey(1_003))).toBeUndefined();
  expect(tickets.openOf(subscriberKey(1_004))?.status).toBe('pending');
});

test('the desk and the console may set a status; history keeps its first and last events', () => {
  const { tickets, at, contact } = desk();
  const id = contact(3)[0]!.ticket.id;
  for (let i = 0; i < 100; i++) {
    tickets.setStatus(id, 'held', at(i));
    tickets.deskUpdate(id, 'pending', at(i));
  }
  const { history } = tickets.ticket(id)!;
  expect(history).toHaveLength(32);
  expect(history[0]!.reason).toBe('opened');
  expect(history.at(-1)).toMatchObject({ status: 'pending', reason: 'desk' });
});

test('twelve thousand children follow in slices of 5,000, and a restored room goes on alike', () => {
  const { tickets, at, contact, columns } = desk(12_000);
  tickets.onIncident([happens('opened')], at());
  for (let number = 0; number < 12_000; number++) contact(number);
  columns.looked.clear();
  let step = tickets.onImpact([touches([[0, 12_000]])], at());
  const twin = new Tickets();
  twin.setSubscribers(columns);
  twin.restore(JSON.parse(JSON.stringify(tickets.snapshot())));
  let slices = 1;
  while (step.rest !== undefined) {
    expect(columns.looked.size).toBeLessThanOrEqual(5_000);
    columns.looked.clear();
    const token = step.rest;
    step = tickets.continue(token, at());
    expect(canonicalJson(twin.continue(token, at()))).toBe(canonicalJson(step));
    slices++;
  }
  expect(slices).toBe(3);
  expect(tickets.parentOf(outage)?.attached).toBe(12_000);
  expect(canonicalJson(twin.snapshot())).toBe(canonicalJson(tickets.snapshot()));
});

test('a child that speaks up while a merge is under way belongs to the survivor alone', () => {
  const { tickets, at, contact } = desk(6_000);
  tickets.onIncident([happens('opened'), happens('opened', { id: second })], at());
  for (let number = 0; number < 6_000; number++) contact(number, outage);
  tickets.onIncident([happens('merged', { into: second })], at(1));
  contact(5_999, outage);
  const { rest } = tickets.onImpact([], at(2));
  tickets.continue(rest!, at(3));
  expect(tickets.attachedSubscribers(outage)).toEqual([]);
  expect(tickets.attachedSubscribers(second)).toHaveLength(6_000);
  expect(tickets.openOf(subscriberKey(6_999))?.incident).toBe(second);
});

const incidentOf = (incident: IncidentId) => (): IncidentId => incident;
const etrIn = (ms: number) =>
  ({ from: later(noon, ms / 2), to: later(noon, ms), source: 'table', revision: 1 }) as const;

test('what goes down, up or nowhere is a row for every field of a ticket, and holds', () => {
  const { tickets, at, contact } = desk();
  tickets.onIncident([happens('opened')], at());
  const child = contact(3, outage)[0]!.ticket;
  const parent = tickets.parentOf(outage)!;
  tickets.heard(outage);
  tickets.onImpact([touches([[0, 10]], { etr: etrIn(hours(2)) })], at(1));
  tickets.note(parent.id, 'note-1', at(2));
  tickets.onIncident([happens('resolved')], at(3));
  const [after, above] = [tickets.ticket(child.id)!, tickets.parentOf(outage)!];
  const seen = { ...after, ...above };
  for (const field of Object.keys(propagation) as (keyof typeof propagation)[]) {
    const way = propagation[field];
    if (way === 'down') expect([field, after[field]]).toEqual([field, above[field]]);
    if (way === 'own' && seen[field] !== undefined && field !== 'resolvedAt' && field !== 'openedAt')
      expect([field, canonicalJson(after[field] ?? null)]).not.toEqual([
        field,
        canonicalJson(field === 'loops' ? null : (above[field] ?? null)),
      ]);
  }
  expect(
    Object.keys(propagation).filter((field) => propagation[field as 'id'] === ('down' as string)),
  ).toEqual(['status', 'expectedResolutionAt', 'note']);
  expect([above.attached, after.attached]).toEqual([1, 0]);
});

test('nothing of a child comes into the ticket of the incident but the count', () => {
  const { tickets, at, contact } = desk();
  tickets.onIncident([happens('opened')], at());
  const before = tickets.parentOf(outage)!;
  const child = contact(3, outage)[0]!.ticket;
  const said = { subscriber: subscriberKey(1_003), channel: 'page', contact: 'row-q' };
  tickets.question(said, incidentOf(outage), at(1));
  tickets.note(child.id, 'note-1', at(2));
  tickets.setStatus(child.id, 'pending', at(3));
  expect(tickets.parentOf(outage)).toEqual({ ...before, attached: 1 });
});

test('a ticket taken from an incident is for itself again, and only a person attaches it there once more', () => {
  const { tickets, at, contact } = desk();
  tickets.onIncident([happens('opened')], at());
  tickets.onImpact([touches([[0, 10]], { etr: etrIn(hours(2)) })], at());
  const { id } = contact(3, outage)[0]!.ticket;
  const taken = tickets.detach(id, 'detached', at(1));
  expect(taken.map(({ ticket }) => [ticket.kind, ticket.status])).toEqual([
    ['subscriber', 'acknowledged'],
    ['incident', 'acknowledged'],
  ]);
  expect(tickets.ticket(id)).toMatchObject({ notOf: [outage], history: [{}, {}, { reason: 'detached' }] });
  expect(tickets.ticket(id)!.expectedResolutionAt).toBeUndefined();
  expect(tickets.parentOf(outage)!.attached).toBe(0);
  expect(tickets.detach(id, 'detached', at(2))).toEqual([]);
  tickets.onImpact([touches([[0, 10]])], at(3));
  contact(3, outage);
  expect(tickets.ticket(id)!.incident).toBeUndefined();
  tickets.attach(id, outage, at(4));
  expect(tickets.ticket(id)).toMatchObject({ incident: outage, notOf: [] });
  expect(tickets.parentOf(outage)!.attached).toBe(1);
});

test('a ticket taken from one incident is attached to the next one', () => {
  const { tickets, at, contact } = desk();
  tickets.onIncident([happens('opened'), happens('opened', { id: second })], at());
  const { id } = contact(3, outage)[0]!.ticket;
  tickets.detach(id, 'notThisOutage', at(1));
  tickets.onImpact([touches([[0, 10]], { of: { id: second } })], at(2));
  expect(tickets.ticket(id)!.incident).toBe(second);
});

test('whoever says that it is not this outage has a ticket of their own, with or without one before, and says it once', () => {
  const { tickets, at, contact } = desk();
  tickets.onIncident([happens('opened')], at());
  const { id } = contact(3, outage)[0]!.ticket;
  const says = (number: number) =>
    tickets.disown({ subscriber: subscriberKey(number + 1_000), channel: 'page', incident: outage }, at(1));
  expect(says(3).ticket).toMatchObject({ id, notOf: [outage] });
  expect(says(3).changes).toEqual([]);
  expect(says(4).ticket).toMatchObject({ status: 'acknowledged', notOf: [outage] });
  expect(says(4).changes).toEqual([]);
  expect(contact(4, outage).map(({ ticket }) => ticket.incident)).toEqual([undefined]);
});

test('an incident that was none gives back what hung on it, and takes it again when it is one after all', () => {
  const { tickets, at, contact } = desk();
  contact(7);
  tickets.onIncident([happens('opened')], at());
  tickets.onImpact([touches([[0, 10]])], at());
  contact(3, outage);
  tickets.onIncident([happens('shrank', { actionable: false })], at(1));
  expect(tickets.parentOf(outage)).toMatchObject({ status: 'rejected', attached: 0 });
  for (const key of [1_003, 1_007])
    expect(tickets.openOf(subscriberKey(key))).toMatchObject({
      incident: undefined,
      status: 'acknowledged',
      history: expect.arrayContaining([expect.objectContaining({ reason: 'falseAlarm' })]),
    });
  tickets.onIncident([happens('resolved', { actionable: false })], at(2));
  expect(tickets.parentOf(outage)!.status).toBe('rejected');
  tickets.onIncident([happens('grew')], at(3));
  tickets.onImpact([touches([[0, 10]])], at(3));
  expect(tickets.parentOf(outage)).toMatchObject({ status: 'inProgress', attached: 2 });
});

test.each(['rejected', 'cancelled'] as const)(
  'a ticket of an incident that staff set %s lets go of its children',
  (status) => {
    const { tickets, at, contact } = desk();
    tickets.onIncident([happens('opened')], at());
    contact(3, outage);
    tickets.setStatus(tickets.parentOf(outage)!.id, status, at(1));
    expect(tickets.openOf(subscriberKey(1_003))).toMatchObject({
      status: 'acknowledged',
      incident: undefined,
    });
  },
);

test('who waits for a call waits on when the incident was none', () => {
  const { tickets, at, contact } = desk();
  tickets.onIncident([happens('opened')], at());
  contact(3, outage);
  tickets.answered([answered(3, 'CALLBACK_QUEUED')], at(1));
  tickets.onIncident([happens('shrank', { actionable: false })], at(2));
  expect(tickets.openOf(subscriberKey(1_003))!.status).toBe('pending');
});

test('a question joins the ticket, is answered once, and opens a ticket where there is none', () => {
  const { tickets, at, contact } = desk();
  tickets.onIncident([happens('opened')], at());
  const { id } = contact(3, outage)[0]!.ticket;
  const ask = (number: number, row: string) =>
    tickets.question(
      { subscriber: subscriberKey(number + 1_000), channel: 'page', contact: row },
      incidentOf(outage),
      at(1),
    );
  expect(ask(3, 'q-1').ticket).toMatchObject({ id, questions: [{ contact: 'q-1' }] });
  expect(ask(4, 'q-2').ticket).toMatchObject({ incident: outage, questions: [{ contact: 'q-2' }] });
  tickets.reply(id, { question: 'q-1', answer: 'a-1' }, at(2));
  expect(tickets.ticket(id)!.questions).toEqual([
    { contact: 'q-1', at: later(noon, 1), answer: 'a-1', answeredAt: later(noon, 2) },
  ]);
  expect(tickets.reply(id, { question: 'q-1', answer: 'a-1' }, at(3))).toEqual([]);
  expect(tickets.reply(id, { question: 'q-9', answer: 'a-1' }, at(3))).toEqual([]);
  for (let n = 0; n < 30; n++) ask(3, `more-${n}`);
  expect(tickets.ticket(id)!.questions).toHaveLength(20);
});

test('calls answered by the telephone system are counted, and told of to one digit', () => {
  const { tickets, at } = desk();
  tickets.onIncident([happens('opened')], at());
  let told = 0;
  for (let n = 0; n < 1_000; n++) told += tickets.heard(outage).length;
  expect(tickets.parentOf(outage)!.contacts).toBe(1_000);
  expect(told).toBe(28);
});

test('open tickets of very many are attached, told of and let go in slices of 5,000, and a restart between them loses none', () => {
  const count = 20_000;
  const { tickets, columns, at, contact } = desk(count);
  for (let number = 0; number < count; number++) contact(number);
  tickets.onIncident([happens('opened')], at());
  const slices = (rest: string | undefined, room: Tickets): number => {
    let made = 0;
    for (let left = rest; left !== undefined; made++) {
      columns.looked.clear();
      left = room.continue(left, at(made)).rest;
      expect(columns.looked.size).toBeLessThanOrEqual(5_000);
    }
    return made;
  };
  const first = tickets.onImpact([touches([[0, count]])], at());
  const again = new Tickets();
  again.setSubscribers(columns);
  again.restore(JSON.parse(canonicalJson(tickets.snapshot())));
  expect(slices(first.rest, again)).toBe(3);
  expect(again.parentOf(outage)!.attached).toBe(count);
  slices(again.note(again.parentOf(outage)!.id, 'note-1', at(30)).rest, again);
  expect(again.openOf(subscriberKey(1_000 + count - 1))!.note).toBe('note-1');
  again.onIncident([happens('shrank', { actionable: false })], at(40));
  slices(again.onImpact([touches([[0, count]])], at(40)).rest, again);
  expect(again.parentOf(outage)!.attached).toBe(0);
  expect(again.openOf(subscriberKey(1_000 + count - 1))!.incident).toBeUndefined();
});

test('whose tickets are behind a part that was split off go there with it, the others stay, and both are counted', () => {
  const { tickets, at, contact } = desk();
  tickets.onIncident([happens('opened')], at());
  for (const number of [1, 2, 30]) contact(number, outage);
  tickets.onIncident([happens('opened', { id: second, parent: outage })], at(1));
  const { changes } = tickets.onImpact([touches([[0, 10]], { of: { id: second, parent: outage } })], at(1));
  expect(tickets.attachedSubscribers(second)).toEqual([1_001, 1_002]);
  expect(tickets.attachedSubscribers(outage)).toEqual([1_030]);
  expect([tickets.parentOf(outage)?.attached, tickets.parentOf(second)?.attached]).toEqual([1, 2]);
  const moved = changes.filter(({ ticket }) => ticket.kind === 'subscriber').map(({ ticket }) => ticket);
  expect(moved.map(({ incident, parent, notOf }) => [incident, parent, notOf])).toEqual([
    [second, tickets.parentOf(second)!.id, undefined],
    [second, tickets.parentOf(second)!.id, undefined],
  ]);
});

test('whoever said that it is another fault is not drawn into a part of it that they said no to, and is known by it', () => {
  const { tickets, at, contact } = desk();
  tickets.onIncident([happens('opened')], at());
  contact(1, outage);
  const subscriber = subscriberKey(1_001);
  tickets.disown({ subscriber, channel: 'page', incident: outage }, at());
  expect(tickets.deniedBy(outage)).toEqual([subscriber]);
  const copy = new Tickets();
  copy.restore(JSON.parse(JSON.stringify(tickets.snapshot())));
  expect(copy.deniedBy(outage)).toEqual([subscriber]);
  // A person hangs it there after all.
  const own = tickets.openOf(subscriber)!;
  tickets.attach(own.id, outage, at());
  expect(tickets.deniedBy(outage)).toEqual([]);
});
