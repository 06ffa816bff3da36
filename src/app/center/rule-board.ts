/** The rules in force as people see them: files, titles, what they did, what there is to say of them, and the sets before. */
import { basename, dirname, join } from 'node:path';
import type { Problem } from '../../base/problem.ts';
import type { Book } from '../../edge/book/book.ts';
import { readWhole, realFiles } from '../../edge/disk/file-system.ts';
import type { RuleDocument } from '../../edge/files/rule-files.ts';
import type { RulesJson, ShadowJson } from '../../edge/http/contract.ts';
import type { Words } from '../../model/automation.ts';
import type { Installation } from '../config/installation.ts';
import { RuleHistory } from '../config/rule-history.ts';
import type { LineHost } from './line-host.ts';

/** The last result of `rules shadow`, in the folder of rules of the data directory. */
export const shadowFile = 'shadow.json';

/** Older ones say little of the rules of now. */
const countedIncidents = 2_000;
const mostFindings = 200;

interface Entry {
  readonly id: string;
  readonly kind?: string;
  readonly title?: Words;
}

export class RuleBoard {
  readonly #book: Book;
  readonly #data: string;
  #installation: Installation | undefined;
  #titles: ReadonlyMap<string, Words> = new Map();

  constructor(book: Book, data: string) {
    this.#book = book;
    this.#data = data;
  }

  use(installation: Installation): void {
    this.#installation = installation;
    const { documents } = installation.rules;
    const titled = documents.flatMap((one) => entriesOf(one, 'automations'));
    this.#titles = new Map(titled.flatMap(({ id, title }) => (title === undefined ? [] : [[id, title]])));
  }

  titleOf(automation: string): Words | undefined {
    return this.#titles.get(automation);
  }

  async view({ line }: LineHost): Promise<RulesJson> {
    const { rules, ruleProblems } = this.#installation!;
    const used = line.patternsUsed();
    const kinds = new Map(
      (await this.#book.incidentKinds(countedIncidents)).map((counted) => [counted.kind, counted]),
    );
    const kept = await new RuleHistory(this.#data).kept();
    return {
      version: line.named.rules?.slice(0, 12) ?? null,
      files: rules.documents.map(({ document, format, isOwn }) => ({
        path: shown(document.file),
        format,
        own: isOwn,
      })),
      findings: ruleProblems.slice(0, mostFindings).map(finding),
      faults: Object.entries(rules.faults).map(([kind, { title }]) => ({
        ...{ kind, title, incidents: kinds.get(kind)?.n ?? 0, lastAt: isoOf(kinds.get(kind)?.last) },
      })),
      countedIncidents,
      patterns: inForce(rules.documents).map(({ id, kind = '', title, isOwn }) => {
        const { asked = 0, matched = 0, lastAt } = used.get(id) ?? {};
        return { id, kind, title: title ?? null, own: isOwn, asked, matched, lastAt: isoOf(lastAt) };
      }),
      follows: (rules.correlation?.follows ?? []).map(({ withinMs, ...one }) => ({
        ...one,
        withinSeconds: withinMs / 1_000,
      })),
      versions: kept.map(({ version, at, isInForce, isRolledBack }) => ({
        ...{ version, at: new Date(at).toISOString() },
        state: isInForce ? 'inForce' : isRolledBack ? 'rolledBack' : 'former',
      })),
      rollsBackTo: rollsBackTo(kept),
      shadow: await this.#shadow(),
    };
  }

  /** One that cannot be read is none. */
  async #shadow(): Promise<ShadowJson | null> {
    const bytes = await readWhole(realFiles, join(this.#data, 'rules', shadowFile));
    if (bytes === undefined) return null;
    try {
      return JSON.parse(new TextDecoder().decode(bytes)) as ShadowJson;
    } catch {
      return null;
    }
  }
}

type Kept = Awaited<ReturnType<RuleHistory['kept']>>;

/** Once more brings back what was rolled back, else the newest of the others. */
function rollsBackTo(kept: Kept): string | null {
  const back = kept.find(({ isRolledBack }) => isRolledBack) ?? kept.find(({ isInForce }) => !isInForce);
  return back?.version ?? null;
}

const entriesOf = ({ document }: RuleDocument, key: 'patterns' | 'automations'): readonly Entry[] =>
  (document.value as Readonly<Partial<Record<typeof key, readonly Entry[]>>>)[key] ?? [];

/** Of patterns of one name the last counts. */
function inForce(documents: readonly RuleDocument[]): readonly (Entry & { readonly isOwn: boolean })[] {
  const found = new Map<string, Entry & { readonly isOwn: boolean }>();
  for (const one of documents) {
    if (one.format !== 'correlation/1') continue;
    for (const entry of entriesOf(one, 'patterns')) found.set(entry.id, { ...entry, isOwn: one.isOwn });
  }
  return [...found.values()];
}

/** What has no words in Russian is shown as `allclear check` prints it. */
const finding = ({ file, line, column, severity, code, message, hint, inRussian }: Problem) => ({
  ...{ severity, code, message, hint: hint ?? null },
  words: {
    en: { message, hint: hint ?? null },
    ru: { message: inRussian?.message ?? message, hint: (inRussian ?? { hint }).hint ?? null },
  },
  place: line === 0 ? shown(file) : `${shown(file)}:${line}:${column}`,
});

/** Where it lies on this machine is nobody's business on a page. */
const shown = (file: string): string => `${basename(dirname(file))}/${basename(file)}`;

const isoOf = (at: number | undefined): string | null =>
  at === undefined ? null : new Date(at).toISOString();
