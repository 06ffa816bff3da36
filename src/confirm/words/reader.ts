/** Reads an answer in words: numbers first, then rules, then what was learned from examples; or says that it cannot. */
import type { Answer } from '../../model/confirmation.ts';
import type { Example } from './examples.ts';
import { Model } from './model.ts';
import { normalised } from './normal.ts';
import { readByRule, type Saying } from './rules.ts';

export { parseExamples } from './examples.ts';
export { meantBy, namesOf, openInOrder } from './meaning.ts';
export type { Saying } from './rules.ts';

/** `sureness` 0..1; `question` where the answer names one of those that wait, by what its text called it. */
export type Reading =
  | {
      readonly kind: 'answer';
      readonly answer: Answer;
      readonly sureness: number;
      readonly question?: number | undefined;
    }
  | { readonly kind: 'stop'; readonly sureness: number }
  | { readonly kind: 'unclear'; readonly sureness: number };

/** Below it nothing is decided (care: a wrong "yes" closes a ticket). */
const sureEnough = 0.85;
const ofRule = 0.99;
const shortWords = 3;
/** A rule that the examples contradict this firmly is not followed. */
const contradicts = 0.9;
const answers: Readonly<Partial<Record<Saying, Answer>>> = {
  yes: 'fixed',
  no: 'notFixed',
  call: 'contactMe',
};
const byDigit: readonly (Answer | undefined)[] = [undefined, 'fixed', 'notFixed', 'contactMe'];

/** Keys pressed on a telephone: one digit, `#` behind it or not. */
export function readPressed(keys: string): Answer | undefined {
  const digit = /^([123])#?$/.exec(keys.trim());
  return digit === null ? undefined : byDigit[Number(digit[1])];
}

/** The answer to the one that was asked alone, given while another waits, too. */
function bareDigit(text: string): { readonly question: number; readonly answer: Answer } | undefined {
  const answer = readPressed(normalised(text));
  return answer === undefined ? undefined : { question: 0, answer };
}

export class AnswerReader {
  readonly #examples: readonly Example[];
  #model: Model | undefined;

  constructor(examples: readonly Example[]) {
    this.#examples = examples;
  }

  /** Learns now what it would learn when it is first asked; answers the bytes of what was learned. */
  learn(): number {
    return this.#learned().size;
  }

  /** `asked`: the questions to this phone that wait, each n where it said n1 n2 n3 and 0 where it said 1 2 3. */
  read(text: string, asked: readonly number[] = [0]): Reading {
    const isOne = asked.length < 2;
    const numbered = this.#numbered(text) ?? (isOne ? undefined : bareDigit(text));
    if (numbered !== undefined && asked.includes(numbered.question))
      return { kind: 'answer', sureness: ofRule, ...numbered };
    const { says, sureness } = this.say(text);
    if (sureness < sureEnough || says === 'other') return { kind: 'unclear', sureness };
    if (says === 'stop') return { kind: 'stop', sureness };
    // Which of several is meant nobody can tell.
    return isOne ? { kind: 'answer', answer: answers[says]!, sureness } : { kind: 'unclear', sureness };
  }

  /** The likeliest saying and how sure that is. */
  say(text: string): { readonly says: Saying; readonly sureness: number } {
    const form = normalised(text);
    if (form === '') return { says: 'other', sureness: 0 };
    const rule = readByRule(text, form);
    // Short messages are what rules are for; in long ones the rest of the words has a say, too.
    if (rule !== undefined && form.split(' ').length <= shortWords) return { says: rule, sureness: ofRule };
    const { says, probability } = this.#learned().guess(form);
    if (rule === undefined) return { says, sureness: probability };
    const isDisputed = rule !== says && probability >= contradicts;
    return { says: rule, sureness: isDisputed ? 1 - probability : ofRule };
  }

  /** The number stands first, with a word or two that say the same at most: else it may be an hour, a house or a flat. */
  #numbered(text: string): { readonly question: number; readonly answer: Answer } | undefined {
    const found = /^(?:ответ |answer )?([1-9])([123])(?: (\S+(?: \S+)?))?$/.exec(normalised(text));
    const answer = byDigit[Number(found?.[2])];
    if (found === null || answer === undefined) return undefined;
    const [, question, , rest] = found;
    if (rest !== undefined && answers[this.say(rest).says] !== answer) return undefined;
    return { question: Number(question), answer };
  }

  #learned(): Model {
    this.#model ??= Model.learned(this.#examples);
    return this.#model;
  }
}
