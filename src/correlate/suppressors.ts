/** Raised alarms that suppress others, by rule, matcher and scope; bounded: who finds no room suppresses nothing. */
import type { AlarmId } from '../model/ids.ts';
import type { PatternRule } from './pattern-rules.ts';

type SuppressRule = Extract<PatternRule, { readonly kind: 'suppress' }>;

export type SuppressorsSnapshot = readonly (readonly [string, readonly AlarmId[]])[];

/** Of one matcher of `while` in one scope. */
interface Place {
  readonly rule: string;
  readonly slot: number;
  readonly key: string;
}

/** Alarms times matchers: a rule that looks at every alarm takes as many as there are. */
const mostHeld = 200_000;

export class Suppressors {
  readonly #alarms = new Map<string, Set<AlarmId>>();
  /** By alarm: in which of these it stands. */
  readonly #of = new Map<AlarmId, Set<string>>();
  #size = 0;

  /** False: it found no room. */
  add(place: Place, alarm: AlarmId): boolean {
    const name = nameOf(place);
    const known = this.#alarms.get(name);
    if (known?.has(alarm) === true) return true;
    if (this.#size >= mostHeld) return false;
    this.#put(name, alarm);
    return true;
  }

  /** The alarm is over; answers where it was the last. */
  end(alarm: AlarmId): Place[] {
    const names = this.#of.get(alarm);
    if (names === undefined) return [];
    this.#of.delete(alarm);
    this.#size -= names.size;
    return [...names].flatMap((name) => {
      const others = this.#alarms.get(name);
      others?.delete(alarm);
      if (others !== undefined && others.size > 0) return [];
      this.#alarms.delete(name);
      return [placeOf(name)];
    });
  }

  /** One alarm of each matcher is raised there. */
  isSuppressed(rule: SuppressRule, key: string): boolean {
    return rule.while.every((_, i) => this.#alarms.has(nameOf({ rule: rule.id, slot: i + 1, key })));
  }

  /** Scopes are called otherwise from now on. */
  rename(keyOf: (rule: string, alarm: AlarmId) => string | undefined): void {
    const before = this.snapshot();
    this.clear();
    for (const [name, alarms] of before) {
      const { rule, slot } = placeOf(name);
      for (const alarm of alarms) {
        const key = keyOf(rule, alarm);
        if (key !== undefined) this.#put(nameOf({ rule, slot, key }), alarm);
      }
    }
  }

  clear(): void {
    this.#alarms.clear();
    this.#of.clear();
    this.#size = 0;
  }

  snapshot(): SuppressorsSnapshot {
    return [...this.#alarms].map(([name, alarms]) => [name, [...alarms]]);
  }

  restore(snapshot: SuppressorsSnapshot): void {
    this.clear();
    for (const [name, alarms] of snapshot) for (const alarm of alarms) this.#put(name, alarm);
  }

  #put(name: string, alarm: AlarmId): void {
    const alarms = this.#alarms.get(name);
    if (alarms === undefined) this.#alarms.set(name, new Set([alarm]));
    else alarms.add(alarm);
    const names = this.#of.get(alarm);
    if (names === undefined) this.#of.set(alarm, new Set([name]));
    else names.add(name);
    this.#size++;
  }
}

/** A rule's name has no blank. */
const nameOf = ({ rule, slot, key }: Place): string => `${rule} ${slot} ${key}`;

function placeOf(name: string): Place {
  const [rule = '', slot = '', ...key] = name.split(' ');
  return { rule, slot: Number(slot), key: key.join(' ') };
}
