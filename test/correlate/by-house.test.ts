/** Houses without mains are counted as their members come, end, say something else and leave. */
import { expect, test } from 'vitest';
import { Ancestry } from '../../src/correlate/ancestry.ts';
import type { HeldIncident, Member } from '../../src/correlate/held-incident.ts';
import { Incidents } from '../../src/correlate/incidents.ts';
import { usualSlices } from '../../src/correlate/timing.ts';
import { alarmId, resourceId } from '../../src/model/ids.ts';
import { shippedRules, shippedTable } from '../support/shipped-rules.ts';
import { cityStartsAt as at, smallCity, terminals } from '../support/small-city.ts';

const ancestry = new Ancestry(smallCity(), shippedTable);
const house = ancestry.placeOf('b-1-1-1');
const inHouse = terminals('1-1-1').slice(0, 6);
const head = ancestry.placeOf('olt-1');

function member(name: string, symptom: Member['symptom']): Member {
  const resource = resourceId(name);
  const alarm = alarmId(resource, 'DYING_GASP', undefined);
  return { alarm, resource, symptom, by: undefined, polled: false, at, record: alarm, raised: true };
}

function darkHouse(): { incidents: Incidents; held: HeldIncident; members: Member[] } {
  const incidents = new Incidents(shippedRules.timing, usualSlices);
  const root = resourceId('mains-1');
  const verdict = {
    scope: 'down',
    kind: 'area-power',
    root,
    candidates: [],
    dark: [],
    explanation: {},
  } as const;
  let made = 0;
  const ids = { next: () => `i.${++made}` };
  const held = incidents.open({ ...verdict, actionable: true }, { startedAt: at, at }, ids);
  const members = inHouse.map((name) => member(name, 'gasp'));
  incidents.join(
    held,
    members.map((one) => ({ member: one, records: [] })),
    at,
  );
  return { incidents, held, members };
}

/** Dark, lit, said, gasped. */
function counts(incidents: Incidents, held: HeldIncident): number[] {
  const found = incidents.houses.at(held, house, ancestry);
  const { said = 0, gasped = 0 } = found?.words(head, 'ont') ?? {};
  return [found?.dark ?? 0, found?.lit ?? 0, said, gasped];
}

test('a house is counted the same whether somebody asked before or only after', () => {
  const change = ({ incidents, held, members }: ReturnType<typeof darkHouse>): number[] => {
    incidents.clear(members[0]!.alarm, at);
    incidents.clear(members[1]!.alarm, at);
    incidents.clear(members[1]!.alarm, at);
    incidents.split(held, [members[2]!], at);
    incidents.join(held, [{ member: member(inHouse[3]!, 'los'), records: [] }], at);
    incidents.join(held, [{ member: member(inHouse[0]!, 'gasp'), records: [] }], at);
    return counts(incidents, held);
  };
  const asked = darkHouse();
  expect(counts(asked.incidents, asked.held)).toEqual([6, 0, 6, 6]);
  expect(change(asked)).toEqual([4, 1, 5, 4]);
  expect(change(darkHouse())).toEqual([4, 1, 5, 4]);
});

test('of what is over all of the house is lit', () => {
  const { incidents, held } = darkHouse();
  expect(counts(incidents, held)).toEqual([6, 0, 6, 6]);
  incidents.resolve(held, at);
  expect(counts(incidents, held)).toEqual([0, 6, 6, 6]);
});
