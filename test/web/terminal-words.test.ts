/** Pages share no code with the terminal, and yet both must say the same of one reading. */
import { expect, test } from 'vitest';
import { absences } from '../../src/app/cli/reading-words.ts';
import { readingWordsEn, readingWordsRu } from '../../web/words/reading-words.ts';

test('why a value is missing is said with the same words, in both languages', () => {
  expect(readingWordsEn.absent).toEqual(absences.en);
  expect(readingWordsRu.absent).toEqual(absences.ru);
});
