/** The port of the fronts over plain maps: a small daemon in memory that takes inputs and tells what changed. */

import { type DurationMs, instant } from '../../src/base/instant.ts';
import { SourceRates } from '../../src/base/source-rates.ts';
import type { World } from '../../src/base/world.ts';
import { mostAtPhone } from '../../src/edge/book/at-phone.ts';
import type { AffectedView } from '../../src/edge/http/affected-port.ts';
import type { PublicNews } from '../../src/edge/http/area-port.ts';
import type { OutageView } from '../../src/edge/http/caller-port.ts';
import type { NoticePreviewJson, RulesJson } from '../../src/edge/http/contract.ts';
import type { CreditTotalView, CreditView } from '../../src/edge/http/credit-port.ts';
import { LiveFeed } from '../../src/edge/http/live-feed.ts';
import type { OutsidePort, ResourceView } from '../../src/edge/http/outside-port.ts';
import type {
  BookQueries,
  Deed,
  DeviceView,
  FactView,
  FrontPorts,
  IncidentView,
  LinkView,
  Listed,
  NoticeView,
  PageRequest,
  PortTraffic,
  PostCount,
  ReloadOutcome,
  StrangerView,
  SubscriberView,
  TaskView,
  User,
} from '../../src/edge/http/ports.ts';
import type { StaffPort } from '../../src/edge/http/staff-port.ts';
import type { Consent } from '../../src/edge/http/subscriber-port.ts';
import type { Applied } from '../../src/flow/applied.ts';
import type { Command, Input } from '../../src/flow/input.ts';
import { Measure } from '../../src/measure/measure.ts';
import type { Alarm } from '../../src/model/alarm.ts';
import type { AutomationStatus } from '../../src/model/automation.ts';
import type { Change } from '../../src/model/change.ts';
import type { Confirmation, ConfirmationState } from '../../src/model/confirmation.ts';
import type { Conflict } from '../../src/model/discovered.ts';
import type { DnsView } from '../../src/model/dns.ts';
import { type IncidentId, type SubscriberKey, subscriberKey } from '../../src/model/ids.ts';
import type { PublicAlert } from '../../src/model/public-alert.ts';
import type { DeviceReading } from '../../src/model/reading.ts';
import type { Ticket } from '../../src/model/ticket.ts';
import type { PlannedWorks } from '../../src/topology/topology.ts';
import { answerReader } from './answer-reader.ts';
import { anAlarm, aTicket, aView } from './front-records.ts';
import { shippedFaults } from './shipped-rules.ts';

export const key = 'k'.repeat(40);
export const callerToken = 'c'.repeat(40);
export const viewerKey = 'v'.repeat(40);
export const administratorKey = 'a'.repeat(40);
const users: Readonly<Record<string, User>> = {
  [key]: { name: 'irina', role: 'operator' },
  [administratorKey]: { name: 'oleg', role: 'administrator' },
  [viewerKey]: { name: 'board', role: 'viewer' },
};

