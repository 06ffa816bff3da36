/** One text with named places, as people write it in a file; ICU MessageFormat, whose tags are text here. */
import { IntlMessageFormat } from 'intl-messageformat';
import { didYouMean } from '../../base/problem.ts';

export interface MessageMistake {
  readonly message: string;
  readonly hint?: string | undefined;
}

/** The message, or what is wrong with it; `known`: names of the places it may have. */
export function compileMessage(
  text: string,
  { language, known }: { readonly language: string; readonly known: readonly string[] },
): IntlMessageFormat | MessageMistake {
  try {
    const message = new IntlMessageFormat(text, language, undefined, { ignoreTag: true });
    const unknown = [...namesIn(message.getAst())].find((name) => !known.includes(name));
    if (unknown === undefined) return message;
    const near = didYouMean(unknown, known);
    const hint = near === undefined ? `known: ${known.join(', ')}` : `did you mean {${near}}?`;
    return { message: `there is no {${unknown}}`, hint };
  } catch (error) {
    const said = error instanceof Error ? error.message.split('\n')[0] : 'unknown form';
    return { message: `the text cannot be read: ${said}` };
  }
}

/** Names of all arguments, those within branches too. */
function namesIn(elements: readonly object[], found: Set<string> = new Set()): Set<string> {
  for (const element of elements as readonly {
    type: number;
    value: unknown;
    options?: Record<string, { value: readonly object[] }>;
  }[]) {
    // 0 is literal text and 7 the `#` of a plural (TYPE of @formatjs/icu-messageformat-parser).
    if (element.type !== 0 && element.type !== 7) found.add(String(element.value));
    for (const option of Object.values(element.options ?? {})) namesIn(option.value, found);
  }
  return found;
}
