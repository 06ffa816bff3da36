/** Plays the examples of rule files through a fresh line: an expectation that does not hold is a problem in its place. */
import type { AutomationSet } from '../automate/automate.ts';
import { canonicalJson } from '../base/canonical.ts';
import { type Instant, instant } from '../base/instant.ts';
import { lengthIn } from '../base/length.ts';
import type { Problem } from '../base/problem.ts';
import type { DocumentPath, SourceDocument } from '../base/source-document.ts';
import type {
  CorrelationRules,
  ExampleStep,
  Expectation,
  ExpectedValue,
  RuleExample,
} from '../correlate/correlate.ts';
import type { Alarm } from '../model/alarm.ts';
import { resourceId } from '../model/ids.ts';
import type { Observation } from '../model/observation.ts';
import type { Policy } from '../model/policy.ts';
import type { Topology } from '../topology/topology.ts';
import {
  type AutomationExpectation,
  type AutomationStep,
  actFacts,
  inputsOfStep,
  subscribersOfExample,
} from './automation-example.ts';
import { exampleTopology } from './example-topology.ts';
import type { Input } from './input.ts';
import { contentsOfStream, type ReplayedIncident, StreamRun } from './stream-run.ts';

/** Any Thursday; examples count from here. */
const start = instant(Date.UTC(2026, 0, 1, 12));
const mostListed = 6;

interface Playing {
  readonly document: SourceDocument;
  readonly rules: CorrelationRules;
  readonly policy: Policy;
  /** In force while they play. */
  readonly automations?: AutomationSet | undefined;
}

/** `document` has passed the schema of correlation rules or of automations. */
export function playExamples({ document, ...contents }: Playing): readonly Problem[] {
  const { examples = [] } = document.value as { readonly examples?: readonly RuleExample[] };
  return examples.flatMap((example, index) => play(example, { document, ...contents }, ['examples', index]));
}

function play(example: RuleExample, { document, ...contents }: Playing, path: DocumentPath): Problem[] {
  const topology = exampleTopology(example.topology, (message, hint) =>
    document.problemAt([...path, 'topology'], { code: 'rule/example', message, hint }),
  );
  if (topology.problems.length > 0) return [...topology.problems];
  const network = topology.value;
  const subscribers = contents.automations === undefined ? undefined : subscribersOfExample(network);
  const run = new StreamRun(contentsOfStream({ ...contents, topology: network, subscribers }), {
    keepsAll: true,
  });
  run.begin(start);
  if (contents.automations !== undefined) run.take({ kind: 'automationSet', automations: 'replay' }, start);
  const heard = example.script.flatMap(heardIn(run, network)).sort((a, b) => a.at - b.at);
  const own = ownAutomations(document);
  const wanted = example.expect.map((one, k) => ({ one, k, at: startPlus(one.by) }));
  wanted.sort((a, b) => a.at - b.at || a.k - b.k);
  const problems: Problem[] = [];
  for (const { at, one, k } of wanted) {
    for (let next = heard[0]; next !== undefined && next.at <= at; next = heard[0]) {
      run.to(next.at);
      for (const input of next.inputs()) run.take(input, next.at);
      heard.shift();
    }
    run.to(at);
    const missed = missedBy(run, one) ?? missedAct(run, one, own);
    if (missed === undefined) continue;
    const message = `"${example.name}", by ${one.by}: ${missed.message}`;
    problems.push(
      document.problemAt([...path, 'expect', k], { code: 'rule/example', message, hint: missed.hint }),
    );
  }
  return problems;
}

const startPlus = (length: string): Instant => instant(start + lengthIn(length));

const ownAutomations = ({ value }: SourceDocument): readonly string[] =>
  ((value as { readonly automations?: readonly { readonly id: string }[] }).automations ?? []).map(
    ({ id }) => id,
  );

interface Heard {
  readonly at: Instant;
  readonly inputs: () => readonly Input[];
}

/** What people do is about what there is by then. */
const heardIn =
  (run: StreamRun, topology: Topology) =>
  (step: AutomationStep): readonly Heard[] => {
    const at = startPlus(step.at);
    if (['raise', 'clear', 'alive', 'unknown'].some((key) => key in step))
      return observationsOf(step).map(({ at, observation }) => ({
        at,
        inputs: () => [{ kind: 'observation', observation }],
      }));
    return [{ at, inputs: () => inputsOfStep(step, { run, topology, at }) ?? [] }];
  };

