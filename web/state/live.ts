/** The live stream: what is open and raised now, kept current over /ws, with resume after a lost connection. */
import { batch, computed, signal } from '@preact/signals';
import type {
  AlarmRowJson,
  IncidentRowJson,
  LiveEventJson,
  LiveMessageJson,
  LiveTotalsJson,
  ResumeJson,
} from '../../src/edge/http/contract.ts';

const staleAfterMs = 5_000;
/** A stream that is silent this long is given up and opened anew. */
const deadAfterMs = 12_000;
const maxAlarms = 10_000;
/** Lists are sorted anew at most this often, however fast changes come. */
const repaintEveryMs = 100;
const askAgainEveryMs = 1_000;

export const clock = signal(Date.now());
export const heardAt = signal<number | undefined>(undefined);
const isConnected = signal(false);
export const totals = signal<LiveTotalsJson | undefined>(undefined);
/** Rises with each change of the maps below. */
const version = signal(0);
/** Rises when a ticket, task or confirmation changed; pages that show them ask again. */
export const careVersion = signal(0);

const incidentsById = new Map<string, IncidentRowJson>();
const alarmsById = new Map<string, AlarmRowJson>();
let sequence = 0;
let socket: WebSocket | undefined;
let retryMs = 500;
let repaint: ReturnType<typeof setTimeout> | undefined;
let changedCare = false;
let careToldAt = 0;
let isCareWaiting = false;

export const stream = computed<'connecting' | 'live' | 'stale'>(() => {
  if (heardAt.value === undefined) return 'connecting';
  return isConnected.value && clock.value - heardAt.value <= staleAfterMs ? 'live' : 'stale';
});

const rank: Readonly<Record<string, number>> = {
  critical: 0,
  major: 1,
  minor: 2,
  warning: 3,
  indeterminate: 4,
};

/** Worst first: severity, then subscribers, then the older one. */
export const incidents = computed<readonly IncidentRowJson[]>(() => {
  version.value;
  return [...incidentsById.values()].sort(
    (a, b) =>
      Number(isOver(a)) - Number(isOver(b)) ||
      rank[a.severity]! - rank[b.severity]! ||
      b.subscribers - a.subscribers ||
      (a.startedAt < b.startedAt ? -1 : 1),
  );
});

export const isOver = (incident: IncidentRowJson): boolean =>
  incident.state === 'resolved' || incident.state === 'closed' || incident.state === 'merged';

/** Not taken before taken, worst first, then the newest. */
export const alarms = computed<readonly AlarmRowJson[]>(() => {
  version.value;
  return [...alarmsById.values()].sort(
    (a, b) =>
      rank[a.perceivedSeverity]! - rank[b.perceivedSeverity]! ||
      (a.raisedAt === b.raisedAt ? (a.id < b.id ? -1 : 1) : a.raisedAt > b.raisedAt ? -1 : 1),
  );
});

export const liveIncident = (id: string): IncidentRowJson | undefined => {
  version.value;
  return incidentsById.get(id);
};

export function startLive(): void {
  connect();
  setInterval(() => {
    clock.value = Date.now();
    const heard = heardAt.value;
    if (socket !== undefined && heard !== undefined && clock.value - heard > deadAfterMs) socket.close();
  }, 250);
}

function connect(): void {
  const opened = new WebSocket(`${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/ws`);
  socket = opened;
  opened.addEventListener('open', () =>
    opened.send(JSON.stringify({ resume: sequence } satisfies ResumeJson)),
  );
  opened.addEventListener('message', (event) => take(JSON.parse(event.data as string) as LiveMessageJson));
  opened.addEventListener('close', () => {
    if (socket !== opened) return;
    socket = undefined;
    isConnected.value = false;
    // Spread over time, so that a restarted daemon is not met by everybody at once.
    setTimeout(connect, retryMs * (0.5 + Math.random()));
    retryMs = Math.min(10_000, retryMs * 2);
  });
}

function take(message: LiveMessageJson): void {
  batch(() => {
    heardAt.value = Date.now();
    clock.value = heardAt.value;
    isConnected.value = true;
    retryMs = 500;
    sequence = message.sequence;
    if (message.kind === 'beat') return;
    totals.value = message.totals;
    if (message.kind === 'snapshot') restart(message.incidents, message.alarms);
    else for (const event of message.events) apply(event);
  });
  if (message.kind === 'snapshot') paint();
  else if (message.kind === 'events') repaint ??= setTimeout(paint, repaintEveryMs);
}

function restart(newIncidents: readonly IncidentRowJson[], newAlarms: readonly AlarmRowJson[]): void {
  incidentsById.clear();
  alarmsById.clear();
  for (const incident of newIncidents) incidentsById.set(incident.id, incident);
  for (const alarm of newAlarms) alarmsById.set(alarm.id, alarm);
  changedCare = true;
}

function apply(event: LiveEventJson): void {
  switch (event.kind) {
    case 'incident':
      if (event.incident.state === 'closed' || event.incident.state === 'merged')
        incidentsById.delete(event.incident.id);
      else incidentsById.set(event.incident.id, event.incident);
      // What else a page shows of it (history, alarms) changed too.
      changedCare = true;
      break;
    case 'alarm':
      if (event.alarm.state === 'cleared') alarmsById.delete(event.alarm.id);
      else alarmsById.set(event.alarm.id, event.alarm);
      if (alarmsById.size > maxAlarms) alarmsById.delete(alarmsById.keys().next().value!);
      break;
    default:
      changedCare = true;
  }
}

function paint(): void {
  clearTimeout(repaint);
  repaint = undefined;
  batch(() => {
    version.value++;
    if (!changedCare) return;
    // Pages ask the server again at most once a second, however fast changes come.
    changedCare = false;
    if (isCareWaiting) return;
    isCareWaiting = true;
    setTimeout(tellCare, Math.max(0, careToldAt + askAgainEveryMs - Date.now()));
  });
}

function tellCare(): void {
  isCareWaiting = false;
  careToldAt = Date.now();
  careVersion.value++;
}
