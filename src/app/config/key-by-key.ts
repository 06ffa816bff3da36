/** A YAML file of keys that cannot be read as a whole: key by key, so that a slip in one hides no mistake in the others. */
import { inPlace, type Problem } from '../../base/problem.ts';
import type { SourceDocument } from '../../base/source-document.ts';
import { parseYaml, type Violation } from '../../edge/files/yaml-document.ts';

/** Keys of a configuration are a few dozen. */
const mostKeys = 100;

/** What is wrong with the text of some keys and with the values of the others; undefined where keys lean on each other. */
export function mistakesKeyByKey(
  file: string,
  text: string,
  violationsOf: (document: SourceDocument) => readonly Violation[],
): readonly Problem[] | undefined {
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
  const wrong = document.value === null ? [] : violationsOf(document);
  return inPlace([...problems, ...rest, ...wrong.map(({ problem }) => problem)]);
}
