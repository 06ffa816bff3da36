/** Compiles automation files: a later one takes the place of an earlier one of the same name, a mistake leaves out its own. */
import { compileExpression, type ExpressionType } from '../base/expression.ts';
import { type DurationMs, hours, minutes } from '../base/instant.ts';
import { lengthIn } from '../base/length.ts';
import { didYouMean, type Parsed, type Problem } from '../base/problem.ts';
import type { DocumentPath, Finding, SourceDocument } from '../base/source-document.ts';
import type { Words } from '../model/automation.ts';
import type { FaultGlossary } from '../model/fault-words.ts';
import type { Action, Automation, AutomationSet } from './automation.ts';
import { familyOf, isOccasion, namesOf, type OccasionKind, occasionKinds } from './occasions.ts';
import type { ActionSource, AutomationSource } from './schema.ts';
import { mistakeIn } from './text.ts';

const usualLimit = { most: 20, perMs: hours(1) };
const shortestPeriod = minutes(1);
const longestPeriod = hours(24);
/** A timer further away is a mistake in the unit. */
const longestWait = hours(24 * 30);

/** Documents have passed the schema, in order; `faults` name kinds of faults for `{title}`. */
export function compileAutomations(
  documents: readonly SourceDocument[],
  faults: FaultGlossary,
): Parsed<AutomationSet> {
  const problems: Problem[] = [];
  const found = new Map<string, Automation>();
  for (const document of documents) {
    const here = new Set<string>();
    const { automations = [] } = document.value as { readonly automations?: readonly AutomationSource[] };
    for (const [i, source] of automations.entries()) {
      const say = (path: DocumentPath, finding: Finding): void =>
        void problems.push(document.problemAt(['automations', i, ...path], finding));
      if (here.has(source.id)) {
        const message = `an automation "${source.id}" exists already in this file`;
        say(['id'], { code: 'automation/duplicate', message });
        continue;
      }
      here.add(source.id);
      if (source.off === true) {
        switchOff(source, found, say);
        continue;
      }
      const automation = compiled(source, say);
      if (automation !== undefined) found.set(source.id, automation);
    }
  }
  const titles = Object.fromEntries(Object.entries(faults).map(([kind, { title }]) => [kind, title]));
  return { value: { automations: [...found.values()], titles: found.size === 0 ? {} : titles }, problems };
}

type Say = (path: DocumentPath, finding: Finding) => void;

function switchOff({ id }: AutomationSource, found: Map<string, Automation>, say: Say): void {
  if (found.delete(id)) return;
  const near = didYouMean(id, found.keys());
  const hint = near === undefined ? undefined : `did you mean "${near}"?`;
  const message = `there is no automation "${id}" to switch off`;
  const inRussian = {
    message: `выключать нечего: автоматизации «${id}» нет`,
    hint: near === undefined ? undefined : `возможно, имелась в виду «${near}»?`,
  };
  say(['id'], { code: 'automation/unknown', message, hint, inRussian, severity: 'warning' });
}

function compiled(source: AutomationSource, say: Say): Automation | undefined {
  const { id, where, after, once = true, shadow = false, limit } = source;
  let isSound = true;
  const wrong = (path: DocumentPath, finding: Finding): void => {
    isSound = false;
    say(path, finding);
  };
  if (source.on === undefined || source.do === undefined) {
    const message = `"${source.on === undefined ? 'on' : 'do'}" is missing`;
    wrong([], { code: 'config/missing-key', message });
    return undefined;
  }
  const on = occasionsOf(source.on, wrong);
  if (on.length === 0) return undefined;
  const names = commonNames(on);
  if (where !== undefined) checkCondition(where, names, wrong, say);
  const perMs = limit === undefined ? usualLimit.perMs : lengthIn(limit.per);
  if (perMs < shortestPeriod || perMs > longestPeriod)
    wrong(['limit', 'per'], { code: 'automation/limits', message: 'a bound counts over 1m to 24h' });
  const afterMs = waitOf(after, ['after'], wrong);
  if (where === undefined && on.some((kind) => kind === 'alarmRaised' || kind === 'alarmCleared')) {
    const message = `"${id}" has no condition, so it is for every alarm`;
    const inRussian = { message: `у «${id}» нет условия, она относится к каждой аварии` };
    say(['id'], { code: 'rule/costly', message, inRussian, severity: 'warning' });
  }
  // What a kind of fault is called is no fact but words, and differs between the languages.
  const known = [...Object.keys(names), ...('rootKind' in names ? ['title'] : [])];
  const actions = source.do.map((one, k) => actionOf(one, known, { path: ['do', k], wrong }));
  if (!isSound) return undefined;
  return {
    ...{ id, on, where, afterMs, isOnce: once, isShadow: shadow },
    limit: { most: limit?.most ?? usualLimit.most, perMs },
    do: actions,
  };
}

