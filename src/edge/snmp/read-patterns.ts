/** What profiles look for in the texts of a column: a masked text answers them as the text did, or it is another device. */
import { firstGroup, type Pattern, type Profile } from '../../collect/collect.ts';

type Table = Profile['tables'][number];
type Condition = Table['only'][number];

interface Looked {
  readonly pattern: Pattern;
  /** True: what it finds is read; false: only whether it finds anything counts. */
  readonly isRead: boolean;
}

interface Masked {
  readonly text: string;
  readonly masked: string;
}

/** Words of a text that are tried one by one; what a profile looks up is short. */
const mostTries = 40;

export class ReadPatterns {
  readonly #byColumn = new Map<string, Looked[]>();

  constructor(profiles: Iterable<Profile>) {
    for (const { tables } of profiles) for (const table of tables) this.#table(table);
  }

  /** The masked text with those words of the text put back that the patterns of the column need; both of one length. */
  answering(column: string | undefined, { text, masked }: Masked): string {
    const wanted = column === undefined ? undefined : this.#byColumn.get(column);
    if (wanted === undefined || text.length !== masked.length) return masked;
    let made = masked;
    for (const { pattern, isRead } of wanted) {
      const found = pattern(text)?.[0];
      const answers = (tried: string): boolean => isSame(pattern, { text, tried, isRead });
      if (found === undefined || found === '' || answers(made)) continue;
      const at = text.indexOf(found);
      made = leastOf(made, { text, from: at, to: at + found.length, answers });
    }
    return made;
  }

  #table({ columns, only, states, metrics, sensor, counts }: Table): void {
    const add = (source: Condition['source'], pattern: Pattern | undefined, isRead: boolean): void => {
      const column = source.kind === 'cell' ? columns[source.column] : undefined;
      if (column === undefined || pattern === undefined) return;
      this.#byColumn.set(column, [...(this.#byColumn.get(column) ?? []), { pattern, isRead }]);
    };
    const conditions = [...only, ...(sensor?.nullWhen ?? []), ...counts.flatMap(({ where }) => where)];
    for (const { source, pattern, where, nullWhen } of [...states, ...metrics]) {
      add(source, pattern, true);
      conditions.push(...where, ...nullWhen);
    }
    for (const { source, pattern } of conditions) add(source, pattern, false);
  }
}

/** Puts the part back, then masks again each word of it without which the answer stays. */
function leastOf(
  masked: string,
  given: {
    readonly text: string;
    readonly from: number;
    readonly to: number;
    readonly answers: (tried: string) => boolean;
  },
): string {
  const { text, from, to, answers } = given;
  let made = masked.slice(0, from) + text.slice(from, to) + masked.slice(to);
  let tries = 0;
  for (const { 0: word, index } of text.slice(from, to).matchAll(/[\p{L}\p{N}]+/gu)) {
    if (tries++ >= mostTries) break;
    const [start, end] = [from + index, from + index + word.length];
    const tried = made.slice(0, start) + masked.slice(start, end) + made.slice(end);
    if (answers(tried)) made = tried;
  }
  return made;
}

function isSame(
  pattern: Pattern,
  { text, tried, isRead }: { readonly text: string; readonly tried: string; readonly isRead: boolean },
): boolean {
  if (!isRead) return pattern(tried) !== undefined;
  return firstGroup(pattern, tried) === firstGroup(pattern, text);
}
