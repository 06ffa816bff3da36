/** The training text: its lines with alternatives become whole messages, Russian ones also in Latin letters. */

import type { Problem } from '../../base/problem.ts';
import { spreadHash } from '../../base/random.ts';
import { inLatin, normalised } from './normal.ts';
import type { Saying } from './rules.ts';

export interface Example {
  readonly says: Saying;
  readonly form: string;
}

const sayings: readonly string[] = ['yes', 'no', 'call', 'stop', 'other'];
/** Messages made of one line: enough to see each alternative, few enough that no line outweighs the others. */
const madeOfLine = 24;
const lineLimit = 20_000;

/** `label<TAB>message` lines, `#` a remark. */
export function parseExamples(file: string, text: string): { value: Example[]; problems: Problem[] } {
  const value: Example[] = [];
  const problems: Problem[] = [];
  const lines = text.split('\n').slice(0, lineLimit);
  lines.forEach((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return;
    const [label = '', message = ''] = line.split('\t');
    if (!sayings.includes(label) || message.trim() === '') {
      problems.push({
        ...{ file, line: index + 1, column: 1, severity: 'error', code: 'answers/line' },
        message: 'a line of examples is a label, a tab and a message',
        hint: `labels are ${sayings.join(', ')}`,
      });
      return;
    }
    for (const made of messagesOf(message)) {
      const form = normalised(made);
      value.push({ says: label as Saying, form });
      // Every third in Latin letters, too: so much of what people write comes so.
      if (/[а-яё]/.test(form) && spreadHash(form) % 3 === 0)
        value.push({ says: label as Saying, form: inLatin(form) });
    }
  });
  return { value, problems };
}

/** All messages of a line with alternatives, or a fixed choice of them spread over all. */
function messagesOf(line: string): string[] {
  const parts = line.split(/\(([^)]*)\)/).map((part, at) => (at % 2 === 0 ? [part] : part.split('|')));
  const count = parts.reduce((product, part) => product * part.length, 1);
  const made: string[] = [];
  const taken = Math.min(count, madeOfLine);
  for (let n = 0; n < taken; n++) {
    // A step that shares no divisor with the counts visits every alternative of every place.
    let pick = taken === count ? n : Math.floor((n * count) / taken) + (n % 7);
    const chosen = parts.map((part) => {
      const one = part[pick % part.length]!;
      pick = Math.floor(pick / part.length);
      return one;
    });
    made.push(chosen.join(''));
  }
  return made;
}
