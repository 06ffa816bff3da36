/** The reader of answers as the product ships it; learned once a test file. */
import { readFileSync } from 'node:fs';
import { AnswerReader, parseExamples } from '../../src/confirm/confirm.ts';

/** From the project's root, where tests run. */
export const answerExamples = parseExamples(
  'examples.tsv',
  readFileSync('rules/answers/examples.tsv', 'utf8'),
);
export const answerReader = new AnswerReader(answerExamples.value);
