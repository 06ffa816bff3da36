/** Which rules of detection differ between two sets of files, where, and what judges them in place of the journal. */
import type { SourceDocument } from '../../base/source-document.ts';
import { parseYaml } from '../../edge/files/yaml-document.ts';

export interface ChangedDetection {
  /** The part of the file: `thresholds`, `baselines`, `traps`, `reachability`, .. */
  readonly part: string;
  /** undefined for a part that is one rule. */
  readonly rule: string | undefined;
  readonly change: 'added' | 'changed' | 'removed';
  /** `file:line:column`; of a removed one the file that held it. */
  readonly place: string;
  /** Recorded notifications can be judged; of readings and lines only examples. */
  readonly judgedBy: 'replay --traps' | 'rules test';
}

interface RuleText {
  readonly path: string;
  readonly text: string;
}

interface Found {
  readonly part: string;
  readonly rule: string | undefined;
  readonly written: string;
  readonly place: string;
}

/** In order of the files as they are now; what was removed comes last. */
export function changedDetection(
  before: readonly RuleText[],
  now: readonly SourceDocument[],
): readonly ChangedDetection[] {
  const then = new Map<string, Found>();
  for (const { path, text } of before) {
    // What is not of detection cannot be read for it.
    if (!/^format: detection\/1$/m.test(text)) continue;
    for (const found of rulesIn(parseYaml(path, text).value, () => path)) note(then, found);
  }
  const today = new Map<string, Found>();
  for (const document of now) {
    const placeOf = (path: readonly (string | number)[]): string => {
      const { file, line, column } = document.problemAt(path, { code: '', message: '' });
      return `${file}:${line}:${column}`;
    };
    for (const found of rulesIn(document, placeOf)) note(today, found);
  }
  const differing = [...today].flatMap(([key, found]): ChangedDetection[] => {
    const known = then.get(key);
    if (known?.written === found.written) return [];
    return [told(found, known === undefined ? 'added' : 'changed')];
  });
  const removed = [...then].flatMap(([key, found]) => (today.has(key) ? [] : [told(found, 'removed')]));
  return [...differing, ...removed];
}

function told({ part, rule, place }: Found, change: ChangedDetection['change']): ChangedDetection {
  return { part, rule, change, place, judgedBy: part === 'traps' ? 'replay --traps' : 'rules test' };
}

/** A rule of several files is all that they say of it. */
function note(into: Map<string, Found>, found: Found): void {
  const key = `${found.part} ${found.rule ?? ''}`;
  const known = into.get(key);
  into.set(key, known === undefined ? found : { ...found, written: `${known.written}\n${found.written}` });
}

function* rulesIn(
  { value }: SourceDocument,
  placeOf: (path: readonly (string | number)[]) => string,
): Generator<Found> {
  if (typeof value !== 'object' || value === null) return;
  for (const [part, held] of Object.entries(value)) {
    if (part === 'format' || part === 'examples') continue;
    if (!Array.isArray(held)) {
      yield { part, rule: undefined, written: JSON.stringify(held), place: placeOf([part]) };
      continue;
    }
    for (const [index, one] of held.entries()) {
      const id = (one as { readonly id?: unknown } | null)?.id;
      const rule = typeof id === 'string' ? id : String(index + 1);
      // Its examples judge nothing.
      const written = JSON.stringify({ ...(one as object), examples: undefined });
      yield { part, rule, written, place: placeOf([part, index]) };
    }
  }
}