function observationsOf(step: ExampleStep): { at: Instant; observation: Observation }[] {
  const { alive, unknown, on = [], over, by, severity, source = 'trap', attributes } = step;
  const event = alive ? 'alive' : unknown ? 'unknown' : step.clear === undefined ? 'raise' : 'clear';
  const resources = alive ?? unknown ?? on;
  const at = startPlus(step.at);
  const spread = over === undefined ? 0 : lengthIn(over) / resources.length;
  return resources.map((id, i) => {
    const observation: Observation = {
      event,
      resource: resourceId(id),
      cause: step.raise ?? step.clear,
      below: step.below,
      by: by === undefined ? undefined : resourceId(by),
      record: event === 'raise' ? `${id} ${step.raise} ${step.at}` : undefined,
      ...{ severity, source, attributes },
    };
    return { at: instant(Math.round(at + i * spread)), observation };
  });
}

type Facts = Readonly<Record<string, unknown>>;

/** What is missing, and what there is instead. */
function missedBy(run: StreamRun, expected: Expectation): { message: string; hint: string } | undefined {
  const incidents = run.incidents.map((one) => factsOf(one, run.incidents));
  const has = (facts: readonly Facts[], wanted: Readonly<Record<string, ExpectedValue>>): boolean =>
    facts.some((one) => Object.entries(wanted).every(([name, value]) => fits(one[name], value)));
  const seen = (facts: readonly Facts[]): string =>
    facts.length === 0 ? 'there is none' : `there is ${listed(facts)}`;
  if (expected.incident !== undefined && !has(incidents, expected.incident))
    return { message: `no incident ${canonicalJson(expected.incident)}`, hint: seen(incidents) };
  if (expected.none !== undefined && has(incidents, expected.none))
    return { message: `an incident ${canonicalJson(expected.none)}`, hint: seen(incidents) };
  const open = incidents.filter(({ isPresented }) => isPresented === true);
  if (expected.incidents !== undefined && open.length !== expected.incidents)
    return { message: `${open.length} incidents, not ${expected.incidents}`, hint: seen(open) };
  const alarms = run.alarms.map(alarmFacts);
  if (expected.alarm !== undefined && !has(alarms, expected.alarm))
    return { message: `no alarm ${canonicalJson(expected.alarm)}`, hint: seen(alarms) };
  return undefined;
}

function missedAct(
  run: StreamRun,
  { act, noAct, acts }: AutomationExpectation,
  own: readonly string[],
): { message: string; hint: string } | undefined {
  if (act === undefined && noAct === undefined && acts === undefined) return undefined;
  const done = run.acts.filter((one) => own.includes(one.act.automation)).map((one) => actFacts(one.act));
  const has = (wanted: Readonly<Record<string, ExpectedValue>>): boolean =>
    done.some((one) => Object.entries(wanted).every(([name, value]) => fits(one[name], value)));
  const hint = done.length === 0 ? 'nothing was done' : `there is ${listed(done)}`;
  if (act !== undefined && !has(act)) return { message: `no act ${canonicalJson(act)}`, hint };
  if (noAct !== undefined && has(noAct)) return { message: `an act ${canonicalJson(noAct)}`, hint };
  return acts === undefined || acts === done.length
    ? undefined
    : { message: `${done.length} acts, not ${acts}`, hint };
}

function factsOf({ incident, subscribers }: ReplayedIncident, all: readonly ReplayedIncident[]): Facts {
  const { kind, root, state, probability, alarms, actionable, planned, parent } = incident;
  return {
    ...{ kind, root, state, probability, subscribers, actionable, planned },
    alarms: alarms.length,
    explains: alarms.map((record) => record.split(' ')[0]),
    parentRoot: all.find((one) => one.incident.id === parent)?.incident.root,
    isPresented: actionable && ['open', 'uncertain', 'mitigated'].includes(state),
  };
}

const alarmFacts = ({ resource, cause, state, perceivedSeverity, by }: Alarm): Facts => ({
  ...{ resource, cause, state, by },
  severity: perceivedSeverity,
});

function fits(fact: unknown, wanted: ExpectedValue): boolean {
  if (Array.isArray(wanted)) {
    const held = new Set(fact as readonly string[]);
    return held.size === new Set(wanted).size && wanted.every((one) => held.has(one));
  }
  const [, sign, bound] = /^(>=|<=|>|<)\s*(-?[\d.]+)$/.exec(String(wanted)) ?? [];
  if (sign === undefined || typeof fact !== 'number') return fact === wanted;
  const limit = Number(bound);
  if (sign === '>') return fact > limit;
  if (sign === '<') return fact < limit;
  return sign === '>=' ? fact >= limit : fact <= limit;
}

function listed(facts: readonly Facts[]): string {
  const shown = facts
    .slice(0, mostListed)
    .map(({ explains: _, isPresented: __, ...one }) => canonicalJson(one));
  const more = facts.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
