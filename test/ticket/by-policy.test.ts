/** Tickets of those who have not turned to us, as the policy wishes. */
import { expect, test } from 'vitest';
import type { IncidentId, SubscriberRange } from '../../src/model/ids.ts';
import { subscriberKey } from '../../src/model/ids.ts';
import type { SubscriberClass } from '../../src/model/incident.ts';
import type { TicketChange } from '../../src/model/ticket.ts';
import { Tickets } from '../../src/ticket/ticket.ts';
import { CountingColumns, happens, ids, later, noon, outage, policy, touches } from '../support/care.ts';

const second = 'l.1.2' as IncidentId;

/** Every tenth is a VIP, every fiftieth has the service `sla`. */
function desk(options: { most?: number; count?: number; services?: readonly string[] } = {}) {
  const columns = Object.assign(new CountingColumns(options.count ?? 12_000), {
    classOf: (number: number): SubscriberClass => (number % 10 === 0 ? 'vip' : 'residential'),
    hasService: (number: number, service: string) => service === 'sla' && number % 50 === 1,
  });
  const touched = new Map<IncidentId, readonly SubscriberRange[]>();
  const tickets = new Tickets((incident) => touched.get(incident) ?? []);
  const { most = 1_000, services = [] } = options;
  tickets.setPolicy({ ...policy(), tickets: { classes: ['vip'], services, mostPerIncident: most } });
  tickets.setSubscribers(columns);
  const source = ids();
  const at = (ms = 0) => ({ at: later(noon, ms), ids: source });
  const changes: TicketChange[] = [];
  /** As the line does it: the incident, its impact, and what is left over. */
  const happen = (change: Parameters<typeof happens>, ranges?: Parameters<typeof touches>, ms = 0) => {
    const incident = happens(...change);
    if (ranges !== undefined) {
      const impact = touches(ranges[0], { ...ranges[1], of: { ...incident.incident, ...ranges[1]?.of } });
      touched.set(incident.incident.id, impact.impact.ranges);
      changes.push(...tickets.onIncident([incident], at(ms)));
      return rest(tickets.onImpact([impact], at(ms)), ms);
    }
    changes.push(...tickets.onIncident([incident], at(ms)));
    return rest(tickets.onImpact([], at(ms)), ms);
  };
  const rest = (first: ReturnType<Tickets['onImpact']>, ms: number): number => {
    let slices = 0;
    for (let left = first; ; left = tickets.continue(left.rest!, at(ms))) {
      changes.push(...left.changes);
      if (left.rest === undefined) return slices;
      slices++;
    }
  };
  const children = (incident = outage) =>
    [...new Map(changes.map(({ ticket }) => [ticket.id, tickets.ticket(ticket.id)])).values()].filter(
      (ticket) => ticket?.kind === 'subscriber' && ticket.incident === incident,
    );
  return { tickets, columns, at, happen, children, changes, rest };
}

const keyAt = (number: number) => subscriberKey(number + 1_000);

test('whom the policy names by class or service has a ticket at once, the others none, and slices stay bounded', () => {
  const { tickets, happen, children, columns } = desk({ services: ['sla'], most: 2_000 });
  columns.looked.clear();
  const slices = happen(['opened'], [[[0, 12_000]]]);
  expect(slices).toBe(2);
  expect(children()).toHaveLength(1_200 + 240);
  expect(tickets.openOf(keyAt(10), outage)).toMatchObject({
    isUnasked: true,
    parent: tickets.parentOf(outage)?.id,
  });
  expect(tickets.openOf(keyAt(51), outage)).toBeDefined();
  expect(tickets.openOf(keyAt(52))).toBeUndefined();
  expect(tickets.parentOf(outage)).toMatchObject({ attached: 1_440, byPolicy: { opened: 1_440, beyond: 0 } });
});

test('more than the limit are not opened but counted, on the ticket and over all', () => {
  const { tickets, happen, children, changes } = desk({ most: 3 });
  happen(['opened'], [[[0, 100]]]);
  expect(children()).toHaveLength(3);
  expect(tickets.parentOf(outage)?.byPolicy).toEqual({ opened: 3, beyond: 7 });
  expect(tickets.beyondLimit).toBe(7);
  expect(changes.findLast(({ ticket }) => ticket.kind === 'incident')?.ticket.byPolicy?.beyond).toBe(7);
});

