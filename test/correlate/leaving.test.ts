/** Alarms that leave an incident, however large it is. */
import { expect, test } from 'vitest';
import { begin, type Member } from '../../src/correlate/held-incident.ts';
import { leave } from '../../src/correlate/leaving.ts';
import { limits } from '../../src/correlate/timing.ts';
import { alarmId, type IncidentId, resourceId } from '../../src/model/ids.ts';
import { cityStartsAt } from '../support/small-city.ts';

test('one alarm leaves an incident as large as one may be, with its own raise line alone', () => {
  const root = resourceId('olt-1');
  const held = begin(
    { id: 'i.1' as IncidentId, order: 0, startedAt: cityStartsAt, at: cityStartsAt, parent: undefined },
    { scope: 'down', kind: 'card', root, candidates: [], actionable: true, dark: [], explanation: {} },
  );
  for (let i = 0; i < limits.alarmsPerIncident; i++) held.records.push(`line-${i}`);
  const resource = resourceId('ont-1-1-1-1');
  const said = { alarm: alarmId(resource, 'LOS', undefined), symptom: 'los', by: undefined } as const;
  const told = { ...said, resource, polled: false, at: cityStartsAt };
  const member: Member = { ...told, record: 'line-7', raised: true };
  held.members.set(member.alarm, member);
  held.raised = 1;
  leave(held, [member]);
  expect([held.members.size, held.raised, held.records.length]).toEqual([0, 0, limits.alarmsPerIncident - 1]);
  expect(held.records.slice(6, 9)).toEqual(['line-6', 'line-8', 'line-9']);
});