function occasionsOf(written: string | readonly string[], wrong: Say): readonly OccasionKind[] {
  const words = ([] as string[]).concat(written);
  for (const [i, word] of words.entries()) {
    if (isOccasion(word)) continue;
    const near = didYouMean(word, occasionKinds);
    const hint = near === undefined ? `known: ${occasionKinds.join(', ')}` : `did you mean "${near}"?`;
    const path = typeof written === 'string' ? ['on'] : ['on', i];
    wrong(path, { code: 'config/not-allowed', message: `there is no kind of change "${word}"`, hint });
  }
  return [...new Set(words.filter(isOccasion))];
}

/** What all of its kinds of change have, with one type. */
function commonNames(on: readonly OccasionKind[]): Readonly<Record<string, ExpressionType>> {
  const [first = {}, ...others] = on.map((kind) => namesOf[familyOf(kind)]);
  return Object.fromEntries(
    Object.entries(first).filter(([name, type]) => others.every((one) => one[name] === type)),
  );
}

function checkCondition(
  where: string,
  names: Readonly<Record<string, ExpressionType>>,
  wrong: Say,
  say: Say,
): void {
  const made = compileExpression(where, names);
  if ('mistake' in made) wrong(['where'], { code: 'rule/condition', ...made.mistake });
  else if (made.always !== undefined) {
    const message = `the condition is always ${made.always}`;
    const inRussian = { message: `условие всегда ${made.always ? 'истинно' : 'ложно'}` };
    say(['where'], { code: 'rule/unreachable', message, inRussian, severity: 'warning' });
  }
}

interface Checking {
  readonly path: DocumentPath;
  readonly wrong: Say;
}

function actionOf(source: ActionSource, known: readonly string[], { path, wrong }: Checking): Action {
  const [kind, written] = Object.entries(source)[0]! as [keyof ActionSource, object];
  const at = [...path, kind];
  const check = (text: Words): Words => {
    for (const language of ['en', 'ru'] as const) {
      const mistake = mistakeIn(text[language], known);
      if (mistake !== undefined) wrong([...at, 'text', language], { code: 'automation/text', ...mistake });
    }
    return text;
  };
  if (kind === 'webhook') {
    const { to, text } = written as NonNullable<ActionSource['webhook']>;
    return { kind, to, text: text === undefined ? undefined : check(text) };
  }
  const { skill, due, text, after, at: time } = written as NonNullable<ActionSource['reminder']>;
  const work = {
    skills: ([] as string[]).concat(skill),
    withinMs: waitOf(due, [...at, 'due'], wrong),
    text: check(text),
  };
  if (kind === 'draft' && !known.includes('rootKind')) {
    const message = 'a draft is for changes that have an incident';
    wrong(at, { code: 'automation/subject', message });
  }
  if (kind !== 'reminder') return { kind, ...work };
  if ((after === undefined) === (time === undefined))
    wrong(at, { code: 'automation/reminder', message: 'a reminder has either "after" or "at"' });
  const afterMs = after === undefined ? undefined : waitOf(after, [...at, 'after'], wrong);
  return { kind, ...work, afterMs, atMinute: time === undefined ? undefined : minuteOf(time) };
}

function waitOf(text: string | undefined, path: DocumentPath, wrong: Say): DurationMs {
  const length = lengthIn(text ?? '0s');
  if (length > longestWait) wrong(path, { code: 'automation/limits', message: `"${text}" is above 30d` });
  return length;
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