export interface MemoryDaemon {
  readonly ports: FrontPorts;
  readonly feed: LiveFeed;
  readonly inputs: readonly Input[];
  /** Fed with what is published. */
  readonly measure: Measure;
  readonly incidents: Map<string, IncidentView>;
  /** By incident. */
  readonly affected: Map<string, readonly AffectedView[]>;
  readonly alarms: Map<string, Alarm>;
  readonly tickets: Map<string, Ticket>;
  readonly confirmations: Map<string, Confirmation>;
  readonly tasks: Map<string, TaskView>;
  credits: readonly CreditView[];
  creditTotals: readonly CreditTotalView[];
  readonly notices: Map<string, NoticeView>;
  /** Ids of the subscribers of each number. */
  readonly phones: Map<string, readonly string[]>;
  readonly devices: Map<string, DeviceView & { readonly reading?: DeviceReading | undefined }>;
  readonly traffic: Map<string, readonly PortTraffic[]>;
  readonly network: ResourceView[];
  testLine: FrontPorts['testLine'];
  posted: FrontPorts['posted'];
  readonly subscribers: Map<string, SubscriberView>;
  readonly links: Map<string, LinkView>;
  readonly contacts: Map<string, string>;
  /** What covers each subscriber. */
  readonly outages: Map<SubscriberKey, OutageView>;
  /** Messages about outages, newest first. */
  alerts: readonly PublicAlert[];
  strangers: readonly StrangerView[];
  /** A line that obeys commands in place of the daemon's own simple ways. */
  obey: ((command: Extract<Input, { kind: 'command' }>) => readonly Change[]) | undefined;
  /** While true the line takes nothing. */
  refuses: boolean;
  isReady: boolean;
  dns: DnsView | undefined;
  rules: RulesJson;
  works: readonly PlannedWorks[];
  /** Undefined: it cannot be read. */
  news: PublicNews | undefined;
  preview: Omit<NoticePreviewJson, 'incident'>;
  /** Deeds put on record. */
  readonly recorded: Deed[];
  automations: readonly AutomationStatus[];
  posts: readonly PostCount[];
  facts: readonly FactView[];
  conflicts: readonly Conflict[];
  reloadOutcome: ReloadOutcome;
  rollbackOutcome: ReloadOutcome | undefined;
  readonly played: string[];
  /** Lists of subscribers that were applied. */
  readonly imported: string[];
  readonly consents: { readonly key: number; readonly consent: Consent }[];
  publish(...changes: readonly Change[]): void;
  /** Spends as one-time sign-in token. */
  oneTimeToken: string | undefined;
  /** Of whoever is signed in at the console. */
  sessionRole: User['role'];
  endSessions(): void;
}

const noRules: RulesJson = {
  ...{ version: null, files: [], findings: [], faults: [], countedIncidents: 2_000, patterns: [] },
  ...{ follows: [], versions: [], rollsBackTo: null, shadow: null },
};

/** One person alone; tests of accounts have a real book. */
const alone = new Proxy({ releasers: async () => 0 } as StaffPort, {
  get: (port, name) =>
    Reflect.get(port, name) ?? (() => Promise.reject(new Error('this test has no accounts'))),
});

/** Tests of the TM Forum APIs have a real book. */
const noOutside = new Proxy({} as OutsidePort, {
  get: () => () => Promise.reject(new Error('this test has no book')),
});

const all = <T>(items: readonly T[]): Listed<T> => ({ items, total: items.length });

