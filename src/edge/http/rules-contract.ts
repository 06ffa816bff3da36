/** The JSON of what the operator laid down: rules, planned works, automations and what became of their posts. */

import type { Language } from './contract.ts';

/** Announced works: what fails below `resources` between `from` and `to` was expected. */
export interface WorksJson {
  readonly id: string;
  readonly title: string | null;
  readonly state: 'ahead' | 'running' | 'over';
  readonly from: string;
  readonly to: string;
  readonly announcedAt: string | null;
  readonly resources: readonly string[];
}

export interface AutomationJson {
  readonly id: string;
  readonly title: Title | null;
  readonly on: readonly string[];
  /** `stopped`: more happens than its bound lets it act on. */
  readonly state: 'active' | 'shadow' | 'stopped';
  readonly limit: { readonly most: number; readonly perSeconds: number };
  readonly acted: number;
  /** In shadow. */
  readonly wouldHave: number;
  readonly stopped: number;
  readonly lastAt: string | null;
  readonly stoppedAt: string | null;
}

/** The newest twenty thousand posts to one target. */
export interface PostsJson {
  readonly target: string;
  readonly waiting: number;
  readonly taken: number;
  readonly refused: number;
}

type Title = Readonly<Record<Language, string>>;

/** The rules in force, what they did, and what there is to say of them. */
export interface RulesJson {
  /** Of all that decides in the line: incidents name it as what they were judged by. */
  readonly version: string | null;
  readonly files: readonly {
    readonly path: string;
    readonly format: string;
    /** The operator's own, not one that the program came with. */
    readonly own: boolean;
  }[];
  readonly findings: readonly RuleFindingJson[];
  /** Kinds of faults; `incidents` of the newest `countedIncidents`. */
  readonly faults: readonly {
    readonly kind: string;
    readonly title: Title;
    readonly incidents: number;
    readonly lastAt: string | null;
  }[];
  readonly countedIncidents: number;
  /** Counts are since this version is in force. `asked`: alarms that it had to be compared with, which is what it costs. */
  readonly patterns: readonly {
    readonly id: string;
    readonly kind: string;
    readonly title: Title | null;
    readonly own: boolean;
    readonly asked: number;
    readonly matched: number;
    readonly lastAt: string | null;
  }[];
  readonly follows: readonly {
    readonly id: string;
    readonly cause: string;
    readonly effect: string;
    readonly on: 'same' | 'adjacent';
    readonly withinSeconds: number;
    readonly share: number;
  }[];
  /** Sets of the operator's own rules that were in force, the newest first. */
  readonly versions: readonly {
    readonly version: string;
    readonly at: string;
    readonly state: 'inForce' | 'rolledBack' | 'former';
  }[];
  /** What a rollback would bring into force; null where there is nothing else. */
  readonly rollsBackTo: string | null;
  /** The last `rules shadow` over this data. */
  readonly shadow: ShadowJson | null;
}

export interface RuleFindingJson {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  /** The same two; in Russian where there are words. */
  readonly words: Readonly<Record<Language, { readonly message: string; readonly hint: string | null }>>;
  /** `file:line:column`. */
  readonly place: string;
}

/** What changed rules would have made of what the journal recorded. */
export interface ShadowJson {
  readonly at: string;
  readonly since: string;
  readonly records: number;
  readonly before: number;
  readonly after: number;
  readonly same: number;
  readonly appeared: number;
  readonly gone: number;
  readonly changed: number;
}
