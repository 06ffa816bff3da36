/**
 * What a journal record of each kind must hold, since which schema that form exists, and how older forms are lifted into it
 * (design L8). A new kind, a new order, or a field that an older engine would misread gets a row here, and `schema` rises.
 */
import type { Command, Input, Rest, SubscriberReply, SubscriberSays } from './input.ts';

/** The newest schema that this engine writes and reads. */
export const schema = 9;

interface Form {
  /** The first schema whose engines know it. */
  readonly since: number;
  /** The fields that must be there, and what each is. */
  readonly fields: Readonly<Record<string, Held>>;
  /** Fields that an older engine would pass over, and act otherwise for it. */
  readonly later?: Readonly<Record<string, number>> | undefined;
}

type Held = 'text' | 'number' | 'flag' | 'list' | 'object';
type Fields = Readonly<Record<string, unknown>>;

const form = (since: number, fields: Form['fields'], later?: Form['later']): Form => ({
  since,
  fields,
  later,
});

const kinds: Readonly<Record<Exclude<Input['kind'], 'observation'>, Form>> = {
  bitmap: form(2, { bitmap: 'object' }),
  fullBitmap: form(3, { bitmap: 'object' }),
  topologyVersion: form(1, { version: 'number', topology: 'text', subscribers: 'text' }),
  command: form(1, { by: 'text', command: 'object' }),
  subscriberContact: form(1, { subscriber: 'number', channel: 'text', contact: 'text' }),
  subscriberReply: form(1, { confirmation: 'text', channel: 'text', reply: 'object' }),
  subscriberSays: form(7, { subscriber: 'number', channel: 'text', says: 'object' }),
  subscriberFacts: form(8, { channels: 'list', facts: 'list' }),
  deskUpdate: form(1, { ticket: 'text' }),
  receipts: form(1, { counts: 'list', unreachable: 'list' }),
  testResult: form(1, { subscriber: 'number', result: 'text' }),
  staffChange: form(1, { staff: 'object' }),
  ruleSet: form(1, { rules: 'text' }),
  automationSet: form(5, { automations: 'text' }),
  policy: form(1, { policy: 'text' }),
  calendar: form(1, { calendar: 'text' }),
  plan: form(1, { basedOn: 'number', assignments: 'list' }),
  continue: form(1, { rest: 'object' }),
  resumed: form(1, { stoppedMs: 'number' }),
  clockStepped: form(1, { byMs: 'number' }),
  tick: form(1, {}),
};

const orders: Readonly<Record<Command['kind'], Form>> = {
  acknowledgeAlarm: form(1, { alarm: 'text' }),
  unacknowledgeAlarm: form(1, { alarm: 'text' }),
  shelveAlarm: form(1, { alarm: 'text', until: 'number' }, { untilCleared: 4 }),
  noteAlarm: form(4, { alarm: 'text', note: 'text' }),
  clearAlarm: form(1, { alarm: 'text' }),
  setEtr: form(1, { incident: 'text', from: 'number', to: 'number' }),
  placeAlarm: form(4, { incident: 'text', alarm: 'text', belongs: 'flag' }),
  splitIncident: form(4, { incident: 'text', alarms: 'list' }),
  mergeIncidents: form(4, { incident: 'text', into: 'text' }),
  approveNotices: form(1, { incident: 'text' }),
  refuseNotices: form(1, { incident: 'text' }),
  stopNotices: form(7, {}),
  resumeNotices: form(7, {}),
  setTicketStatus: form(1, { ticket: 'text', status: 'text' }),
  attachTicket: form(7, { ticket: 'text', incident: 'text' }),
  detachTicket: form(7, { ticket: 'text', notThis: 'flag' }),
  noteTicket: form(7, { ticket: 'text', note: 'text' }),
  answerQuestion: form(7, { ticket: 'text', question: 'text', answer: 'text' }),
  finishTask: form(1, { task: 'text', outcome: 'text' }, { cause: 9 }),
  startTask: form(6, { task: 'text' }),
  returnTask: form(1, { task: 'text' }),
  sendDraft: form(5, { task: 'text' }),
  // Who does not know spans would end what stands in the other lists.
  reconcile: form(1, { collector: 'text', watches: 'list', active: 'list' }, { span: 3 }),
};

