/** What subscribers say, as evidence about the resource they hang on. */
import type { Alarms } from '../alarm/alarm.ts';
import type { Instant } from '../base/instant.ts';
import type { Confirmations } from '../confirm/confirm.ts';
import type { AlarmChange } from '../model/alarm.ts';
import type { Answer, ConfirmationChange } from '../model/confirmation.ts';
import { type ConfirmationId, type IncidentId, resourceId, type SubscriberKey } from '../model/ids.ts';
import type { Subscribers, Topology } from '../topology/topology.ts';

/** Of one call: a branch stands out by a handful, and each is weighed against all others. */
const probesWeighed = 100;

export class SubscriberWords {
  readonly #alarms: Alarms;
  readonly #confirmations: Confirmations;
  #topology: Topology | undefined;
  #subscribers: Subscribers | undefined;

  constructor(alarms: Alarms, confirmations: Confirmations) {
    this.#alarms = alarms;
    this.#confirmations = confirmations;
  }

  setTopology(topology: Topology, subscribers: Subscribers): void {
    this.#topology = topology;
    this.#subscribers = subscribers;
  }

  /** Somebody turned to us: it does not work, and it is another fault than these. */
  called(subscriber: SubscriberKey, notOf?: readonly IncidentId[]): AlarmChange[] {
    const resource = this.#resourceOf(subscriber);
    if (resource === undefined) return [];
    const who = String(subscriber);
    return [{ kind: 'said', resource: resourceId(resource), who, isDown: true, notOf }];
  }

  /** "Yes" proves that the terminal is alive, "no" that something is not; who wants to talk has said neither. */
  answered(confirmation: ConfirmationId, answer: Answer, at: Instant): AlarmChange[] {
    const asked = this.#confirmations.of(confirmation);
    const resource = asked === undefined ? undefined : this.#resourceOf(asked.subscriber);
    if (asked === undefined || resource === undefined || answer === 'contactMe') return [];
    const isDown = answer === 'notFixed';
    const who = String(asked.subscriber);
    const said: AlarmChange = {
      kind: 'said',
      resource: resourceId(resource),
      who,
      isDown,
      about: asked.incident,
    };
    if (isDown || !this.#isTerminal(resource)) return [said];
    const alive = { event: 'alive', resource: resourceId(resource), source: 'reply' } as const;
    return [said, ...this.#alarms.observe(alive, at)];
  }

  /** Tests of lines that came out bad are a "no" that nobody had to give. */
  probed(changes: readonly ConfirmationChange[]): AlarmChange[] {
    const bad = changes.filter(({ isProbed }) => isProbed === true).slice(0, probesWeighed);
    return bad.flatMap(({ confirmation: { subscriber, incident } }): AlarmChange[] => {
      const resource = this.#resourceOf(subscriber);
      if (resource === undefined) return [];
      const said = { kind: 'said', resource: resourceId(resource), who: String(subscriber) } as const;
      return [{ ...said, isDown: true, about: incident }];
    });
  }

  #resourceOf(subscriber: SubscriberKey): string | undefined {
    const number = this.#subscribers?.numberOf(subscriber) ?? -1;
    return number < 0 ? undefined : this.#subscribers?.resourceOf(number);
  }

  /** One who hangs on something that others hang on, too, proves nothing about it. */
  #isTerminal(resource: string): boolean {
    const index = this.#topology?.indexOf(resource) ?? -1;
    return index >= 0 && !this.#topology!.hasChildren(index);
  }
}
