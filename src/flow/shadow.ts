/** What another rule set would have said of the same inputs: two fresh lines side by side, and how their incidents differ. */
import { noAutomations } from '../automate/automate.ts';
import type { Instant } from '../base/instant.ts';
import type { CorrelationRules } from '../correlate/correlate.ts';
import { noSubscribers } from '../topology/topology.ts';
import type { Contents } from './contents.ts';
import type { IncidentDifferences } from './incident-differences.ts';
import { incidentDifferences } from './incident-differences.ts';
import type { Input } from './input.ts';
import { StreamRun } from './stream-run.ts';

export class Shadow {
  readonly #present: StreamRun;
  readonly #changed: StreamRun;

  /** `contents` are asked for topologies, policies and calendars. */
  constructor(
    contents: Omit<Contents, 'rules' | 'subscribers' | 'automations'>,
    { present, changed }: { readonly present: CorrelationRules; readonly changed: CorrelationRules },
  ) {
    const run = (rules: CorrelationRules): StreamRun =>
      new StreamRun({
        topology: (sha256) => contents.topology(sha256),
        policy: (sha256) => contents.policy(sha256),
        calendar: (sha256) => contents.calendar(sha256),
        rules: () => rules,
        automations: () => noAutomations,
        // Rules judge the network; the topology knows how many subscribers a resource has.
        subscribers: () => noSubscribers,
      });
    this.#present = run(present);
    this.#changed = run(changed);
  }

  take(input: Input, at: Instant): void {
    if (!isJudged(input)) return;
    this.#present.take(input, at);
    this.#changed.take(input, at);
  }

  /** Both clocks go on to then; incidents that began before `since` are left out. */
  end(at: Instant, since: Instant): IncidentDifferences {
    this.#present.to(at);
    this.#changed.to(at);
    return incidentDifferences(this.#present.incidents, this.#changed.incidents, since);
  }
}

/** What subscribers, staff and ticket systems say came of what the rules of then said; timers are the runs' own. */
function isJudged(input: Input): boolean {
  switch (input.kind) {
    case 'observation':
    case 'bitmap':
    case 'fullBitmap':
    case 'topologyVersion':
    case 'policy':
    case 'calendar':
    case 'resumed':
      return true;
    case 'command':
      return input.command.kind === 'clearAlarm' || input.command.kind === 'reconcile';
    default:
      return false;
  }
}
