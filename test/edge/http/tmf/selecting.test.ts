import { describe, expect, test } from 'vitest';
import { isTooDeep, merged } from '../../../../src/edge/http/tmf/document.ts';
import { isRefusal } from '../../../../src/edge/http/tmf/refusal.ts';
import { filtersOfText, matches } from '../../../../src/edge/http/tmf/selecting.ts';

// The language of filters, for lists and hubs alike.

const ticket = {
  id: 't-1',
  severity: 'High, urgent',
  priority: 3,
  isKnown: true,
  creationDate: '2026-01-01T12:00:00.000Z',
  relatedParty: [
    { id: 'a', role: 'customer' },
    { id: 'b', role: 'owner', names: [{ text: 'x' }] },
  ],
};

describe.each([
  ['id=t-1', true],
  ['id=t-2', false],
  ['id=t-2,t-1', true],
  ['id=t-2&id=t-1', true],
  ['id=t-1&priority=3', true],
  ['id=t-1&priority=4', false],
  ['severity=High, urgent', true],
  ['severity=High', false],
  ['relatedParty.id=b', true],
  ['relatedParty.names.text=x', true],
  ['relatedParty.names.text=y', false],
  ['isKnown=true', true],
  ['priority.gt=2', true],
  ['priority.gt=3', false],
  ['priority.gte=3', true],
  ['priority.lt=3', false],
  ['priority.lte=3', true],
  ['priority.ne=3', false],
  ['priority.gt=many', false],
  ['creationDate=2026-01-01T12:00:00Z', true],
  ['creationDate=2026-01-01T15:00:00%2B03:00', true],
  // A plus that nobody escaped.
  ['creationDate=2026-01-01T15:00:00+03:00', true],
  ['creationDate.gt=2026-01-01T11:59:59Z', true],
  ['creationDate.lt=2026-01-01T11:59:59Z', false],
  ['nothing=1', false],
  ['nothing.ne=1', true],
  ['toString.name=toString', false],
])('%s', (query, isMet) => {
  test(isMet ? 'finds the ticket' : 'does not find it', () => {
    const filters = filtersOfText(query);
    if (isRefusal(filters)) throw new Error(filters.refused.message);
    expect(matches(ticket, filters)).toBe(isMet);
  });
});

test('a patch is merged as RFC 7386 says: null takes away, lists are replaced, names stay names', () => {
  const target = { a: { b: 1, c: 2 }, list: [1, 2], gone: 1 };
  const patch = JSON.parse('{"a":{"b":null,"d":3},"list":[3],"gone":null,"__proto__":{"x":1}}') as object;
  const after = merged(target, patch) as Record<string, unknown>;
  expect(JSON.parse(JSON.stringify({ ...after, ['__proto__']: undefined }))).toEqual({
    a: { c: 2, d: 3 },
    list: [3],
  });
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});

test('what is nested beyond bounds is seen without going down to its end', () => {
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level++) deep = [deep];
  expect([isTooDeep(deep), isTooDeep([[[1]]])]).toEqual([true, false]);
});
