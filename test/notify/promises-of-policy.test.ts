// Whatever incidents, revisions, expected times and consents come in whatever order: what people were promised of notices.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { days, hours, type Instant, instant, minutes } from '../../src/base/instant.ts';
import { quietUntil } from '../../src/model/calendar.ts';
import type { IncidentId, SubscriberKey } from '../../src/model/ids.ts';
import type { Tell } from '../../src/model/notice.ts';
import { type NoticePlan, Notices } from '../../src/notify/notify.ts';
import { CountingColumns, happens, noon, policy, reached, touches } from '../support/care.ts';

const people = 24;
const incidents = [1, 2, 3, 4].map((n) => `l.1.${n}` as IncidentId);
const quiet = { fromMinute: 22 * 60, toMinute: 8 * 60 };
const calendar = { zones: { 'Asia/Yekaterinburg': [[0, 300]] } } as const;
const caps = { capPerDay: 4, capPerDayOverall: 6 };
const rules = { ...caps, quietHours: quiet, etrChangeEveryMs: minutes(20) };

const span = fc
  .tuple(fc.nat(people - 1), fc.integer({ min: 6, max: people }))
  .map(([from, size]) => [from, Math.min(people, from + size)] as [number, number]);
const step = fc.oneof(
  fc.record({
    kind: fc.constant('impact' as const),
    of: fc.constantFrom(...incidents),
    span,
    etrMs: fc.option(fc.nat(hours(9)), { nil: undefined }),
  }),
  fc.record({
    kind: fc.constantFrom('opened' as const, 'resolved' as const, 'reopened' as const),
    of: fc.constantFrom(...incidents),
  }),
  fc.record({ kind: fc.constant('withdraws' as const), who: fc.nat(people - 1) }),
  fc.record({ kind: fc.constant('calls' as const), who: fc.nat(people - 1) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(hours(3)) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Said {
  readonly who: number;
  readonly tell: Tell;
  readonly plannedAt: Instant;
  readonly leavesAt: Instant;
}

/** The room, and an outbox that sends what is due and takes back what is withdrawn. */
class Town {
  readonly columns = new CountingColumns(people);
  readonly notices = new Notices();
  said: Said[] = [];
  readonly unwilling: Said[] = [];
  readonly called: (readonly [who: number, at: Instant])[] = [];
  readonly affected = new Map<IncidentId, readonly [number, number]>();
  readonly left = new Set<string>();
  at: Instant = noon;
  #revision = 0;

  constructor(ask: boolean) {
    this.columns.zone = (number) => number % 2;
    this.columns.classOf = (number) => (number % 8 === 0 ? 'priority' : 'residential');
    this.columns.silent.add(11);
    this.notices.setPolicy(policy({ notify: rules, confirm: { ask } }));
    this.notices.setCalendar(calendar);
    this.notices.setSubscribers(this.columns, 1);
  }

  take(plan: NoticePlan): void {
    for (let now: NoticePlan | undefined = plan; now !== undefined; ) {
      for (const { incident, types } of now.withdrawals)
        this.said = this.said.filter(
          ({ tell, leavesAt }) =>
            tell.incident !== incident || !types.includes(tell.type) || leavesAt <= this.at,
        );
      for (const tell of now.tells) this.#hear(tell);
      now = now.rest === undefined ? undefined : this.notices.continue(now.rest, this.context);
    }
  }

  #hear(tell: Tell): void {
    const leavesAt = instant(Math.max(this.at, tell.notBefore ?? 0));
    for (const who of reached(tell)) {
      const one = { who, tell, plannedAt: this.at, leavesAt };
      this.said.push(one);
      if (this.columns.optedOut.has(who) || this.columns.silent.has(who)) this.unwilling.push(one);
    }
    for (const who of tell.except) this.left.add(`${tell.incident} ${who}`);
  }

  get context() {
    return { at: this.at, ids: { next: () => 'n' } };
  }

  pass(ms: number): void {
    const end = instant(this.at + ms);
    for (let next = this.notices.wakeAt; next !== undefined && next <= end; next = this.notices.wakeAt) {
      this.at = instant(Math.max(this.at, next));
      this.take(this.notices.wake(this.context));
    }
    this.at = end;
  }

  do(one: Step): void {
    if (one.kind === 'wait') this.pass(one.ms);
    else if (one.kind === 'withdraws') this.columns.optedOut.add(one.who);
    else if (one.kind === 'calls') {
      this.called.push([one.who, this.at]);
      this.notices.heardFrom((1_000 + one.who) as SubscriberKey, this.at);
    } else if (one.kind === 'impact') {
      const revision = ++this.#revision;
      const to = one.etrMs === undefined ? undefined : instant(this.at + one.etrMs);
      const etr = to === undefined ? undefined : ({ from: this.at, to, source: 'table', revision } as const);
      this.affected.set(one.of, one.span);
      const change = touches([one.span], { of: { id: one.of }, revision, etr });
      this.take(this.notices.onImpact([change], this.context));
    } else {
      if (one.kind === 'resolved') this.affected.delete(one.of);
      this.take(this.notices.onIncident([happens(one.kind, { id: one.of })], this.context));
    }
  }
}

/** What waits for one morning is one message. */
function mostInADay(said: readonly Said[]): number {
  const mornings = new Set(said.flatMap(({ tell }) => tell.notBefore ?? []));
  const atOnce = said.flatMap(({ tell, leavesAt }) => (tell.notBefore === undefined ? [leavesAt] : []));
  const times = [...mornings, ...atOnce].sort((a, b) => a - b);
  let most = 0;
  for (const [n, from] of times.entries())
    most = Math.max(most, times.slice(n).filter((time) => time < from + days(1)).length);
  return most;
}

const lived = (steps: readonly Step[], ask: boolean): Town => {
  const town = new Town(ask);
  for (const one of steps) town.do(one);
  town.pass(days(1));
  return town;
};

const history = fc.tuple(fc.array(step, { minLength: 30, maxLength: 90 }), fc.boolean());

test('nobody who withdrew, or has no way to be reached, is told', () => {
  fc.assert(
    fc.property(history, ([steps, ask]) => {
      expect(lived(steps, ask).unwilling).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('nobody is told in the quiet hours at home but priority lines and who called in the last two hours', () => {
  fc.assert(
    fc.property(history, ([steps, ask]) => {
      const { said, columns, called } = lived(steps, ask);
      const isAwake = ({ who, plannedAt }: Said): boolean =>
        columns.classOf(who) === 'priority' ||
        called.some(([one, at]) => one === who && at <= plannedAt && plannedAt < at + hours(2));
      const woken = said.filter((one) => {
        const zone = columns.zones[columns.zone(one.who)];
        return quietUntil(calendar, { zone, quiet }, one.leavesAt) !== undefined && !isAwake(one);
      });
      expect(woken).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('nobody is told the same twice, or more than the caps', () => {
  fc.assert(
    fc.property(history, ([steps, ask]) => {
      const { said } = lived(steps, ask);
      const keys = said.map(({ who, tell }) => `${who} ${tell.incident} ${tell.type} ${tell.revision}`);
      expect(new Set(keys).size).toBe(keys.length);
      for (let who = 0; who < people; who++) {
        const own = said.filter((one) => one.who === who);
        expect(mostInADay(own)).toBeLessThanOrEqual(caps.capPerDayOverall);
        for (const id of incidents)
          expect(mostInADay(own.filter(({ tell }) => tell.incident === id))).toBeLessThanOrEqual(
            caps.capPerDay,
          );
      }
    }),
    { numRuns: 200 },
  );
});

test('everybody whom an outage still touches was told of it, or is counted with a reason', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const town = new Town(true);
      for (const id of incidents) town.do({ kind: 'opened', of: id });
      for (const one of steps) town.do(one);
      for (const id of incidents) town.do({ kind: 'reopened', of: id });
      town.affected.clear();
      for (const [n, id] of incidents.entries())
        town.do({ kind: 'impact', of: id, span: [n * 4, n * 4 + 8], etrMs: undefined });
      town.pass(days(1));
      for (const [id, [from, to]] of town.affected) {
        const told = new Set(town.said.filter(({ tell }) => tell.incident === id).map(({ who }) => who));
        const counted = town.notices.counts(id).suppressed;
        const missing = Array.from({ length: to - from }, (_, n) => from + n).filter((who) => !told.has(who));
        expect(counted).toBeGreaterThanOrEqual(missing.length);
      }
    }),
    { numRuns: 150 },
  );
});
