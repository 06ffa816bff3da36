/** One record of an alarm stream, as the API and a replay read it. */
import { expect, test } from 'vitest';
import { readAlarmRecord } from '../../src/flow/alarm-record.ts';

const raise = {
  id: 'r1',
  at: 5,
  event: 'raise',
  resource: 'olt-1',
  cause: 'LOS',
  severity: 'major',
  source: 'trap',
};

test('a raise keeps its arrival, its id and what it says; unknown fields are ignored', () => {
  expect(readAlarmRecord({ ...raise, deviceAt: 4, by: 'olt-2', colour: 'red' })).toEqual({
    at: 5,
    observation: {
      event: 'raise',
      resource: 'olt-1',
      cause: 'LOS',
      severity: 'major',
      source: 'trap',
      by: 'olt-2',
      below: undefined,
      deviceAt: 4,
      record: 'r1',
      attributes: undefined,
    },
  });
});

test('proof of life and loss of sight need no cause, and null is as good as absent', () => {
  const spare = { at: null, deviceAt: null, by: null, cause: null, severity: null, source: null };
  for (const event of ['alive', 'unknown']) {
    expect(readAlarmRecord({ ...spare, event, resource: 'olt-1', below: true })).toMatchObject({
      observation: { event, resource: 'olt-1', below: true, source: 'api' },
    });
  }
});

test.each([
  ['a list', [raise], 'not an object'],
  ['an unknown event', { ...raise, event: 'explode' }, 'event must be one of'],
  ['no resource', { ...raise, resource: '' }, 'resource must be'],
  ['a resource that is too long', { ...raise, resource: 'x'.repeat(501) }, 'resource must be'],
  ['a raise without a cause', { ...raise, cause: undefined }, 'raise needs a cause'],
  ['a by that is no text', { ...raise, by: 7 }, 'by must be'],
  ['an unknown severity', { ...raise, severity: 'terrible' }, 'severity must be one of'],
  ['an unknown source', { ...raise, source: 'rumour' }, 'source must be one of'],
  ['a time with a fraction', { ...raise, at: 1.5 }, 'whole milliseconds'],
  ['a time as text', { ...raise, deviceAt: '5' }, 'whole milliseconds'],
])('%s is refused with the reason', (_what, record, reason) => {
  expect(readAlarmRecord(record)).toContain(reason);
});