export function memoryDaemon(
  world: World,
  options: { publicUrl?: string; demo?: FrontPorts['demo'] } = {},
): MemoryDaemon {
  const rates = new SourceRates({ burst: 20, perSecond: 0.05, mostSources: 1_000 });
  const inputs: Input[] = [];
  const sessions = new Set<string>();
  let sequence = 0;
  const feed = new LiveFeed(world.now(), {
    faults: () => shippedFaults,
    totals: () => ({
      incidentsOpen: [...daemon.incidents.values()].filter(({ incident }) => incident.state === 'open')
        .length,
      alarmsRaised: [...daemon.alarms.values()].filter((alarm) => alarm.state === 'raised').length,
      subscribersAffected: [...daemon.incidents.values()].reduce(
        (sum, view) => sum + (view.impact?.subscribers ?? 0),
        0,
      ),
      blindCollectors: [],
    }),
  });
  const applied = (changes: readonly Change[]): Applied => {
    sequence++;
    daemon.measure.take(changes, world.now());
    return { sequence, at: world.now(), changes, effects: [], rest: [] };
  };
  const ports: FrontPorts = {
    world,
    callers: {
      isCaller: (token) => token === callerToken,
      people: (phone) =>
        (daemon.phones.get(phone) ?? []).map((id) => ({ key: daemon.subscribers.get(id)!.key })),
      outageOf: (subscriber) => daemon.outages.get(subscriber),
      language: 'en',
    },
    areas: {
      news: async () => {
        if (daemon.news === undefined) throw new Error('the book does not answer');
        return daemon.news;
      },
      alerts: async () => daemon.alerts,
      keepAlerts: async (alerts) => {
        daemon.alerts = [...alerts, ...daemon.alerts];
      },
    },
    live: feed,
    faults: () => shippedFaults,
    publicUrl: options.publicUrl ?? 'http://127.0.0.1:8081',
    demo: options.demo,
    traffic: async (device) => daemon.traffic.get(device) ?? [],
    async submit(input) {
      if (daemon.refuses) throw new Error('queue full');
      inputs.push(input);
      const result = applied(changesOf(daemon, world, input));
      feed.publish(result);
      return result;
    },
    query: queriesOf(() => daemon),
    outside: noOutside,
    staff: alone,
    network: {
      resources: ({ limit, offset }) => ({
        items: daemon.network.slice(offset, offset + limit),
        total: daemon.network.length,
      }),
      resource: (id) => daemon.network.find((resource) => resource.id === id),
    },
    testLine: (resource) => daemon.testLine(resource),
    status: () => ({
      version: '0.1.0',
      uptimeSeconds: 1,
      roles: ['front'],
      counters: { inputs: inputs.length, ...daemon.measure.kpis() },
      channels: [],
    }),
    noticePreview: async (incident) => ({ ...daemon.preview, incident }),
    isReady: () => daemon.isReady,
    alarmLoad: () => daemon.measure.alarmLoad(world.now()),
    dns: () => daemon.dns,
    rules: async () => daemon.rules,
    works: () => daemon.works,
    record: async (deed) => void daemon.recorded.push(deed),
    automations: () => daemon.automations,
    posts: async () => daemon.posts,
    discovered: {
      facts: (filter) =>
        all(
          daemon.facts.filter(
            ({ kind, from }) =>
              (filter.device === undefined || from.device === filter.device) &&
              (filter.kind === undefined || kind === filter.kind),
          ),
        ),
      conflicts: () => all(daemon.conflicts),
    },
    metrics: () => `allclear_inputs_total ${inputs.length}\n`,
    reload: async () => daemon.reloadOutcome,
    rollBackRules: async () => daemon.rollbackOutcome,
    async importSubscribers(csv, { apply }) {
      const isWrong = csv.includes('duke');
      const diff = {
        added: csv.trim().split('\n').length - 1,
        changed: 0,
        removed: 0,
        unchanged: 0,
        repeated: 0,
        erased: 0,
        ...{ known: 0, moved: 0, reclassified: 0, fields: {}, examples: [] },
      };
      const wrong = { file: 'the list', line: 2, column: 5, severity: 'error', code: 'csv/class' } as const;
      const applied = apply && !isWrong;
      if (applied) daemon.imported.push(csv);
      return {
        diff,
        problems: isWrong ? [{ ...wrong, message: '"duke" is no class' }] : [],
        applied,
        mapping: {},
      };
    },
    answers: {
      read: (text, asked) => answerReader.read(text, asked),
      admits: (sender) => rates.take(sender, world.monotonicMs()),
    },
    chats: { bots: () => [], code: async () => 'code' },
    posted: (channel, post) => daemon.posted(channel, post),
    play:
      options.demo === undefined
        ? undefined
        : { scenarios: ['fibre-cut'], play: (scenario) => void daemon.played.push(scenario) },
    access: {
      authenticate: async (token) => (Object.hasOwn(users, token) ? users[token] : undefined),
      async signIn(token) {
        if (token !== daemon.oneTimeToken) return undefined;
        daemon.oneTimeToken = undefined;
        const cookie = `session-${world.randomBytes(8).join('')}`;
        sessions.add(cookie);
        return { cookie, expiresAt: instant(world.now() + 3_600_000) };
      },
      session: async (cookie) =>
        sessions.has(cookie) ? { ...users[key]!, role: daemon.sessionRole } : undefined,
      signOut: async (cookie) => void sessions.delete(cookie),
    },
  };
  const daemon: MemoryDaemon = {
    ports,
    feed,
    inputs,
    measure: new Measure(),
    incidents: new Map(),
    affected: new Map(),
    alarms: new Map(),
    posted: async () => 'unknown',
    tickets: new Map(),
    confirmations: new Map(),
    tasks: new Map(),
    credits: [],
    creditTotals: [],
    notices: new Map(),
    phones: new Map(),
    devices: new Map(),
    network: [],
    testLine: () => ({ reason: 'no device that is polled sees this line' }),
    traffic: new Map(),
    subscribers: new Map(),
    links: new Map(),
    contacts: new Map(),
    outages: new Map(),
    alerts: [],
    strangers: [],
    obey: undefined,
    refuses: false,
    isReady: true,
    dns: undefined,
    rules: noRules,
    works: [],
    news: { areas: new Map(), works: [], outages: [] },
    preview: {
      ...{ guard: 'secondPerson', leavesAt: null, stopped: false, dryRun: false, heldBack: [] },
      ...{ rows: [], total: { count: 0, messages: 0, parts: 0, cost: null }, currency: null },
    },
    recorded: [],
    automations: [],
    posts: [],
    facts: [],
    conflicts: [],
    rollbackOutcome: undefined,
    reloadOutcome: { kind: 'applied', needsRestart: [], problems: [] },
    played: [],
    imported: [],
    consents: [],
    oneTimeToken: undefined,
    publish(...changes) {
      for (const change of changes) keep(daemon, change);
      feed.publish(applied(changes));
    },
    sessionRole: 'operator',
    endSessions: () => sessions.clear(),
  };
  return daemon;
}

