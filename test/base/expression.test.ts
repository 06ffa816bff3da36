import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileExpression, type ExpressionType } from '../../src/base/expression.ts';

const names: Readonly<Record<string, ExpressionType>> = {
  cause: 'string',
  count: 'number',
  flapping: 'bool',
  attributes: 'map',
};
const facts = {
  cause: 'LINK_DOWN',
  count: 3,
  flapping: false,
  attributes: { ifAlias: 'uplink to core', temp: '71.5' },
};

function holds(text: string): boolean {
  const made = compileExpression(text, names);
  if ('mistake' in made) throw new Error(made.mistake.message);
  return made.holds(facts);
}

function mistake(text: string): { message: string; hint?: string | undefined } {
  const made = compileExpression(text, names);
  if (!('mistake' in made)) throw new Error('it compiles');
  return made.mistake;
}

describe('a condition', () => {
  test.each([
    ['cause == "LINK_DOWN"', true],
    ["cause != 'LINK_DOWN'", false],
    ['count >= 3 && !flapping', true],
    ['count > 3 || flapping', false],
    ['1 + 2 * 3 == 7', true],
    ['(1 + 2) * 3 == 9', true],
    ['-count < -2 && count % 2 == 1', true],
    ['cause in ["LOS", "LINK_DOWN"]', true],
    ['attributes.ifAlias.startsWith("uplink")', true],
    ['attributes["ifAlias"].contains("core") && attributes.ifAlias.endsWith("core")', true],
    ['has(attributes.nothing)', false],
    ['attributes.nothing == ""', true],
    ['double(attributes.temp) > 70', true],
    ['double(attributes.ifAlias) > 70 || double(attributes.ifAlias) <= 70', false],
    ['size(cause) == 9', true],
    ['(flapping ? 1 : 2) == 2', true],
    ['cause < "M"', true],
  ])('%s is %s', (text, expected) => {
    expect(holds(text)).toBe(expected);
  });

  test.each([
    ['cuase == "LOS"', 'there is no name "cuase"', 'did you mean "cause"?'],
    ['count == "3"', '"==" compares things of one type, not number and string', undefined],
    ['count', 'a condition needs a bool, not a number', undefined],
    ['cause.startWith("L")', 'there is no function "startWith"', 'did you mean "startsWith"?'],
    ['cause.matches("L.*")', 'there is no function "matches"', 'known: startsWith, endsWith, contains'],
    ['count > ', 'a value is missing before the end', undefined],
    ['flapping flapping', '"flapping" is one word too many', undefined],
    ['cause == "LOS', 'character 9 cannot be read:  "LOS', undefined],
    ['["a", 1] == ["a"]', 'a list of one type needs a string, not a number', undefined],
    ['cause in "LOS"', 'what follows "in" needs a list, not a string', undefined],
  ])('%s is refused', (text, message, hint) => {
    expect(mistake(text)).toEqual({ message, hint });
  });

  test('is bounded in length, parts and depth', () => {
    expect(mistake(`cause == "${'x'.repeat(1_000)}"`).message).toContain('at most 1000 characters');
    expect(mistake(Array(80).fill('1<2').join('||')).message).toContain('at most 200 parts');
    expect(mistake(`${'('.repeat(40)}flapping${')'.repeat(40)}`).message).toContain('at most 24 deep');
    expect(mistake(`${'!'.repeat(60)}flapping`).message).toContain('at most 24 deep');
  });

  test('that depends on nothing says so', () => {
    expect(compileExpression('1 > 2', names)).toMatchObject({ always: false });
    expect(compileExpression('count > 2', names)).toMatchObject({ always: undefined });
  });

  test('whatever is written compiles to a boolean or is refused, and nothing inherited is reached', () => {
    const words = fc.constantFrom(
      ...[
        'cause',
        'count',
        'flapping',
        'attributes',
        '.',
        'constructor',
        '__proto__',
        '[',
        ']',
        '(',
        ')',
        '"a"',
        '1',
      ],
      ...['&&', '||', '!', '==', '<', 'in', '+', '?', ':', ',', 'has', 'size', 'contains'],
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (parts) => {
        const made = compileExpression(parts.join(' '), names);
        if (!('mistake' in made)) expect(typeof made.holds(facts)).toBe('boolean');
      }),
      { numRuns: 3_000 },
    );
    expect(holds('attributes.constructor == "" && attributes.__proto__ == ""')).toBe(true);
  });
});
