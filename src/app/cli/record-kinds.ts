/** What the command line may look at and do over the API: a table, from which its verbs are made. */

import type { Changing } from './api-client.ts';

export interface RecordKind {
  readonly name: string;
  readonly summary: string;
  /** Below /api/v1. */
  readonly path: string;
  /** Head and field of each column of the list. */
  readonly columns: readonly (readonly [string, string])[];
  /** Options of `list` that go into the query as they are. */
  readonly filters: readonly string[];
  readonly canShow: boolean;
  readonly acts: readonly Act[];
}

export interface Act {
  readonly name: string;
  /** Path of the call; `:id` is the argument. */
  readonly path: string;
  readonly body: readonly BodyField[];
  /** The argument goes into the body under this name; otherwise into the path. */
  readonly argument?: string | undefined;
  /** POST by default. */
  readonly method?: Changing | undefined;
  /** Goes into the body as it is. */
  readonly fixed?: Readonly<Record<string, string>> | undefined;
  /** It is about everything. */
  readonly isAlone?: true | undefined;
  /** It looks, and the argument goes into the query under `argument`. */
  readonly looks?: true | undefined;
}

/** A field of the body as an option, with dashes where the field has capitals; one that is not there is left out or missed. */
export interface BodyField {
  readonly option: string;
  /** A text by default; a switch is true when it is given. */
  readonly is?: 'number' | 'switch' | undefined;
  readonly mayMiss?: boolean | undefined;
}

const act = (name: string, path: string, ...body: readonly string[]): Act => ({
  name,
  path,
  body: body.map((option) => ({ option })),
});