test('who joins later gets one too, once; a new list looks at everybody again', () => {
  const { tickets, happen, children, columns, rest, at } = desk();
  happen(['opened'], [[[0, 20]]]);
  expect(children()).toHaveLength(2);
  happen(['grew'], [[[20, 45]], { ranges: [{ from: 0, to: 45 }], revision: 2 }]);
  happen(['grew'], [[[20, 45]], { ranges: [{ from: 0, to: 45 }], revision: 3 }]);
  expect(children()).toHaveLength(5);
  const promoted = columns.classOf;
  columns.classOf = (number) => (number === 7 ? 'vip' : promoted(number));
  tickets.setSubscribers(columns);
  const anew = touches([], { ranges: [{ from: 0, to: 45 }], topologyVersion: 2 });
  rest(tickets.onImpact([anew], at(5)), 5);
  expect(children()).toHaveLength(6);
  expect(tickets.openOf(keyAt(7), outage)).toBeDefined();
});

test('planned works, noise and what only people suspect open none; when an alarm agrees, they do', () => {
  const { happen, children } = desk();
  happen(['opened', { planned: true }], [[[0, 20]]]);
  happen(['opened', { suspected: true }], [[[0, 20]]]);
  expect(children()).toEqual([]);
  happen(['grew']);
  expect(children()).toHaveLength(2);
});

test('they end with the recovery, and nobody counts as having turned to us who has not', () => {
  const { tickets, happen, children, at } = desk();
  happen(['opened'], [[[0, 20]]]);
  expect(tickets.attachedSubscribers(outage)).toEqual([]);
  tickets.contact({ subscriber: keyAt(10), channel: 'phone', contact: 'row-1' }, () => outage, at());
  expect(tickets.attachedSubscribers(outage)).toEqual([keyAt(10)]);
  expect(tickets.openOf(keyAt(10), outage)).toMatchObject({ channel: 'phone', contact: 'row-1' });
  expect(children()).toHaveLength(2);
  happen(['resolved'], undefined, 1);
  expect(children().map((ticket) => ticket?.status)).toEqual(['resolved', 'resolved']);
  happen(['closed'], undefined, 2);
  expect(children().map((ticket) => ticket?.status)).toEqual(['closed', 'closed']);
  happen(['reopened'], [[[0, 20]]], 3);
  expect(children()).toHaveLength(2);
});

test('"not this outage" takes it along, a part that is split off has its own, a merger counts both', () => {
  const { tickets, happen, at, children } = desk();
  happen(['opened'], [[[0, 40]]]);
  tickets.disown({ subscriber: keyAt(0), channel: 'page', incident: outage }, at());
  expect(tickets.openOf(keyAt(0))).toMatchObject({
    incident: undefined,
    notOf: [outage],
    isUnasked: undefined,
  });
  happen(['opened', { id: second, parent: outage }], [[[20, 40]], { incident: second }]);
  expect(tickets.openOf(keyAt(20), second)?.id).toBe(tickets.openOf(keyAt(20))?.id);
  expect([children(outage).length, children(second).length]).toEqual([1, 2]);
  happen(['merged', { id: second, into: outage }]);
  expect(children(outage)).toHaveLength(3);
  happen(['grew'], [[[20, 40]], { ranges: [{ from: 0, to: 40 }], revision: 9 }]);
  expect(children(outage)).toHaveLength(3);
});

test('when there was no outage they are cancelled; who had turned to us meanwhile has a complaint of their own', () => {
  const { tickets, happen, at } = desk();
  happen(['opened'], [[[0, 20]]]);
  tickets.contact({ subscriber: keyAt(10), channel: 'phone' }, () => outage, at());
  const idle = tickets.openOf(keyAt(0), outage)!.id;
  happen(['grew', { actionable: false }]);
  expect(tickets.ticket(idle)).toMatchObject({ status: 'cancelled' });
  expect(tickets.openOf(keyAt(10))).toMatchObject({ status: 'acknowledged', incident: undefined });
});

test('what is left of the work outlives a snapshot, and without a wish nothing is opened', () => {
  const { tickets, columns, at, rest } = desk({ count: 12_000, most: 5_000 });
  tickets.onIncident([happens('opened')], at());
  tickets.onImpact([touches([[0, 12_000]])], at());
  const copy = new Tickets(() => [{ from: 0, to: 12_000 }]);
  copy.setPolicy({ ...policy(), tickets: { classes: ['vip'], services: [], mostPerIncident: 5_000 } });
  copy.setSubscribers(columns);
  copy.restore(JSON.parse(JSON.stringify(tickets.snapshot())));
  for (let token: string | undefined = 'more'; token !== undefined; ) token = copy.continue(token, at()).rest;
  rest(tickets.continue('more', at()), 0);
  expect(copy.parentOf(outage)?.byPolicy).toEqual(tickets.parentOf(outage)?.byPolicy);
  const none = desk();
  none.tickets.setPolicy(policy());
  none.happen(['opened'], [[[0, 100]]]);
  expect(none.children()).toEqual([]);
  expect(none.tickets.parentOf(outage)?.byPolicy).toBeUndefined();
});
