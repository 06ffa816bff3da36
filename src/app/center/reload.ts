/** Reads the configuration again: all of it comes into force, or nothing when anything is wrong with it. */
import { Fault } from '../../base/fault.ts';
import type { Instant } from '../../base/instant.ts';
import { formatProblem, type Problem } from '../../base/problem.ts';
import type { Log } from '../../base/world.ts';
import type { ReloadOutcome } from '../../edge/http/ports.ts';
import {
  type Installation,
  judgeSubscribers,
  ownRuleFolders,
  readInstallation,
} from '../config/installation.ts';
import { readWhole } from '../config/load.ts';
import { RuleHistory } from '../config/rule-history.ts';
import { saysSame } from '../config/same.ts';
import type { Places, StartOptions } from '../processes/messages.ts';

export interface ReloadOptions {
  readonly start: StartOptions;
  /** Where everything lies and listens since the start. */
  readonly places: Places;
  /** Answers what was found while it was brought into force. */
  readonly apply: (installation: Installation) => Promise<readonly Problem[]>;
  readonly log: Log;
}

/** Problems written to the log for one reload. */
const mostTold = 1_000;

export class Reload {
  readonly #options: ReloadOptions;
  #underWay: Promise<ReloadOutcome> | undefined;
  #waiting: Promise<ReloadOutcome> | undefined;
  readonly #counters = { reloads: 0, reloadsRefused: 0, reloadsUnfinished: 0 };

  constructor(options: ReloadOptions) {
    this.#options = options;
  }

  get counters(): Readonly<Record<string, number>> {
    return this.#counters;
  }

  /** One at a time; whoever asks while one is under way shares the one after it, which sees the files as they are then. */
  ask(): Promise<ReloadOutcome> {
    const { log } = this.#options;
    const begin = (): Promise<ReloadOutcome> => {
      this.#waiting = undefined;
      this.#underWay = this.#run()
        .catch((error: unknown): ReloadOutcome => {
          this.#counters.reloadsUnfinished++;
          const reason = error instanceof Error ? error.message : String(error);
          log.error('the configuration was applied in part only: reload once more', { reason });
          return { kind: 'unfinished', reason };
        })
        .finally(() => {
          this.#underWay = undefined;
        });
      return this.#underWay;
    };
    if (this.#underWay === undefined) return begin();
    this.#waiting ??= this.#underWay.then(begin);
    return this.#waiting;
  }

  /**
   * The rules that were in force before come into force again, or, once more, those that were rolled back; undefined when
   * there are no others. Where anything stands in the way the rules stay as they are.
   */
  async rollBackRules(at: Instant): Promise<ReloadOutcome | undefined> {
    const { data } = this.#options.places;
    const own = await this.#ownRules();
    const undo = data === undefined ? undefined : await new RuleHistory(data).rollBack(own, at);
    if (undo === undefined) return undefined;
    const outcome = await this.ask();
    if (outcome.kind === 'refused') await undo();
    return outcome;
  }

  async #ownRules(): Promise<readonly string[]> {
    const { value } = await readWhole({ ...this.#options.start, inForce: undefined });
    return ownRuleFolders(value.config);
  }

  async #run(): Promise<ReloadOutcome> {
    const { log, apply } = this.#options;
    this.#counters.reloads++;
    const { installation, problems } = await this.#read();
    if (installation === undefined || problems.some(({ severity }) => severity === 'error')) {
      this.#counters.reloadsRefused++;
      this.#tell(problems);
      const message = 'nothing was applied; the running configuration stays';
      log.error(message, { problems: problems.length });
      return { kind: 'refused', problems };
    }
    const all = [...problems, ...(await apply(installation))];
    this.#tell(all);
    const needsRestart = this.#needsRestart(installation);
    log.info('the configuration was read again and is in force', { needsRestart });
    return { kind: 'applied', needsRestart, problems: all };
  }

  async #read(): Promise<{
    readonly installation: Installation | undefined;
    readonly problems: readonly Problem[];
  }> {
    try {
      const { value, problems } = await readInstallation(
        { ...this.#options.start, inForce: undefined },
        { isDaemon: true },
      );
      const subscribers = await judgeSubscribers(value);
      return { installation: value, problems: [...problems, ...subscribers.problems] };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const { code, message } = error;
      const file = this.#options.start.config ?? 'allclear.yaml';
      const problem: Problem = { file, line: 0, column: 0, severity: 'error', code, message };
      return { installation: undefined, problems: [problem] };
    }
  }

  #needsRestart({ inForce }: Installation): string[] {
    const { places } = this.#options;
    return Object.entries(inForce.places).flatMap(([key, value]) =>
      saysSame(value, places[key as keyof Places]) ? [] : [key],
    );
  }

  #tell(problems: readonly Problem[]): void {
    for (const problem of problems.slice(0, mostTold)) {
      const write = problem.severity === 'error' ? this.#options.log.error : this.#options.log.warn;
      write('in the configured files', { problem: formatProblem(problem) });
    }
  }
}
