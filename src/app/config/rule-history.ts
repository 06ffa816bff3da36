/**
 * The sets of the operator's own rules that were in force, kept beside the data, and which of them stands in place of the
 * files as they are. Rolled back is what the files say now: as soon as they say something else, that is read again.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Instant } from '../../base/instant.ts';
import type { Problem } from '../../base/problem.ts';
import { readWhole, realFiles, writeWhole } from '../../edge/disk/file-system.ts';
import { yamlFiles } from '../../edge/files/yaml-folder.ts';

interface Kept {
  readonly hash: string;
  readonly at: number;
  /** Folders that it was read from; their order counts. */
  readonly folders: number;
}

interface History {
  /** In the order in which they came into force. */
  readonly sets: readonly Kept[];
  /** While the files are these, the other set is in force. */
  readonly held?: { readonly instead: string; readonly use: string; readonly at: number } | undefined;
}

export interface StandingRules {
  readonly folders: readonly string[];
  readonly problems: readonly Problem[];
}

export interface KeptRules {
  /** Of the texts; other sets of rules have other versions. */
  readonly version: string;
  /** When it came into force first. */
  readonly at: number;
  readonly isInForce: boolean;
  /** The files say so still, and another one stands in for it. */
  readonly isRolledBack: boolean;
}

const mostKept = 10;
const stateFile = 'sets.json';

export class RuleHistory {
  readonly #folder: string;

  /** `data` is the daemon's data directory. */
  constructor(data: string) {
    this.#folder = join(data, 'rules');
  }

  /** The folders to read: those of the configuration, or the set that they were rolled back to. */
  async standing(own: readonly string[]): Promise<StandingRules> {
    const { held, sets } = await this.#read();
    const used = sets.find(({ hash }) => hash === held?.use);
    if (held === undefined || used === undefined || held.instead !== (await textsIn(own)).hash)
      return { folders: own, problems: [] };
    const folders = this.#foldersOf(used);
    if ((await textsIn(folders)).hash !== used.hash)
      return {
        folders: own,
        problems: [
          {
            ...{ file: this.#folder, line: 0, column: 0, severity: 'error', code: 'rules/rolled-back' },
            message: `the kept rules ${used.hash.slice(0, 12)} that these were rolled back to are missing or changed: the files are in force as they are`,
            hint: 'roll back once more, or change the files and reload',
            inRussian: {
              message: `сохранённый набор ${used.hash.slice(0, 12)}, к которому откатили правила, пропал или изменён: действуют файлы как есть`,
              hint: 'откатите ещё раз или измените файлы и перечитайте их',
            },
          },
        ],
      };
    const since = new Date(held.at).toISOString();
    const problem: Problem = {
      ...{ file: own[0] ?? this.#folder, line: 0, column: 0, severity: 'warning', code: 'rules/rolled-back' },
      message: `these rules were rolled back at ${since}: those before them are in force`,
      hint: 'change them and reload, or roll back once more to bring them back as they are',
      inRussian: {
        message: `эти правила откатили ${since}: действуют те, что были до них`,
        hint: 'измените их и перечитайте или откатите ещё раз, чтобы вернуть их как есть',
      },
    };
    return { folders, problems: [problem] };
  }

  /** The newest first. */
  async kept(): Promise<readonly KeptRules[]> {
    const { sets, held } = await this.#read();
    const inForce = held?.use ?? sets.at(-1)?.hash;
    return sets.toReversed().map(({ hash, at }) => ({
      version: hash.slice(0, 12),
      at,
      isInForce: hash === inForce,
      isRolledBack: hash === held?.instead,
    }));
  }

  /** What was read from these folders is in force. */
  async entered(folders: readonly string[], at: Instant): Promise<void> {
    const { hash, files } = await textsIn(folders);
    const { sets, held } = await this.#read();
    if (hash === held?.use || (held === undefined && sets.at(-1)?.hash === hash)) return;
    const kept = { hash, at, folders: folders.length };
    for (const [place] of folders.entries())
      await mkdir(join(this.#folder, hash, String(place)), { recursive: true });
    for (const { place, path, text } of files) {
      const target = join(this.#folder, hash, String(place), path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text, { flush: true });
    }
    await this.#write({ sets: [...sets.filter((one) => one.hash !== hash), kept].slice(-mostKept) });
    await this.#forgetOthers();
  }

  /**
   * From the next reading on the set before the one in force is read, or again what was rolled back. Answers how to undo
   * that; undefined when there is no other set.
   */
  async rollBack(own: readonly string[], at: Instant): Promise<(() => Promise<void>) | undefined> {
    const history = await this.#read();
    const { hash } = await textsIn(own);
    const { sets, held } = history;
    const undo = (): Promise<void> => this.#write(history);
    if (held?.instead === hash) {
      await this.#write({ sets });
      return undo;
    }
    const inForce = sets.at(-1)?.hash;
    // Files that never came into force are no set of the past; the one before them is in force still.
    const former = sets.findLast((one) => one.hash !== hash && one.hash !== inForce);
    if (former === undefined) return undefined;
    await this.#write({ sets, held: { instead: hash, use: former.hash, at } });
    return undo;
  }

  #foldersOf({ hash, folders }: Kept): readonly string[] {
    return Array.from({ length: folders }, (_, place) => join(this.#folder, hash, String(place)));
  }

  async #forgetOthers(): Promise<void> {
    const known = new Set((await this.#read()).sets.map(({ hash }) => hash));
    for (const name of await readdir(this.#folder)) {
      if (/^[0-9a-f]{64}$/.test(name) && !known.has(name))
        await rm(join(this.#folder, name), { recursive: true, force: true });
    }
  }

  /** A state that cannot be read is none: the configuration's own files are read. */
  async #read(): Promise<History> {
    const bytes = await readWhole(realFiles, join(this.#folder, stateFile));
    if (bytes === undefined) return { sets: [] };
    try {
      return JSON.parse(new TextDecoder().decode(bytes)) as History;
    } catch {
      return { sets: [] };
    }
  }

  async #write(history: History): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const bytes = new TextEncoder().encode(JSON.stringify(history));
    await writeWhole(realFiles, { folder: this.#folder, name: stateFile }, [bytes]);
  }
}

/** All YAML files of the folders, and one hash over places and texts. */
async function textsIn(folders: readonly string[]) {
  const files: { readonly place: number; readonly path: string; readonly text: string }[] = [];
  for (const [place, folder] of folders.entries()) {
    for (const file of await yamlFiles(folder, [])) {
      const text = await readFile(file, 'utf8').catch(() => '');
      files.push({ place, path: relative(folder, file), text });
    }
  }
  const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex');
  return { files, hash };
}
