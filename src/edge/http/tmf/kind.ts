/** One resource of a TM Forum API as data: the engine, the hubs and the tests are driven by the same table. */

import type { OutsideNews } from '../../../model/outside.ts';
import type { Language } from '../contract.ts';
import type { FrontPorts, User } from '../ports.ts';
import type { Document } from './document.ts';
import type { Href } from './links.ts';
import type { Refusal } from './refusal.ts';
import type { Filter } from './selecting.ts';
import type { Shape } from './shape.ts';
import type { OutsideChange } from './subscribing.ts';

export interface Context {
  readonly ports: FrontPorts;
  readonly user: User;
  readonly href: Href;
  readonly language: Language;
  /** Now, ISO 8601 UTC. */
  readonly at: string;
}

export type Verb = 'list' | 'get' | 'create' | 'patch' | 'delete';

export interface Kind {
  /** As paths, events and links name it, e.g. `troubleTicket`. */
  readonly name: string;
  /** `@type` where nobody says another, e.g. `TroubleTicket`; events are called by it. */
  readonly type: string;
  readonly verbs: readonly Verb[];
  readonly shape: Shape;
  /** Beside id and href: set at creation, or by the daemon, and changed by nobody. */
  readonly fixed: readonly string[];
  /** The field that an event of its own tells of. */
  readonly state?: string | undefined;
  readonly events: EventNames;
  /** The field by which a sender knows it again: sent twice it is created once. */
  readonly external?: string | undefined;
  /** Who may only look may not look at it: it speaks of people. */
  readonly isPersonal?: boolean | undefined;
  /** Fields that hold what people wrote: they are not shown to who may only look. */
  readonly words?: readonly string[] | undefined;
  /** What is sent is done and then kept as a record of it; the oldest go. */
  readonly isTask?: boolean | undefined;
  /** Why nothing follows from a record from outside, where somebody might think so: said with each answer to who sent it. */
  readonly apart?: string | undefined;
  /** What the daemon adds to a record from outside: dates, a first status. */
  filled?(sent: Document, context: Context): Document;
  /** The same after a change. */
  renewed?(before: Document, after: Document, context: Context): Document;
  /** How a record from outside reads after a while, where time alone changes it. */
  aged?(document: Document, context: Context): Document;
  /** Does what a record from outside means for our own, before it is kept. */
  mean?(change: OutsideChange, context: Context): Promise<Refusal | undefined>;
  /** Does what creating one means beside keeping it. */
  create?(sent: Document, context: Context): Promise<Created | Refusal>;
  /** What the daemon knows itself. */
  readonly own?: Own | undefined;
}

export interface Created {
  /** The record of the daemon's own that came of it; undefined: it is kept under an id of its own. */
  readonly own?: string | undefined;
  /** What is kept. */
  readonly kept: Document;
  /** To be done once it is kept and can be read; what comes of it is written by a change. */
  readonly afterwards?: ((id: string) => void) | undefined;
}

export interface Own {
  /** Newest first. `filters` may be used to look at less; they are judged again. */
  list(
    page: { readonly limit: number; readonly offset: number; readonly filters: readonly Filter[] },
    context: Context,
  ): Promise<{ readonly items: readonly Document[]; readonly total: number }>;
  get(id: string, context: Context): Promise<Document | undefined>;
  /** Fields in which the daemon is right whatever was sent; `all`: all that it knows. */
  readonly live: readonly string[] | 'all';
  /** Where it is changed, for whoever is refused. */
  readonly from?: string | undefined;
  /** Does what a change of live fields means; where there is none they are refused. */
  change?(change: Document, own: Document, context: Context): Promise<Refusal | undefined>;
  /** Ends it, so that it may be hidden; where there is none a record of the daemon's own is not deleted. */
  remove?(own: Document, context: Context): Promise<Refusal | undefined>;
  /** What is removed is not there any more: nothing has to be hidden. */
  readonly isGone?: boolean | undefined;
  /** True when it began anew after it was hidden. */
  isBack?(own: Document, hiddenAt: number): boolean;
  /** For the events of the daemon's own records: how a record of the line reads. */
  readonly heard?: Heard | undefined;
}

export interface Heard {
  readonly change: 'alarm' | 'incident' | 'ticket';
  document(record: unknown, context: Context): Promise<Document>;
}

export type EventNames = Readonly<Partial<Record<OutsideNews | 'resolved', string>>>;

export interface Api {
  /** Names the hubs. */
  readonly name: string;
  readonly mounts: readonly Mount[];
  readonly kinds: readonly Kind[];
}

export interface Mount {
  /** Below /tmf-api. */
  readonly path: string;
  /** Fields that this version calls otherwise: ours by theirs. */
  readonly renames?: Readonly<Record<string, string>> | undefined;
  /** What the types of its events end in, instead of `Event`. */
  readonly eventsEnd?: string | undefined;
  /** Codes of errors are numbers in this version. */
  readonly hasNumberedErrors?: boolean | undefined;
}

/** `XCreateEvent` and so on, those that the definitions know. */
export function eventsOf(type: string, words: readonly (keyof typeof endings)[]): EventNames {
  return Object.fromEntries(words.map((word) => [endings[word][0], `${type}${endings[word][1]}Event`]));
}

const endings = {
  create: ['create', 'Create'],
  attribute: ['attribute', 'AttributeValueChange'],
  state: ['state', 'StateChange'],
  status: ['state', 'StatusChange'],
  delete: ['delete', 'Delete'],
  resolved: ['resolved', 'Resolved'],
} as const;

export const allVerbs: readonly Verb[] = ['list', 'get', 'create', 'patch', 'delete'];
