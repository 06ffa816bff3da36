/**
 * Answers in words: how often the reading of "does it work?" is right, how often it abstains, and what a message costs, on
 * messages written apart from the rules and from the training text, by the same author.
 */
import { readFileSync } from 'node:fs';
import { AnswerReader, parseExamples, type Saying } from '../src/confirm/confirm.ts';
import { reporter } from './support/report.ts';

const sayings: readonly Saying[] = ['yes', 'no', 'call', 'stop', 'other'];
const sureEnough = 0.85;
const timed = 40;

interface Judged {
  readonly meant: Saying;
  /** undefined: it abstained. */
  readonly read: Saying | undefined;
}

export async function run({ json }: { readonly json: boolean }): Promise<void> {
  const print = reporter('answers', json);
  const { value } = parseExamples('examples.tsv', readFileSync('rules/answers/examples.tsv', 'utf8'));
  const started = performance.now();
  const reader = new AnswerReader(value);
  const size = reader.learn();
  print({ case: `learning from ${value.length} messages`, ours: performance.now() - started, unit: 'ms' });
  print({ case: 'size of the model', ours: size / 1024, atMost: 1024, unit: 'KiB' });
  const messages = readFileSync('test/confirm/words/judged.tsv', 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t') as [Saying, string]);
  const all = messages.map(([meant, text]): Judged => {
    const { says, sureness } = reader.say(text);
    return { meant, read: sureness < sureEnough || says === 'other' ? undefined : says };
  });
  for (const saying of sayings) {
    const meant = all.filter((one) => one.meant === saying);
    const share = meant.filter(({ read }) => read === undefined).length / meant.length;
    print({ case: `${saying}: abstained of ${meant.length}`, ours: 100 * share, unit: '%' });
    if (saying === 'other') continue;
    const read = all.filter((one) => one.read === saying);
    const right = read.filter((one) => one.meant === saying).length;
    print({
      case: `${saying}: precision of ${read.length}`,
      ours: 100 * (right / read.length),
      atLeast: 97,
      unit: '%',
    });
  }
  const answered = all.filter(({ meant }) => meant !== 'other');
  const covered = answered.filter(({ read }) => read !== undefined);
  const wrong = all.filter(({ meant, read }) => read !== undefined && read !== meant);
  print({
    case: 'coverage of answers',
    ours: (100 * covered.length) / answered.length,
    atLeast: 85,
    unit: '%',
  });
  print({
    case: 'abstained of all messages',
    ours: (100 * all.filter(({ read }) => read === undefined).length) / all.length,
    unit: '%',
  });
  const read = all.filter((one) => one.read !== undefined);
  print({
    case: `precision of all ${read.length} read`,
    ours: 100 * (1 - wrong.length / read.length),
    atLeast: 97,
    unit: '%',
  });
  const from = process.cpuUsage().user;
  for (let round = 0; round < timed; round++) for (const [, text] of messages) reader.read(text);
  const each = (process.cpuUsage().user - from) / (timed * messages.length);
  print({ case: 'a message, processor time', ours: each, atMost: 50, unit: 'us' });
}
