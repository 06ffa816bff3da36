/** A YAML file of keys that cannot be read as a whole: key by key, so that a slip in one hides no mistake in the others. */
import type { Problem } from '../../base/problem.ts';
import type { SourceDocument } from '../../base/source-document.ts';
import { parseYaml } from '../../edge/files/yaml-document.ts';

/** Keys of a configuration are a few dozen. */
const mostKeys = 100;

/**
 * The document of those keys that can be read, with the places they have in the file, and what is wrong with the text of
 * the others. Undefined where the keys do not stand for themselves.
 */
export function readKeyByKey(
  file: string,
  text: string,
): { readonly document: SourceDocument; readonly problems: readonly Problem[] } | undefined {
  // What is named with & in one key and used with * in another is not there when they are read apart.
  if (/(?:^|\s)[&*]\w/m.test(text)) return undefined;
  const lines = text.split('\n');
  const starts = lines.flatMap((line, index) =>
    /^["']?[A-Za-z][\w-]*["']?:(?:\s|$)/.test(line) ? [index] : [],
  );
  if (starts.length < 2 || starts.length > mostKeys) return undefined;
  const sound = [...lines];
  const problems: Problem[] = [];
  starts.forEach((start, place) => {
    // What stands above the first key belongs to it.
    const [from, to] = [place === 0 ? 0 : start, starts[place + 1] ?? lines.length];
    const alone = [...new Array<string>(from).fill(''), ...lines.slice(from, to)].join('\n');
    const { value, problems: found } = parseYaml(file, alone);
    if (value.value !== undefined) return;
    problems.push(...found);
    sound.fill('', from, to);
  });
  const { value: document, problems: rest } = parseYaml(file, sound.join('\n'));
  if (problems.length === 0 || document.value === undefined) return undefined;
  return { document, problems: [...problems, ...rest] };
}
