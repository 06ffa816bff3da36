/** Which rules an alarm concerns, and what they cost: how often each had to be asked, and how often it fitted. */
import { expect, test } from 'vitest';
import { instant } from '../../src/base/instant.ts';
import { MatcherIndex } from '../../src/correlate/matcher.ts';
import type { PatternRule } from '../../src/correlate/pattern-rules.ts';
import { resourceId } from '../../src/model/ids.ts';
import { anAlarm } from '../support/front-records.ts';

const rule = (id: string, on: object): PatternRule =>
  ({ id, by: 'device', kind: 'window', on, holdMs: 1_000 }) as unknown as PatternRule;

test('a rule is asked about alarms of its causes, one without causes about all, and what fitted is counted', () => {
  const index = new MatcherIndex([
    rule('los', { cause: ['LOS'], where: 'count > 1' }),
    rule('all', { severity: ['critical'] }),
  ]);
  const meet = (cause: string, count: number, at: number): readonly string[] => {
    const alarm = { ...anAlarm({ resource: resourceId('a'), cause, raisedAt: instant(at) }), count };
    return index.usesOf(alarm, instant(at), () => 'ont').map((use) => use.rule.id);
  };
  expect(index.used.size).toBe(0);
  expect([meet('LOS', 1, 10), meet('LOS', 2, 20), meet('FAN_FAIL', 2, 30)]).toEqual([[], ['los'], []]);
  expect(Object.fromEntries(index.used)).toEqual({
    los: { asked: 2, matched: 1, lastAt: 20 },
    all: { asked: 3, matched: 0, lastAt: undefined },
  });
});
