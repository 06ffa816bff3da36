/** The load of an operator position over the API: what was presented and raised, with names, titles and targets. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AlarmLoadJson } from '../../../src/edge/http/contract.ts';
import { resourceId } from '../../../src/model/ids.ts';
import { anAlarm, anIncident } from '../../support/front-records.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';

let opened: OpenedFront;

beforeEach(async () => {
  opened = await openTestFront();
});
afterEach(() => opened.close());

const load = async (): Promise<AlarmLoadJson> =>
  (await (await opened.api('/alarm-load')).json()) as AlarmLoadJson;

test('before anything happened the load is nothing, beside its targets', async () => {
  const { day, month, standing, targets, mostPresented } = await load();
  expect(day).toMatchObject({ presented: 0, raised: 0, most: 0 });
  expect(month).toMatchObject({ presented: 0, floodIntervals: 0 });
  expect(standing).toBe(0);
  expect(mostPresented.items).toEqual([]);
  expect(targets).toMatchObject({ perTenMinutes: 1, floodShare: 0.01, topTenShare: 0.05, stale: 5 });
});

test('three raised alarms of one incident are one presented, with its title in both languages', async () => {
  const { daemon } = opened;
  const now = daemon.ports.world.now();
  const incident = anIncident('a.1.7', now - 1_000, {
    history: [{ at: now, event: 'decide' }],
    root: resourceId('feeder-9'),
  });
  const alarms = ['a', 'b', 'c'].map((name) =>
    anAlarm({ resource: resourceId(name), cause: 'LOS', raisedAt: now, incident: incident.id }),
  );
  daemon.measure.take(
    [{ kind: 'incident', incident }, ...alarms.map((alarm) => ({ kind: 'alarm' as const, alarm }))],
    now,
  );
  for (const alarm of alarms.slice(0, 2)) daemon.alarms.set(alarm.id, alarm);
  const { day, bySeverity, mostPresented, mostRaised, standing } = await load();
  expect(day).toMatchObject({ presented: 1, raised: 3 });
  expect(bySeverity).toMatchObject({ major: 1, indeterminate: 0 });
  expect(standing).toBe(1);
  expect(mostPresented.items).toMatchObject([
    {
      count: 1,
      words: {
        en: { title: 'Feeder fibre cut: feeder-9' },
        ru: { title: 'Обрыв магистрального волокна: feeder-9' },
      },
    },
  ]);
  expect(mostRaised.items).toMatchObject([
    { resource: 'a', cause: 'LOS', count: 1 },
    { resource: 'b', cause: 'LOS' },
    { resource: null, cause: null },
  ]);
});
