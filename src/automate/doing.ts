/** Gathers what automations do about one input. */
import type { Instant } from '../base/instant.ts';
import type { AutomationAct, Errand, WebhookPost, Words } from '../model/automation.ts';
import type { IdSource } from '../model/ids.ts';
import type { Action, Automation, AutomationSet } from './automation.ts';
import { incidentOf, type Subject } from './facts.ts';
import type { Held } from './memory.ts';
import { type Facts, textWith, wordFor } from './text.ts';

interface Deed {
  readonly action: Action;
  /** Of the action in its list. */
  readonly place: number;
  readonly held: Held;
  readonly subject: Subject;
  readonly facts: Facts;
}

const errandKinds = { task: 'errand', reminder: 'reminder', draft: 'draft' } as const;

export class Doing {
  readonly errands: Errand[] = [];
  readonly withdrawn: string[] = [];
  readonly posts: WebhookPost[] = [];
  readonly acts: AutomationAct[] = [];
  readonly at: Instant;
  readonly #ids: IdSource;
  readonly #titles: AutomationSet['titles'];

  constructor({ titles }: AutomationSet, { at, ids }: { readonly at: Instant; readonly ids: IdSource }) {
    this.at = at;
    this.#ids = ids;
    this.#titles = titles;
  }

  /** Its bound was reached: nothing is done. */
  stopped(automation: Automation, held: Held, subject: Subject): void {
    for (const action of automation.do)
      this.acts.push({ ...actOf(action, held, subject), result: 'stopped' });
  }

  do(automation: Automation, { action, place, held, subject, facts }: Deed): void {
    const incident = incidentOf(subject);
    // Whom a draft is for is known by the incident alone.
    if (action.kind === 'draft' && incident === undefined) return;
    const words = action.text === undefined ? undefined : this.#words(action.text, facts);
    const result = automation.isShadow ? 'shadow' : 'done';
    this.acts.push({ ...actOf(action, held, subject), result, words });
    if (automation.isShadow) return;
    if (action.kind === 'webhook') this.#post(action.to, { held, facts, words });
    else {
      const reason = `automation ${place} ${held.key}`;
      held.errands = [...held.errands, reason];
      this.errands.push({
        ...{ kind: errandKinds[action.kind], reason, automation: automation.id, skills: action.skills },
        ...{ withinMs: action.withinMs, words: words!, incident, ...peopleOf(subject) },
      });
    }
  }

  #post(
    target: string,
    { held, facts, words }: Pick<Deed, 'held' | 'facts'> & { readonly words: Words | undefined },
  ): void {
    const { automation, on, subject } = held;
    const plain = Object.entries(facts).flatMap(([name, value]): [string, string | number | boolean][] => {
      if (typeof value === 'string') return [[name, wordFor(value)]];
      return typeof value === 'number' || typeof value === 'boolean' ? [[name, value]] : [];
    });
    this.posts.push({
      ...{ key: this.#ids.next(), target, automation, on, at: this.at, subject, words },
      facts: Object.fromEntries(plain),
    });
  }

  #words(text: Words, facts: Facts): Words {
    const kind = String(facts['kind'] ?? '');
    const title = Object.hasOwn(this.#titles, kind) ? this.#titles[kind] : undefined;
    return {
      en: textWith(text.en, { ...facts, title: title?.en ?? kind }),
      ru: textWith(text.ru, { ...facts, title: title?.ru ?? kind }),
    };
  }
}

const actOf = (action: Action, { automation, on, subject }: Held, about: Subject) => ({
  ...{ automation, on, subject, incident: incidentOf(about), action: action.kind },
  skill: action.kind === 'webhook' ? undefined : action.skills[0],
  to: action.kind === 'webhook' ? action.to : undefined,
});

function peopleOf(subject: Subject): Pick<Errand, 'subscriber' | 'ticket'> {
  switch (subject.kind) {
    case 'ticket':
      return { subscriber: subject.record.subscriber, ticket: subject.record.id };
    case 'task':
    case 'confirmation':
      return { subscriber: subject.record.subscriber, ticket: subject.record.ticket };
    default:
      return {};
  }
}
