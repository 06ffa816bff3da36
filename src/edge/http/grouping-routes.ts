/** Calls by which operators say what belongs together: move an alarm, split an incident, merge two. */
import type { Correction } from '../../correlate/correlate.ts';
import type { Alarm } from '../../model/alarm.ts';
import { type AlarmId, type IncidentId, resourceId } from '../../model/ids.ts';
import type { Incident } from '../../model/incident.ts';
import { incidentReply } from './incident-routes.ts';
import { type Call, object, type Reply, type Route, refusal, text, unknownId } from './route.ts';

const pageOfAlarms = 500;

export const groupingRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/incidents/:id/alarms',
    summary: 'Says that an alarm belongs to the incident, or does not: it is then one of its own',
    body: object({ alarm: text(2_000), belongs: { type: 'boolean' } }, ['alarm', 'belongs']),
    answers: 'the incident; 409 when it is over or the alarm is forgotten',
    handle(call) {
      const { alarm, belongs } = call.body as { readonly alarm: string; readonly belongs: boolean };
      const correction = {
        kind: 'placeAlarm',
        incident: call.id as IncidentId,
        alarm: alarm as AlarmId,
        belongs,
      } as const;
      return correct(call, correction, [alarm]);
    },
  },
  {
    method: 'POST',
    path: '/incidents/:id/split',
    summary: 'Takes alarms out of the incident into one of their own; `root` names what they share',
    body: object(
      { alarms: { type: 'array', items: text(2_000), minItems: 1, maxItems: 5_000 }, root: text(512) },
      ['alarms'],
    ),
    answers: 'the incident that is left; 409 when it is over, or nothing would be left of it',
    handle(call) {
      const { alarms, root } = call.body as { readonly alarms: readonly string[]; readonly root?: string };
      const correction = {
        kind: 'splitIncident',
        incident: call.id as IncidentId,
        alarms: alarms as readonly AlarmId[],
        root: root === undefined ? undefined : resourceId(root),
      } as const;
      return correct(call, correction, alarms);
    },
  },
  {
    method: 'POST',
    path: '/incidents/:id/merge',
    summary: 'Makes the incident part of another one',
    body: object({ into: text(200) }, ['into']),
    answers: 'the incident, now merged; 409 when one of them is over',
    async handle(call) {
      const { into } = call.body as { readonly into: string };
      if (into === call.id) return refusal(400, 'An incident is not merged into itself.');
      if ((await call.ports.query.incident(into)) === undefined) return unknownId('incident', into);
      const incident = call.id as IncidentId;
      return correct(call, { kind: 'mergeIncidents', incident, into: into as IncidentId }, []);
    },
  },
];

/** What is so already is answered as if it had just been done; what cannot be is refused with the reason. */
async function correct(call: Call, correction: Correction, named: readonly string[]): Promise<Reply> {
  const { ports, user, id } = call;
  if ((await ports.query.incident(id)) === undefined) return unknownId('incident', id);
  const before = await alarmsOf(call, named);
  const unknown = named.find((_, n) => before[n] === undefined);
  if (unknown !== undefined) return unknownId('alarm', unknown);
  const foreign = before.filter((alarm) => alarm?.incident !== id);
  if (correction.kind === 'splitIncident' && foreign.length > 0 && foreign.length < named.length)
    return refusal(409, `Nothing was changed: ${foreign[0]?.id} is no alarm of this incident.`);
  const { changes } = await ports.submit({ kind: 'command', by: user.name, command: correction });
  if (changes.some(({ kind }) => kind === 'incident')) return incidentReply(call);
  const { incident } = (await ports.query.incident(id))!;
  if (isSo(correction, incident, await alarmsOf(call, named))) return incidentReply(call);
  return refusal(409, `Nothing was changed: ${await whyNot(call, correction, incident)}.`);
}

/** In the order they are named; a few hundred at a time. */
async function alarmsOf({ ports }: Call, named: readonly string[]): Promise<(Alarm | undefined)[]> {
  const found: (Alarm | undefined)[] = [];
  for (let from = 0; from < named.length; from += pageOfAlarms) {
    const page = named.slice(from, from + pageOfAlarms);
    found.push(...(await Promise.all(page.map((alarm) => ports.query.alarm(alarm)))));
  }
  return found;
}

function isSo(correction: Correction, incident: Incident, alarms: readonly (Alarm | undefined)[]): boolean {
  const isIn = (alarm: Alarm | undefined): boolean => alarm?.incident === incident.id;
  switch (correction.kind) {
    case 'placeAlarm':
      return alarms.every((alarm) => isIn(alarm) === correction.belongs);
    case 'splitIncident':
      return !alarms.some(isIn);
    default:
      return incident.state === 'merged' && incident.into === correction.into;
  }
}

async function whyNot({ ports }: Call, correction: Correction, incident: Incident): Promise<string> {
  if (!isRunning(incident)) return `the incident is ${incident.state}, its grouping stays as it is`;
  switch (correction.kind) {
    case 'placeAlarm':
      return correction.belongs
        ? 'the alarm is over and no longer known to the line'
        : 'it is the only alarm of the incident';
    case 'splitIncident':
      return 'these are all its alarms, and nothing would be left of it';
    default: {
      const other = await ports.query.incident(correction.into);
      return `the other incident is ${other?.incident.state ?? 'gone'}`;
    }
  }
}

const isRunning = ({ state }: Incident): boolean =>
  state === 'open' || state === 'uncertain' || state === 'mitigated';