/** Rooms whose work is cut into slices. */
const rests: Readonly<Record<Rest['room'], number>> = { notify: 1, confirm: 1, ticket: 1, compensate: 9 };

const replies: Readonly<Record<SubscriberReply['kind'], Form>> = {
  answer: form(1, { answer: 'text' }),
  rating: form(1, { score: 'number' }),
  stop: form(1, {}),
  unclear: form(6, {}),
};

const says: Readonly<Record<SubscriberSays['kind'], Form>> = {
  heard: form(7, { incident: 'text' }),
  tellMe: form(7, {}),
  notThis: form(7, { incident: 'text' }),
  question: form(7, { contact: 'text' }),
};

/** A record carries the number of the first schema that has its form, so that an older engine reads all it can. */
export function schemaOf(input: Input): number {
  if (input.kind === 'observation') return 1;
  const own = sinceOf(kinds[input.kind], input);
  if (input.kind === 'continue') return Math.max(own, rests[input.rest.room]);
  if (input.kind === 'subscriberReply') return Math.max(own, sinceOf(replies[input.reply.kind], input.reply));
  return input.kind === 'command' ? Math.max(own, sinceOf(orders[input.command.kind], input.command)) : own;
}

function sinceOf({ since, later = {} }: Form, fields: object): number {
  const known = Object.entries(later).flatMap(([field, from]) =>
    (fields as Fields)[field] === undefined ? [] : [from],
  );
  return Math.max(since, ...known);
}

/** What is wrong with a record that is not an observation; undefined when it is one of ours. */
export function wrongWith(record: Fields): string | undefined {
  const wrong = unlike(kinds, 'kind', record);
  if (wrong !== undefined) return wrong;
  if (record['kind'] === 'subscriberReply') return unlike(replies, 'reply', record['reply'] as Fields);
  if (record['kind'] === 'subscriberSays') return unlike(says, 'word', record['says'] as Fields);
  if (record['kind'] !== 'command') return undefined;
  return unlike(orders, 'command', record['command'] as Fields);
}

function unlike(forms: Readonly<Record<string, Form>>, what: string, record: Fields): string | undefined {
  const kind = String(record['kind']);
  if (!Object.hasOwn(forms, kind))
    return `the ${what} "${kind.slice(0, 64)}", which no engine up to schema ${schema} writes`;
  const missing = Object.entries(forms[kind]!.fields).find(([field, held]) => !is(record[field], held));
  return missing === undefined ? undefined : `${kind} without ${missing[0]}`;
}

function is(value: unknown, held: Held): boolean {
  if (held === 'list') return Array.isArray(value);
  if (held === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === { text: 'string', number: 'number', flag: 'boolean' }[held];
}

interface Upcaster {
  readonly isOld: (record: Fields) => boolean;
  readonly lift: (record: Fields) => Fields;
}

/** By kind, the oldest first: each lifts one older form into the next. */
const upcasters: Readonly<Partial<Record<Input['kind'], readonly Upcaster[]>>> = {
  observation: [
    {
      // Before letters stood for what recurs: words, and the device's own clock instead of its distance from ours.
      isOld: ({ o }) => typeof o === 'string' && o.length > 1,
      lift: ({ o, s, p, t, ...rest }) => ({
        ...rest,
        o: letterOf(o),
        s: letterOf(s),
        p: p === 'minor' ? 'n' : letterOf(p),
        t: typeof t === 'number' ? t - Number(rest['a']) : undefined,
      }),
    },
  ],
};

const letterOf = (word: unknown): string | undefined => (typeof word === 'string' ? word[0] : undefined);

/** The record in the form of now. */
export function lifted(record: Fields): Fields {
  const kind = 'o' in record ? 'observation' : record['kind'];
  const steps = Object.hasOwn(upcasters, String(kind)) ? upcasters[kind as Input['kind']] : undefined;
  return (steps ?? []).reduce((now, { isOld, lift }) => (isOld(now) ? lift(now) : now), record);
}