/** What is published is also what the book answers. */
function keep(daemon: MemoryDaemon, change: Change): void {
  if (change.kind === 'alarm') daemon.alarms.set(change.alarm.id, change.alarm);
  if (change.kind === 'ticket') daemon.tickets.set(change.ticket.id, change.ticket);
  if (change.kind === 'confirmation') daemon.confirmations.set(change.confirmation.id, change.confirmation);
  if (change.kind === 'incident') {
    const held = daemon.incidents.get(change.incident.id) ?? aView(change.incident);
    daemon.incidents.set(change.incident.id, { ...held, incident: change.incident });
  }
}

function changesOf(daemon: MemoryDaemon, world: World, input: Input): readonly Change[] {
  const changes = changesOfKind(daemon, world, input);
  for (const change of changes) keep(daemon, change);
  return changes;
}

function changesOfKind(daemon: MemoryDaemon, world: World, input: Input): readonly Change[] {
  switch (input.kind) {
    case 'observation': {
      const {
        resource,
        cause = 'ALIVE',
        severity = 'indeterminate',
        source,
        attributes = {},
      } = input.observation;
      const alarm = anAlarm({
        resource,
        cause,
        perceivedSeverity: severity,
        sources: [source],
        attributes,
        raisedAt: world.now(),
      });
      return [{ kind: 'alarm', alarm }];
    }
    case 'command':
      return daemon.obey?.(input) ?? changesOfCommand(daemon, input.command, input.by);
    case 'subscriberContact': {
      const ticket = aTicket(`t.${daemon.tickets.size + 1}`, world.now(), {
        subscriber: input.subscriber,
        channel: input.channel,
        contact: input.contact,
      });
      return [{ kind: 'ticket', ticket }];
    }
    case 'subscriberReply':
      return changesOfReply(daemon, world, input);
    default:
      return [];
  }
}

function changesOfCommand(daemon: MemoryDaemon, command: Command, by: string): readonly Change[] {
  if (command.kind === 'acknowledgeAlarm' || command.kind === 'shelveAlarm' || command.kind === 'noteAlarm') {
    const alarm = daemon.alarms.get(command.alarm)!;
    if (command.kind === 'shelveAlarm') {
      const { until, untilCleared } = command;
      const shelvedUntil = until > daemon.ports.world.now() ? until : undefined;
      return [{ kind: 'alarm', alarm: { ...alarm, shelvedUntil, shelf: { by, untilCleared } } }];
    }
    if (command.kind === 'noteAlarm') {
      const notes = [...(alarm.notes ?? []), { at: daemon.ports.world.now(), by, text: command.note }];
      return [{ kind: 'alarm', alarm: { ...alarm, notes } }];
    }
    return [{ kind: 'alarm', alarm: { ...alarm, ackState: 'acknowledged', ackBy: by } }];
  }
  if (command.kind === 'setEtr') {
    const view = daemon.incidents.get(command.incident)!;
    const etr = { from: command.from, to: command.to, source: 'operator', revision: 2 } as const;
    const impact = { ...view.impact!, etr };
    daemon.incidents.set(command.incident, { ...view, impact });
    return [{ kind: 'impact', impact }];
  }
  return [];
}

const stateAfter: Readonly<Record<string, ConfirmationState>> = {
  fixed: 'CONFIRMED',
  notFixed: 'STILL_OUT',
  contactMe: 'CALLBACK_QUEUED',
};

