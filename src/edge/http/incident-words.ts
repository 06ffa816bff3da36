/** Title and cause of an incident as a person in the monitoring centre reads them, Russian and English. */
import type { FaultGlossary, FaultWords } from '../../model/fault-words.ts';
import type { FaultKind, Incident } from '../../model/incident.ts';
import type { IncidentWordsJson, Language } from './contract.ts';

const phrases = {
  en: {
    none: 'Cause not decided yet.',
    cause: (kind: string, root: string, percent: number) => `${kind}: ${root}, ${percent} % likely.`,
    alike: (names: string) => `${names}: nothing that reports tells them apart.`,
    or: ' or ',
    noRoot: (kind: string, percent: number) => `${kind}, ${percent} % likely; the place is not known.`,
    others: (names: string) => ` Also possible: ${names}.`,
    suspected: (count: number) =>
      ` Suspected: ${count} ${count === 1 ? 'subscriber says' : 'subscribers say'} so, no alarm does; nobody is told of it.`,
    suppressed: (count: number) => ` ${count} ${count === 1 ? 'symptom' : 'symptoms'} folded into it.`,
  },
  ru: {
    none: 'Причина ещё не установлена.',
    cause: (kind: string, root: string, percent: number) => `${kind}: ${root}, вероятность ${percent} %.`,
    alike: (names: string) => `${names}: сигналы оборудования их не различают.`,
    or: ' или ',
    noRoot: (kind: string, percent: number) => `${kind}, вероятность ${percent} %; место не известно.`,
    others: (names: string) => ` Возможно также: ${names}.`,
    suspected: (count: number) =>
      ` Подозрение: об этом говорят абоненты (${count}), аварий нет; оповещений не будет.`,
    suppressed: (count: number) => ` Свёрнуто следствий: ${count}.`,
  },
} as const;

/**
 * The sentences for one language; a kind without an entry is shown as it is. `root` is a name from outside and stays text
 * wherever it is shown.
 */
export function incidentWords(
  incident: Incident,
  faults: FaultGlossary,
  language: Language,
): IncidentWordsJson {
  const kind = wordsOf(faults, incident.kind)?.title[language] ?? incident.kind;
  const phrase = phrases[language];
  const title = incident.root === undefined ? kind : `${kind}: ${incident.root}`;
  if (incident.decidedAt === undefined) return { title, cause: phrase.none };
  const percent = Math.round(incident.probability * 100);
  const first =
    incident.root === undefined ? phrase.noRoot(kind, percent) : phrase.cause(kind, incident.root, percent);
  const same = incident.candidates[0]?.indistinguishable ?? [];
  const names = [incident.root, ...same.map(({ root }) => root)].filter((name) => name !== undefined);
  const alike = same.length > 0 ? ` ${phrase.alike(names.join(phrase.or))}` : '';
  const others = incident.candidates
    .slice(1, 3)
    .map((candidate) => `${candidate.root} (${Math.round(candidate.probability * 100)} %)`);
  const also = others.length > 0 ? phrase.others(others.join(', ')) : '';
  const folded = incident.suppressed > 0 ? phrase.suppressed(incident.suppressed) : '';
  const said = Number(incident.explanation['notFixed'] ?? incident.explanation['subscribersSayDown']) || 0;
  const suspected = incident.suspected === true ? phrase.suspected(said) : '';
  return { title, cause: `${first}${alike}${also}${suspected}${folded}` };
}

export const wordsOf = (faults: FaultGlossary, kind: FaultKind): FaultWords | undefined =>
  Object.hasOwn(faults, kind) ? faults[kind] : undefined;
