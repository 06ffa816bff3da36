import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../src/collect/expression.ts';

const value = (text: string, v = 0): number | string => {
  const parsed = parseExpression(text, ['v']);
  return 'expression' in parsed ? parsed.expression(() => v) : parsed.problem;
};

describe('arithmetic of a profile', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['-v + 1', -41],
    ['17 % 5', 2],
    ['floor(v / 10)', 4],
    ['log10(1000) * 10', 30],
    ['min(v, 7) + max(v, 50)', 57],
    ['abs(0 - v)', 42],
    ['bits(4194312448, 13, 6)', 1],
    ['bits(4194312448, 8, 5)', 1],
    ['1.5e2', 150],
  ])('%s', (text, expected) => expect(value(text, 42)).toBe(expected));

  it.each([
    ['', 'it ends too early'],
    ['v v', '"v" does not belong there'],
    ['floor(1, 2)', 'floor() takes 1, not 2'],
    ['process', 'there is no "process" here'],
    ['constructor(v)', 'there is no "constructor" here'],
    ['v.constructor', '"." does not belong there'],
    [`${'('.repeat(50)}1`, 'it is nested too deeply'],
    ['1 +'.repeat(100), 'it is longer than 200 characters'],
  ])('%s is refused', (text, problem) => expect(value(text)).toContain(problem));
});
