import { expect, test } from 'vitest';
import { mistakeIn, textWith } from '../../src/automate/text.ts';
import { automationsOf } from '../support/shipped-automations.ts';

const task = 'do: [{ task: { skill: care, due: 1h, text: { en: x, ru: x } } }]';
const told = (text: string) =>
  automationsOf(`automations:\n  - ${text}\n`).problems.map(({ line, code, message, hint, severity }) => ({
    ...{ line, code, message, hint, severity },
  }));

test.each([
  [`{ id: a, on: incidentOpend, ${task} }`, 'config/not-allowed', 'did you mean "incidentOpened"?'],
  [`{ id: a, on: incidentOpened, wher: 'true', ${task} }`, 'config/unknown-key', 'did you mean "where"?'],
  [
    `{ id: a, on: incidentOpened, where: 'subscriber > 1', ${task} }`,
    'rule/condition',
    'did you mean "subscribers"?',
  ],
  [`{ id: a, on: incidentOpened, where: 'subscribers > "1"', ${task} }`, 'rule/condition', undefined],
  [
    `{ id: a, on: [incidentOpened, alarmRaised], where: 'subscribers > 1', ${task} }`,
    'rule/condition',
    expect.anything(),
  ],
  [`{ id: a, on: incidentOpened, limit: { most: 5, per: 10s }, ${task} }`, 'automation/limits', undefined],
  [
    `{ id: a, on: incidentOpened, limit: { most: 0, per: 1h }, ${task} }`,
    'config/not-valid',
    'how often, 1 to 1000',
  ],
  [`{ id: a, on: incidentOpened, after: 31d, ${task} }`, 'automation/limits', undefined],
  [`{ id: a, on: incidentOpened, after: 10, ${task} }`, 'config/wrong-type', 'did you mean "10s"?'],
  [
    `{ id: a, on: incidentOpened, do: [{ mail: {} }] }`,
    'config/unknown-key',
    expect.stringContaining('known: task'),
  ],
  [`{ id: a, on: incidentOpened, do: [] }`, 'config/not-valid', undefined],
  [`{ id: a, on: incidentOpened }`, 'config/missing-key', undefined],
  [`{ id: a, ${task} }`, 'config/missing-key', undefined],
  [`{ id: A b, on: incidentOpened, ${task} }`, 'config/not-valid', 'small letters, digits and "-"'],
  [
    `{ id: a, on: incidentOpened, ${task.replace('en: x', "en: '{rot}'")} }`,
    'automation/text',
    'did you mean "root"?',
  ],
  [`{ id: a, on: incidentOpened, ${task.replace('ru: x', "ru: 'a } b'")} }`, 'automation/text', undefined],
  [`{ id: a, on: incidentOpened, ${task.replace(', ru: x', '')} }`, 'config/missing-key', undefined],
  [`{ id: a, on: incidentOpened, ${task.replace('task', 'reminder')} }`, 'automation/reminder', undefined],
  [
    `{ id: a, on: incidentOpened, ${task.replace('task: {', 'reminder: { at: "25:00",')} }`,
    'config/not-valid',
    'a time of the day such as "08:00"',
  ],
  [
    `{ id: a, on: alarmRaised, where: 'count > 1', ${task.replace('task', 'draft')} }`,
    'automation/subject',
    undefined,
  ],
])('%s is wrong in its place', (text, code, hint) => {
  expect(told(text)).toMatchObject([{ line: 3, code, hint, severity: 'error' }]);
});

test.each([
  [
    `{ id: a, on: incidentOpened, where: '1 < 2', ${task} }`,
    'rule/unreachable',
    'the condition is always true',
  ],
  [`{ id: a, on: alarmRaised, ${task} }`, 'rule/costly', '"a" has no condition, so it is for every alarm'],
  ['{ id: nobody, off: true }', 'automation/unknown', 'there is no automation "nobody" to switch off'],
])('%s loads with a warning', (text, code, message) => {
  expect(told(text)).toMatchObject([{ code, message, severity: 'warning' }]);
});

test('a later file replaces and switches off, a mistake leaves out its own alone', () => {
  const base = `automations:\n  - { id: a, on: rated, ${task} }\n  - { id: b, on: rated, ${task} }\n  - { id: c, on: rated, ${task} }\n`;
  const own = `automations:\n  - { id: b, on: ratedLow, shadow: true, ${task} }\n  - { id: a, off: true }\n  - { id: d, on: rated, where: 'scor < 1', ${task} }\n  - { id: b, on: rated, ${task} }\n`;
  const { value, problems } = automationsOf(base, own);
  expect(value.automations.map(({ id, on, isShadow }) => [id, on, isShadow])).toEqual([
    ['b', ['ratedLow'], true],
    ['c', ['rated'], false],
  ]);
  expect(problems.map(({ file, line, code }) => [file, line, code])).toEqual([
    ['own-2.yaml', 5, 'rule/condition'],
    ['own-2.yaml', 6, 'automation/duplicate'],
  ]);
});

test('texts name what there is, and values are never texts themselves', () => {
  const names = ['root', 'attributes'];
  expect(mistakeIn('{root} {attributes.ifAlias}', names)).toBeUndefined();
  expect(mistakeIn('{attributes.a b}', names)?.message).toBe('there is no {attributes.a b} to put in');
  expect(mistakeIn('{}', names)?.hint).toBe('known: root, attributes');
  expect(mistakeIn('{root', names)?.message).toContain('no partner');
  const facts = { root: '{attributes.x}', attributes: { x: '{root}' } };
  expect(textWith('{root} {attributes.x} {attributes.y} {toString}', facts)).toBe('{attributes.x} {root}  ');
});