function changesOfReply(
  daemon: MemoryDaemon,
  world: World,
  { confirmation: id, channel, reply }: Extract<Input, { kind: 'subscriberReply' }>,
): readonly Change[] {
  const held = daemon.confirmations.get(id);
  if (held === undefined) return [];
  let confirmation = held;
  if (reply.kind === 'answer') {
    const answers = [...held.answers, { at: world.now(), answer: reply.answer, channel }];
    confirmation = { ...held, state: stateAfter[reply.answer]!, answers };
  } else if (reply.kind === 'rating') {
    confirmation = { ...held, rating: { at: world.now(), score: reply.score, cause: reply.cause } };
  }
  for (const [token, link] of daemon.links) {
    if (link.confirmation?.id === id) daemon.links.set(token, { ...link, confirmation });
  }
  return [{ kind: 'confirmation', confirmation }];
}

function queriesOf(daemon: () => MemoryDaemon): BookQueries {
  const named = (subscriber: number | undefined): string | undefined =>
    [...daemon().subscribers.values()].find((view) => view.key === subscriber)?.id;
  const described = (ticket: Ticket) => ({
    ticket,
    subscriber: named(ticket.subscriber),
    description: ticket.contact === undefined ? undefined : daemon().contacts.get(ticket.contact),
  });
  return {
    incidents: async (state, page) =>
      listed(
        [...daemon().incidents.values()].filter(
          ({ incident }) => state === undefined || incident.state === state,
        ),
        page,
      ),
    incident: async (id) => daemon().incidents.get(id),
    affected: async (id, { level, find, ...page }) => {
      if (!daemon().incidents.has(id)) return { kind: 'unknown' };
      const items = (daemon().affected.get(id) ?? []).filter(
        (one) => (level ?? one.level) === one.level && (find ?? one.id) === one.id,
      );
      return { kind: 'listed', page: listed(items, page) };
    },
    allAffected: async (id) => {
      if (!daemon().incidents.has(id)) return { kind: 'unknown' };
      const items = daemon().affected.get(id) ?? [];
      return {
        kind: 'pages',
        pages: (async function* () {
          yield items;
        })(),
      };
    },
    alarms: async ({ state, incident }, page) =>
      listed(
        [...daemon().alarms.values()].filter(
          (alarm) =>
            (state ?? alarm.state) === alarm.state && (incident === undefined || alarm.incident === incident),
        ),
        page,
      ),
    alarm: async (id) => daemon().alarms.get(id),
    notices: async ({ incident }, page) =>
      listed(
        [...daemon().notices.values()].filter((notice) => (incident ?? notice.incident) === notice.incident),
        page,
      ),
    notice: async (id) => daemon().notices.get(id),
    tickets: async ({ incident, subscriber, statuses, find = '' }, page) =>
      listed(
        [...daemon().tickets.values()]
          .filter((ticket) => statuses?.includes(ticket.status) !== false)
          .filter(({ id, subscriber: of }) => id.startsWith(find) || named(of)?.startsWith(find) === true)
          .filter((ticket) => incident === undefined || ticket.incident === incident)
          .filter((ticket) => subscriber === undefined || ticket.subscriber === subscriber)
          .map(described),
        page,
      ),
    waitingQuestions: async (page) =>
      listed(
        [...daemon().tickets.values()].flatMap((ticket) => {
          const [first, ...more] = (ticket.questions ?? []).filter(({ answer }) => answer === undefined);
          if (first === undefined) return [];
          const { contact: question, at } = first;
          const dueAt = instant(at + (3_600_000 as DurationMs));
          const text = daemon().contacts.get(question);
          return [
            { ticket, subscriber: named(ticket.subscriber), question, at, dueAt, text, more: more.length },
          ];
        }),
        page,
      ),
    async ticket(id) {
      const ticket = daemon().tickets.get(id);
      return ticket === undefined ? undefined : described(ticket);
    },
    confirmations: async ({ incident, subscriber }, page) =>
      listed(
        [...daemon().confirmations.values()]
          .filter((confirmation) => subscriber === undefined || confirmation.subscriber === subscriber)
          .filter((confirmation) => incident === undefined || confirmation.incident === incident)
          .map((confirmation) => ({ confirmation, subscriber: named(confirmation.subscriber) ?? '?' })),
        page,
      ),
    causesNamed: async () => new Map([['network.speed', 2]]),
    credits: async (_filter, request) => listed(daemon().credits, request),
    creditTotals: async () => daemon().creditTotals,
    askedNumbers: async () => new Map(),
    async confirmationCounts(incident) {
      const of = [...daemon().confirmations.values()].filter((one) => one.incident === incident);
      return Object.fromEntries(
        of.map(({ state }) => [state, of.filter((one) => one.state === state).length]),
      );
    },
    async confirmation(id) {
      const confirmation = daemon().confirmations.get(id);
      return confirmation === undefined
        ? undefined
        : { confirmation, subscriber: named(confirmation.subscriber) ?? '?' };
    },
    tasks: async (page) => listed([...daemon().tasks.values()], page),
    task: async (id) => daemon().tasks.get(id),
    subscribers: async ({ resource, phone, isBusiness }, page) =>
      listed(
        [...daemon().subscribers.values()]
          .filter((view) => (resource ?? view.resource) === view.resource)
          .filter((view) => phone === undefined || daemon().phones.get(phone)?.includes(view.id) === true)
          .filter((view) => (isBusiness ?? view.class === 'business') === (view.class === 'business')),
        page,
      ),
    subscriber: async (id) => daemon().subscribers.get(id),
    consents: async (key) =>
      daemon()
        .consents.filter((one) => one.key === key)
        .map(({ consent }) => consent),
    putQuietHours: async (key, quietHours) => {
      for (const [id, view] of daemon().subscribers)
        if (view.key === key) daemon().subscribers.set(id, { ...view, quietHours: quietHours || undefined });
    },
    putConsents: async (key, consents) => {
      for (const consent of consents) daemon().consents.unshift({ key, consent });
    },
    unsubscription: async () => undefined,
    unsubscribe: async () => 'unknown',
    devices: async (page) => listed([...daemon().devices.values()], page),
    device: async (id) => daemon().devices.get(id),
    reading: async (id) => daemon().devices.get(id)?.reading,
    link: async (token) => daemon().links.get(token),
    async makeLink({ subscriber, purpose, incident }) {
      const token = `made-link-${daemon().links.size}`;
      const expiresAt = instant(daemon().ports.world.now() + ((7 * 86_400_000) as DurationMs));
      daemon().links.set(token, {
        purpose,
        subscriber,
        expiresAt,
        incident: daemon().incidents.get(incident as IncidentId),
      });
      return { token, expiresAt };
    },
    ticketWords: async () => [],
    addTicketWords: async () => 1,
    async storeNote(text) {
      const id = `note-${daemon().contacts.size + 1}`;
      daemon().contacts.set(id, text);
      return id;
    },
    noteTexts: async (ids) => new Map(ids.map((id) => [id, daemon().contacts.get(id) ?? ''])),
    async whoHas(phone) {
      const ids = daemon().phones.get(phone) ?? [];
      return ids.length > mostAtPhone ? 'crowd' : ids.map((id) => daemon().subscribers.get(id)!.key);
    },
    questionsTo: async (people) =>
      [...daemon().confirmations.values()].filter(({ subscriber }) => people.includes(subscriber)),
    eraseSubscriber: async () => undefined,
    counters: () => ({}),
    async storeStranger(said) {
      daemon().strangers = [{ ...said, at: daemon().ports.world.now() }, ...daemon().strangers];
    },
    strangers: async () => all(daemon().strangers),
    async storeContact(_subscriber, text) {
      const id = `contact-${daemon().contacts.size + 1}`;
      daemon().contacts.set(id, text);
      return id;
    },
  };
}

/** Cursor = position: enough for a list that does not change between two calls. */
function listed<T>(items: readonly T[], page: PageRequest): Listed<T> {
  const from = Number(page.cursor ?? page.offset ?? 0);
  const to = from + page.limit;
  return {
    items: items.slice(from, to),
    total: items.length,
    next: to < items.length ? String(to) : undefined,
  };
}

export function aSubscriber(id: string, fields: Partial<SubscriberView> = {}): SubscriberView {
  return {
    id,
    key: subscriberKey(7),
    resource: 'ont-7',
    class: 'residential',
    language: 'ru',
    maskedPhone: '+7 *** ***-12-34',
    services: ['internet'],
    bindings: [{ service: 'internet', resource: 'ont-7' }],
    contacts: [{ kind: 'phone', masked: '+7 *** ***-12-34', state: 'unverified' }],
    openTickets: [],
    ...fields,
  };
}
