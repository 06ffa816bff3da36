import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { hours, type Instant } from '../../src/base/instant.ts';
import type { Input } from '../../src/flow/input.ts';
import type { Confirmation, ConfirmationChange } from '../../src/model/confirmation.ts';
import { confirmationId, type IncidentId, subscriberKey } from '../../src/model/ids.ts';
import { Tickets } from '../../src/ticket/ticket.ts';
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
