import { describe, expect, test } from 'vitest';
import { days, hours, instant, minutes } from '../../src/base/instant.ts';
import type { IncidentId } from '../../src/model/ids.ts';
import type { Tell } from '../../src/model/notice.ts';
import { CountingColumns, happens, noon, outage, policy, reached, touches } from '../support/care.ts';
import { told } from '../support/notice-room.ts';

const releasedAfter = { isAlone: true, aloneHoldMs: minutes(10) };

describe('where one person works alone', () => {
  test('what a second person must release leaves by itself after ten minutes', () => {
    const { notices, tells, wakeAfter } = told([[0, 10]], {
      notify: { secondPersonAbove: 5, ...releasedAfter },
    });
    expect(tells.map(({ held }) => held)).toEqual([true]);
    expect(wakeAfter(minutes(10) - 1).releases).toEqual([]);
    expect(wakeAfter(1).releases).toEqual([outage]);
    expect(notices.toldRanges(outage)).toEqual([{ from: 0, to: 10 }]);
  });

  test('a refusal within them holds', () => {
    const { notices, context, wakeAfter } = told([[0, 10]], {
      notify: { secondPersonAbove: 5, ...releasedAfter },
    });
    notices.refuse(outage, context());
    expect(wakeAfter(hours(1)).releases).toEqual([]);
  });

  test('the ten minutes do not run while the daemon is down, and survive a restart', () => {
    const change = { notify: { secondPersonAbove: 5, ...releasedAfter } };
    const { notices, wakeAfter } = told([[0, 10]], change);
    const snapshot = JSON.parse(JSON.stringify(notices.snapshot()));
    notices.setPolicy(policy(change));
    notices.setSubscribers(new CountingColumns(100), 1);
    notices.restore(snapshot);
    notices.shift(hours(2));
    expect(wakeAfter(hours(2)).releases).toEqual([]);
    expect(wakeAfter(minutes(10)).releases).toEqual([outage]);
  });

  test('a stop does not end by itself, and a person can release it', () => {
    const { notices, context, wakeAfter, tells } = told(
      [[0, 2_500]],
      { notify: { stopAboveShare: 0.2, ...releasedAfter } },
      10_000,
    );
    expect(wakeAfter(days(1)).releases).toEqual([]);
    expect(tells.every(({ held }) => held)).toBe(true);
    expect(notices.approve(outage, context()).releases).toEqual([outage]);
    expect(notices.toldRanges(outage)).toEqual([{ from: 0, to: 2_500 }]);
  });
});

describe('an inventory that is out of date', () => {
  const stale = (writtenAt: number | undefined, affected: number) =>
    told(
      [[0, affected]],
      {
        notify: {
          secondPersonAbove: 100_000,
          stopAboveShare: 1,
          inventory: {
            everyMs: hours(24),
            writtenAt: writtenAt === undefined ? undefined : instant(writtenAt),
          },
        },
      },
      10_000,
    );

  test.each([
    ['stops above 2,000 recipients once two writings were missed', noon - hours(48), 2_500, 'staleInventory'],
    ['stops nothing below', noon - hours(48), 2_000, 'none'],
    ['is none within twice what its source declares', noon - hours(47), 2_500, 'none'],
    ['is not spoken of where its source says nothing', undefined, 2_500, 'none'],
  ] as const)('%s', (_title, writtenAt, affected, guard) => {
    const { notices, context, tells } = stale(writtenAt, affected);
    expect(notices.guard(outage, context().at).guard).toBe(guard);
    expect(tells.every(({ held }) => held === (guard !== 'none'))).toBe(true);
  });

  test('can be released by a person', () => {
    const { notices, context } = stale(noon - days(9), 2_500);
    expect(notices.approve(outage, context()).releases).toEqual([outage]);
    expect(notices.guard(outage, context().at).guard).toBe('none');
  });
});

test('nobody is told more than six times a day of all incidents together', () => {
  const { notices, context, tells, whole, wakeAfter } = told([[0, 10]], { notify: { capPerDayOverall: 6 } });
  for (let n = 2; n < 12; n++) {
    const id = `l.1.${n}` as IncidentId;
    whole(notices.onIncident([happens('opened', { id })], context()));
    whole(notices.onImpact([touches([[5, 20]], { of: { id } })], context()));
    wakeAfter(minutes(5));
  }
  const times = (number: number): number =>
    tells.filter((tell: Tell) => reached(tell).includes(number)).length;
  expect([times(2), times(7), times(15)]).toEqual([1, 6, 6]);
  wakeAfter(days(1));
  const id = 'l.1.99' as IncidentId;
  whole(notices.onIncident([happens('opened', { id })], context()));
  whole(notices.onImpact([touches([[5, 20]], { of: { id } })], context()));
  wakeAfter(minutes(5));
  expect(times(7)).toBe(7);
});

test('every notice has a time after which it is not sent', () => {
  const { notices, context, tells, whole, wakeAfter } = told([[0, 10]], { confirm: { ask: false } });
  const etr = { from: noon, to: instant(noon + hours(3)), source: 'table', revision: 1 } as const;
  whole(notices.onImpact([touches([[0, 10]], { etr })], context()));
  whole(notices.onIncident([happens('resolved')], context()));
  wakeAfter(minutes(11));
  expect(tells.map(({ type }) => type)).toEqual(['detected', 'etr', 'restored']);
  expect(tells.every(({ notAfter }) => notAfter !== undefined && notAfter > noon)).toBe(true);
});
