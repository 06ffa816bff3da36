/** Examples of automation files: what people do and say in them besides alarms, and what must have been done by when. */
import { automationsSchema } from '../automate/automate.ts';
import { type Instant, instant } from '../base/instant.ts';
import { lengthIn } from '../base/length.ts';
import {
  type ExampleStep,
  type Expectation,
  type ExpectedValue,
  exampleDefinitions,
  examplePieces,
  examplesSchemaWith,
} from '../correlate/correlate.ts';
import type { AutomationAct } from '../model/automation.ts';
import type { Answer } from '../model/confirmation.ts';
import { subscriberKey } from '../model/ids.ts';
import { noSubscribers, type SubscriberTable, type Topology } from '../topology/topology.ts';
import type { Input } from './input.ts';
import type { StreamRun } from './stream-run.ts';

export interface AutomationStep extends ExampleStep {
  /** The raised alarms of these resources. */
  readonly acknowledge?: readonly string[];
  /** An operator promises the incident with this root for so long after now. */
  readonly promise?: string;
  readonly in?: string;
  /** The subscribers on these terminals answer, rate, or turn to us. */
  readonly answer?: Answer;
  readonly rate?: number;
  readonly ratingCause?: string;
  readonly contact?: readonly string[];
}

export interface AutomationExpectation extends Expectation {
  readonly act?: Readonly<Record<string, ExpectedValue>>;
  readonly noAct?: Readonly<Record<string, ExpectedValue>>;
  /** So many things were done by the automations of this file. */
  readonly acts?: number;
}

const { id, ids, length, fields } = examplePieces;
const actFields = ['automation', 'on', 'action', 'result', 'skill', 'to', 'subject', 'en', 'ru'];

/** JSON schema, draft 7, of a whole file. */
export const automationFileSchema: object = automationsSchema({
  definitions: exampleDefinitions,
  examples: examplesSchemaWith({
    steps: {
      ...{ acknowledge: ids, promise: id, in: length, contact: ids, ratingCause: id },
      answer: { enum: ['fixed', 'notFixed', 'contactMe'] },
      rate: { type: 'integer', minimum: 0, maximum: 10 },
    },
    expectations: {
      act: fields(actFields),
      noAct: fields(actFields),
      acts: { type: 'integer', minimum: 0 },
    },
  }),
});

/** One subscriber on each terminal, the first with the key 1, who can be told. */
export function subscribersOfExample(topology: Topology): SubscriberTable {
  const terminals = terminalsOf(topology);
  const { length: count } = terminals;
  return {
    ...{ ...noSubscribers, count, channels: ['sms'], zones: ['UTC'], resources: terminals },
    key: Uint32Array.from(terminals, (_, row) => row + 1),
    resource: Uint32Array.from(terminals, (_, row) => row),
    zone: new Uint16Array(count),
    subscriberClass: new Uint8Array(count),
    language: new Uint8Array(count),
    channelMask: new Uint8Array(count).fill(1),
    optedOut: new Uint8Array(count),
  };
}

const terminalsOf = (topology: Topology): readonly string[] =>
  Array.from({ length: topology.resourceCount }, (_, index) => index)
    .filter((index) => topology.ownSubscribersOf(index) > 0)
    .map((index) => topology.idOf(index));

/** undefined: it is no step of this kind. What there is nothing of yet, nobody does. */
export function inputsOfStep(
  step: AutomationStep,
  { run, topology, at }: { readonly run: StreamRun; readonly topology: Topology; readonly at: Instant },
): readonly Input[] | undefined {
  const command = (order: Extract<Input, { kind: 'command' }>['command']): Input => ({
    kind: 'command',
    by: 'example',
    command: order,
  });
  const keyOf = (terminal: string) => subscriberKey(terminalsOf(topology).indexOf(terminal) + 1);
  if (step.acknowledge !== undefined) {
    const { acknowledge } = step;
    const meant = run.alarms.filter(
      ({ resource, state }) => state === 'raised' && acknowledge.includes(resource),
    );
    return meant.map((alarm) => command({ kind: 'acknowledgeAlarm', alarm: alarm.id }));
  }
  if (step.promise !== undefined) {
    const to = instant(at + lengthIn(step.in ?? '0s'));
    const meant = run.incidents.filter(({ incident }) => incident.root === step.promise);
    return meant.map(({ incident }) => command({ kind: 'setEtr', incident: incident.id, from: to, to }));
  }
  if (step.contact !== undefined)
    return step.contact.map((one) => ({
      ...({ kind: 'subscriberContact', channel: 'phone', contact: 'example' } as const),
      subscriber: keyOf(one),
    }));
  const { answer, rate, ratingCause: cause, on = [] } = step;
  if (answer === undefined && rate === undefined) return undefined;
  return on.flatMap((one): Input[] => {
    const asked = run.confirmations.findLast(({ subscriber }) => subscriber === keyOf(one));
    if (asked === undefined) return [];
    const replied = { kind: 'subscriberReply', confirmation: asked.id, channel: 'sms' } as const;
    return [
      ...(answer === undefined ? [] : [{ ...replied, reply: { kind: 'answer', answer } } as const]),
      ...(rate === undefined ? [] : [{ ...replied, reply: { kind: 'rating', score: rate, cause } } as const]),
    ];
  });
}

/** What an expectation may name of an act. */
export const actFacts = ({ subject, words, ...act }: AutomationAct): Readonly<Record<string, unknown>> => ({
  ...{ automation: act.automation, on: act.on, action: act.action, result: act.result },
  ...{ skill: act.skill, to: act.to, subject: subject.id, en: words?.en, ru: words?.ru },
});
