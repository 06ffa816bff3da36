/** What an operator is about to do to grouping: said before it is done, done, and taken back. */
import { signal } from '@preact/signals';
import type { AlarmJson, AlarmRowJson, IncidentJson, ListJson } from '../../src/edge/http/contract.ts';
import { causeName } from '../words/cause-name.ts';
import { filled, plural, words } from '../words/speak.ts';
import { ask, order } from './api.ts';

/** Shown in a dialog before anything happens. */
export interface Deed {
  readonly title: string;
  /** What it is about, as text. */
  readonly about: readonly string[];
  /** Sentences: what will happen. */
  readonly steps: readonly string[];
  /** Why it cannot be done. */
  readonly refused?: string | undefined;
  /** Undefined when it was done. */
  run(): Promise<string | undefined>;
}

export interface Done {
  readonly text: string;
  readonly open?: string | undefined;
  /** Undefined when it was taken back, else why not. */
  readonly undo?: (() => Promise<string | undefined>) | undefined;
}

export const plannedDeed = signal<Deed | undefined>(undefined);
/** Stands until it is closed or something else is done. */
export const lastDone = signal<Done | undefined>(undefined);

/** As much of an incident as is needed to move alarms. */
export interface Home {
  readonly id: string;
  readonly isOver: boolean;
  readonly title: string;
}

const mostAtOnce = 5_000;
const pageSize = 1_000;

const incidentPath = (id: string): string => `/incidents/${encodeURIComponent(id)}`;
const homeOf = async (alarm: string): Promise<string | null | undefined> => {
  const answered = await ask<AlarmJson>(`/alarms/${encodeURIComponent(alarm)}`);
  return 'value' in answered ? answered.value.incident : undefined;
};

async function placed(incident: string, alarm: string, belongs: boolean): Promise<string | undefined> {
  const answered = await order(`${incidentPath(incident)}/alarms`, { alarm, belongs });
  return 'problem' in answered ? answered.problem : undefined;
}

async function merged(incident: string, into: string): Promise<string | undefined> {
  const answered = await order<IncidentJson>(`${incidentPath(incident)}/merge`, { into });
  if ('problem' in answered) return answered.problem;
  return answered.value.state === 'merged' ? undefined : words.value.feedback.unchanged;
}

/** `count`: alarms in the incident. */
export function takeOut(from: Home, chosen: readonly AlarmRowJson[], count: number): Deed {
  const say = words.value.feedback;
  const ids = chosen.map(({ id }) => id);
  const isAll = ids.length >= count;
  return {
    title: say.title.takeOut,
    about: chosen.map(named),
    steps: [
      filled(plural(ids.length, say.steps.leave), { incident: from.title }),
      ids.length === 1 ? say.steps.ownOne : say.steps.own,
      plural(count - ids.length, say.steps.stay),
      say.steps.told,
      say.steps.remembered,
      say.steps.learned,
      say.steps.undoable,
    ],
    refused: from.isOver
      ? say.refused.over
      : isAll
        ? say.refused.all
        : ids.length > mostAtOnce
          ? say.refused.tooMany
          : undefined,
    async run() {
      const refused =
        ids.length === 1
          ? await placed(from.id, ids[0]!, false)
          : await order(`${incidentPath(from.id)}/split`, { alarms: ids }).then((answered) =>
              'problem' in answered ? answered.problem : undefined,
            );
      if (refused !== undefined) return refused;
      const own = await homeOf(ids[0]!);
      if (own === undefined || own === null || own === from.id) return say.unchanged;
      lastDone.value = {
        text: `${plural(ids.length, say.didTakeOut)}, ${say.newIncident} ${own}`,
        open: own,
        undo: () => merged(own, from.id),
      };
      return undefined;
    },
  };
}

const named = ({ resource, cause }: AlarmRowJson): string => `${resource} ${cause} · ${causeName(cause)}`;

export function putIn(alarm: AlarmRowJson, into: Home): Deed {
  const say = words.value.feedback;
  const from = alarm.incident;
  const names = { from: from ?? '', into: into.title };
  return {
    title: say.title.putIn,
    about: [named(alarm)],
    steps: [
      ...(from === null
        ? [filled(say.steps.goesFree, names)]
        : [filled(say.steps.goes, names), filled(say.steps.emptied, names)]),
      say.steps.told,
      say.steps.remembered,
      say.steps.learned,
      say.steps.undoable,
    ],
    refused: into.isOver ? say.refused.over : undefined,
    async run() {
      const refused = await placed(into.id, alarm.id, true);
      if (refused !== undefined) return refused;
      if ((await homeOf(alarm.id)) !== into.id) return say.unchanged;
      lastDone.value = {
        text: `${say.didPutIn} ${into.id}`,
        open: into.id,
        undo: () => putBack(alarm.id, from, into.id),
      };
      return undefined;
    },
  };
}

/** To where it came from; where that became part of the other with it, it is one of its own again. */
async function putBack(alarm: string, from: string | null, into: string): Promise<string | undefined> {
  const before = from === null ? undefined : await ask<IncidentJson>(incidentPath(from));
  const stands = before !== undefined && 'value' in before && before.value.state !== 'merged';
  const refused =
    stands && from !== null ? await placed(from, alarm, true) : await placed(into, alarm, false);
  if (refused !== undefined) return refused;
  return (await homeOf(alarm)) === into ? words.value.feedback.unchanged : undefined;
}

export function merge(from: Home, into: Home): Deed {
  const say = words.value.feedback;
  const names = { from: from.title, into: into.title };
  return {
    title: say.title.merge,
    about: [],
    steps: [
      filled(say.steps.mergeAll, names),
      say.steps.told,
      say.steps.remembered,
      say.steps.learned,
      say.steps.undoMerge,
    ],
    refused: from.isOver || into.isOver ? say.refused.over : undefined,
    async run() {
      const alarms = await alarmsOf(from.id);
      const refused = await merged(from.id, into.id);
      if (refused !== undefined) return refused;
      const canUndo = alarms.length > 0 && alarms.length <= mostAtOnce;
      lastDone.value = {
        text: `${from.id} ${say.didMerge} ${into.id}`,
        open: into.id,
        undo: canUndo ? () => takenApart(into.id, alarms) : undefined,
      };
      return undefined;
    },
  };
}

async function takenApart(into: string, alarms: readonly string[]): Promise<string | undefined> {
  const answered = await order(`${incidentPath(into)}/split`, { alarms });
  if ('problem' in answered) return answered.problem;
  return (await homeOf(alarms[0]!)) === into ? words.value.feedback.unchanged : undefined;
}

/** Ids of all alarms of an incident, at most one more than can be moved at once. */
async function alarmsOf(incident: string): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const at: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answered = await ask<ListJson<AlarmJson>>(
      `/alarms?incident=${encodeURIComponent(incident)}&limit=${pageSize}${at}`,
    );
    if ('problem' in answered) return [];
    ids.push(...answered.value.items.map(({ id }) => id));
    cursor = answered.value.next;
  } while (cursor !== null && ids.length <= mostAtOnce);
  return ids;
}
