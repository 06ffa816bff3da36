/** The JSON of what the operator laid down: planned works, automations and what became of their posts. */

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
