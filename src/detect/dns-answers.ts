/** Are the answers of one round right: against what was expected, or against what most resolvers of the view say. */
import type { DnsOutcome, DnsRound, DnsSeen } from '../model/dns.ts';

/** One wrong answer; `expected` empty means that nothing should have been there. */
export interface WrongAnswer {
  readonly name: string;
  readonly seen: readonly string[];
  readonly expected: readonly string[];
}

/** A name that the two platforms of a migration answer differently, each at one with itself. */
export interface PlatformDifference {
  readonly view: string;
  readonly name: string;
  readonly old: readonly string[];
  readonly new: readonly string[];
}

type Answers = DnsRound['resolvers'];

/** What the resolver said, in a form that can be compared; undefined where it said nothing of it. */
export function said(outcome: DnsOutcome): readonly string[] | undefined {
  if (outcome.kind !== 'answer') return undefined;
  if (outcome.rcode === 0) return outcome.records;
  return outcome.rcode === 3 ? ['NXDOMAIN'] : undefined;
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index]);

/** By resolver: its first wrong answer. `expect` gives what is right by name and type, where somebody wrote it. */
export function wrongAnswers(
  answers: Answers,
  expect: (seen: DnsSeen) => readonly string[],
): Map<string, WrongAnswer> {
  const wrong = new Map<string, WrongAnswer>();
  for (const { resolver, seen } of answers) {
    for (const one of seen) {
      if (one.check !== 'answer' || wrong.has(resolver.id)) continue;
      const mine = said(one.outcome);
      if (mine === undefined) continue;
      const written = expect(one);
      const right = written.length > 0 ? written : majority(answers, resolver.view, one);
      if (right === undefined || isSame(mine, right)) continue;
      wrong.set(resolver.id, { name: one.name, seen: mine, expected: right });
    }
  }
  return wrong;
}

/** What more than half of the view's resolvers say, two at least; two that differ prove nothing about either. */
function majority(answers: Answers, view: string, asked: DnsSeen): readonly string[] | undefined {
  const voices = voicesOf(
    answers.filter(({ resolver }) => resolver.view === view),
    asked,
  );
  for (const voice of voices) {
    const agreeing = voices.filter((other) => isSame(voice, other)).length;
    if (agreeing >= 2 && agreeing * 2 > voices.length) return voice;
  }
  return undefined;
}

const voicesOf = (answers: Answers, { name, type }: Pick<DnsSeen, 'name' | 'type'>): (readonly string[])[] =>
  answers.flatMap(({ seen }) => {
    const same = seen.find((one) => one.check === 'answer' && one.name === name && one.type === type);
    const voice = same && said(same.outcome);
    return voice === undefined ? [] : [voice];
  });

export function platformDifferences(answers: Answers): PlatformDifference[] {
  const found: PlatformDifference[] = [];
  const views = new Set(answers.map(({ resolver }) => resolver.view));
  for (const view of views) {
    const inView = answers.filter(({ resolver }) => resolver.view === view);
    const of = (platform: 'old' | 'new'): Answers =>
      inView.filter(({ resolver }) => resolver.platform === platform);
    const [before, behind] = [of('old'), of('new')];
    if (before.length === 0 || behind.length === 0) continue;
    const asked = inView[0]!.seen.filter(({ check }) => check === 'answer');
    for (const one of asked) {
      const [old, fresh] = [unanimous(voicesOf(before, one)), unanimous(voicesOf(behind, one))];
      if (old === undefined || fresh === undefined || isSame(old, fresh)) continue;
      found.push({ view, name: one.name, old, new: fresh });
    }
  }
  return found;
}

function unanimous(voices: readonly (readonly string[])[]): readonly string[] | undefined {
  const [first, ...others] = voices;
  return first !== undefined && others.every((other) => isSame(first, other)) ? first : undefined;
}