export const recordKinds: readonly RecordKind[] = [
  {
    name: 'incident',
    summary: 'Lists incidents, shows one, sets when it is expected to be repaired.',
    path: '/incidents',
    columns: [
      ['incident', 'incident'],
      ['started', 'startedAt'],
      ['state', 'state'],
      ['kind', 'kind'],
      ['root', 'root'],
      ['subscribers', 'subscribers'],
      ['title', 'title'],
    ],
    filters: ['state'],
    canShow: true,
    acts: [act('etr', '/incidents/:id/etr', 'from', 'to')],
  },
  {
    name: 'alarm',
    summary: 'Lists alarms, shows, acknowledges, shelves or clears one, writes a note to it.',
    path: '/alarms',
    columns: [
      ['alarm', 'id'],
      ['raised', 'raisedAt'],
      ['severity', 'perceivedSeverity'],
      ['state', 'state'],
      ['ack', 'ackState'],
      ['resource', 'resource'],
      ['cause', 'cause'],
      ['incident', 'incident'],
    ],
    filters: ['state', 'incident'],
    canShow: true,
    acts: [
      act('ack', '/alarms/:id/acknowledge'),
      act('unack', '/alarms/:id/unacknowledge'),
      {
        ...act('shelve', '/alarms/:id/shelve'),
        body: [
          { option: 'minutes', is: 'number', mayMiss: true },
          { option: 'until-cleared', is: 'switch', mayMiss: true },
        ],
      },
      act('unshelve', '/alarms/:id/unshelve'),
      act('note', '/alarms/:id/notes', 'text'),
      act('clear', '/alarms/:id/clear'),
    ],
  },
  {
    name: 'ticket',
    summary: 'Lists tickets, shows one, opens one for a subscriber, sets its status.',
    path: '/tickets',
    columns: [
      ['ticket', 'id'],
      ['opened', 'openedAt'],
      ['status', 'status'],
      ['subscriber', 'subscriber'],
      ['expected', 'expectedResolutionAt'],
      ['incident', 'incident'],
    ],
    filters: ['incident', 'subscriber', 'status', 'due', 'find', 'sort'],
    canShow: true,
    acts: [
      { ...act('open', '/tickets', 'description', 'channel'), argument: 'subscriber' },
      act('set', '/tickets/:id/status', 'status'),
    ],
  },
  {
    name: 'subscriber',
    summary:
      'Lists subscribers, shows one; erases one for good: name, numbers, words and links go, and no list brings them back.',
    path: '/subscribers',
    columns: [
      ['subscriber', 'id'],
      ['resource', 'resource'],
      ['class', 'class'],
      ['phone', 'phone'],
      ['incident', 'openIncident'],
    ],
    filters: ['phone', 'resource'],
    canShow: true,
    acts: [{ ...act('erase', '/subscribers/:id'), method: 'DELETE' }],
  },
  {
    name: 'question',
    summary:
      'Lists tickets with a question of their subscriber that nobody has answered, the one due first on top.',
    path: '/questions',
    columns: [
      ['ticket', 'ticket'],
      ['asked', 'at'],
      ['due', 'dueAt'],
      ['subscriber', 'subscriber'],
      ['question', 'text'],
    ],
    filters: [],
    canShow: false,
    acts: [],
  },
  {
    name: 'notice',
    summary:
      'Lists notices; shows what an incident would tell, and releases or refuses it; stops and resumes all sending.',
    path: '/notices',
    columns: [
      ['notice', 'id'],
      ['created', 'createdAt'],
      ['state', 'state'],
      ['type', 'type'],
      ['channel', 'channel'],
      ['subscriber', 'subscriber'],
      ['incident', 'incident'],
    ],
    filters: ['incident', 'state'],
    canShow: false,
    acts: [
      { ...act('approve', '/notices/approve'), argument: 'incident' },
      { ...act('refuse', '/notices/refuse'), argument: 'incident' },
      { ...act('preview', '/notices/preview'), argument: 'incident', looks: true },
      { ...act('stop', '/notices/stop'), isAlone: true },
      { ...act('resume', '/notices/resume'), isAlone: true },
    ],
  },
  {
    name: 'device',
    summary: 'Lists devices, shows one with its last reading.',
    path: '/devices',
    columns: [
      ['device', 'id'],
      ['address', 'address'],
      ['profile', 'profile'],
      ['state', 'state'],
      ['last answer', 'lastAnswerAt'],
    ],
    filters: [],
    canShow: true,
    acts: [],
  },
  {
    name: 'task',
    summary: 'Lists the work of staff, finishes a task or gives it back.',
    path: '/tasks',
    columns: [
      ['task', 'id'],
      ['due', 'dueAt'],
      ['kind', 'kind'],
      ['state', 'state'],
      ['assignee', 'assignee'],
      ['ticket', 'ticket'],
    ],
    filters: [],
    canShow: false,
    acts: [act('finish', '/tasks/:id/finish', 'outcome'), act('return', '/tasks/:id/return')],
  },
  {
    name: 'user',
    summary:
      'Lists people who may sign in; adds one, makes a sign-in link, sets a role, disables, enables, removes.',
    path: '/users',
    columns: [
      ['name', 'name'],
      ['role', 'role'],
      ['language', 'language'],
      ['state', 'state'],
      ['signed in', 'signedInAt'],
    ],
    filters: [],
    canShow: false,
    acts: [
      {
        ...act('add', '/users', 'role'),
        argument: 'name',
        body: [{ option: 'role' }, { option: 'language', mayMiss: true }],
      },
      act('link', '/users/:id/links'),
      { ...act('role', '/users/:id', 'role'), method: 'PATCH' },
      { ...act('disable', '/users/:id'), method: 'PATCH', fixed: { state: 'disabled' } },
      { ...act('enable', '/users/:id'), method: 'PATCH', fixed: { state: 'active' } },
      { ...act('remove', '/users/:id'), method: 'DELETE' },
    ],
  },
  {
    name: 'key',
    summary: 'Lists API keys of programs; adds one, which is shown once, and revokes one.',
    path: '/keys',
    columns: [
      ['name', 'name'],
      ['role', 'role'],
      ['created', 'createdAt'],
      ['by', 'createdBy'],
      ['expires', 'expiresAt'],
      ['used', 'usedAt'],
    ],
    filters: [],
    canShow: false,
    acts: [
      {
        ...act('add', '/keys', 'role'),
        argument: 'name',
        body: [{ option: 'role' }, { option: 'days', is: 'number', mayMiss: true }],
      },
      { ...act('revoke', '/keys/:id'), method: 'DELETE' },
    ],
  },
];
