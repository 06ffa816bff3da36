/** Pages share no code with the terminal, and yet both must say the same of one reading. */
import { expect, test } from 'vitest';
import { absences } from '../../src/app/cli/reading-words.ts';
import { en } from '../../web/words/en.ts';
import { ru } from '../../web/words/ru.ts';

test('why a value is missing is said with the same words, in both languages', () => {
  expect(en.device.absent).toEqual(absences.en);
  expect(ru.device.absent).toEqual(absences.ru);
});
