/** The reader of answers in words with the examples that the product ships, and how much one sender may write. */
import { readFile } from 'node:fs/promises';
import { formatProblem } from '../../base/problem.ts';
import { SourceRates } from '../../base/source-rates.ts';
import type { World } from '../../base/world.ts';
import { AnswerReader, parseExamples } from '../../confirm/confirm.ts';
import type { AnswersPort } from '../../edge/http/ports.ts';
import { answerExamplesFile } from '../product-files.ts';

const perSender = { burst: 20, perSecond: 0.05, mostSources: 65_536 };

/** Learns at once, a third of a second, so that no message waits for it. */
export async function answersPort(world: World): Promise<AnswersPort> {
  const { value, problems } = parseExamples(answerExamplesFile, await readFile(answerExamplesFile, 'utf8'));
  for (const problem of problems)
    world.log.warn('left out of the examples of answers', { problem: formatProblem(problem) });
  const reader = new AnswerReader(value);
  reader.learn();
  const rates = new SourceRates(perSender);
  return {
    read: (text, asked) => reader.read(text, asked),
    admits: (sender) => rates.take(sender, world.monotonicMs()),
  };
}
