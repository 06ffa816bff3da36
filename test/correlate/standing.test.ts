/** What the open incidents put out of reach, whenever it is asked for. */
import { expect, test } from 'vitest';
import { after, type Instant, milliseconds, seconds } from '../../src/base/instant.ts';
import type { HeldIncident } from '../../src/correlate/held-incident.ts';
import { Incidents } from '../../src/correlate/incidents.ts';
import { usualSlices } from '../../src/correlate/timing.ts';
import { alarmId, type IncidentId, type ResourceId, resourceId } from '../../src/model/ids.ts';
import { shippedRules } from '../support/shipped-rules.ts';
import { cityStartsAt, countedIds } from '../support/small-city.ts';

const { timing } = shippedRules;
const head = resourceId('olt-1');
const alarmOf = (root: ResourceId) => alarmId(root, 'LINK_DOWN', undefined);

/** Links whose loss puts the head out of reach, each a second after the one before. */
function cuts(links: readonly string[]): { readonly incidents: Incidents; readonly cut: HeldIncident[] } {
  const incidents = new Incidents(timing, usualSlices);
  const ids = countedIds();
  const cut = links.map((link, i) => {
    const [root, at] = [resourceId(link), after(cityStartsAt, seconds(i))];
    const verdict = { scope: 'transport', kind: 'link', root, candidates: [], dark: [head] } as const;
    const held = incidents.open(
      { ...verdict, actionable: true, explanation: {} },
      { startedAt: at, at, parent: undefined },
      ids,
    );
    const told = { alarm: alarmOf(root), resource: root, symptom: 'link', by: undefined } as const;
    const member = { ...told, polled: false, at, record: told.alarm, raised: true };
    incidents.join(held, [{ member, records: [member.record] }], at);
    return held;
  });
  return { incidents, cut };
}

/** Of a line that goes on, and of one that is restored then, which cut took the head, and which incident. */
function asked({ incidents }: { readonly incidents: Incidents }, at: Instant) {
  const restored = new Incidents(timing, usualSlices);
  restored.restore(JSON.parse(JSON.stringify(incidents.snapshot())));
  return [incidents, restored].map(({ standing }): [IncidentId | undefined, IncidentId | undefined] => {
    const { dark, heads } = standing.view(at, timing.rebootMs);
    return [dark.get(head)?.id, heads.get(head)?.id];
  });
}

test('once the older of two cuts is mended the younger one keeps the head dark, with a restart as without', () => {
  const run = cuts(['west', 'east']);
  const [west, east] = run.cut.map(({ id }) => id);
  const at = after(cityStartsAt, seconds(60));
  expect(asked(run, at)).toEqual([
    [west, east],
    [west, east],
  ]);
  run.incidents.clear(alarmOf(resourceId('west')), at);
  expect(asked(run, after(at, seconds(1)))).toEqual([
    [east, east],
    [east, east],
  ]);
});

test('a cut that is long over holds no head any more, though nothing else changed since', () => {
  const run = cuts(['west', 'east']);
  const [west, east] = run.cut;
  const at = after(cityStartsAt, seconds(60));
  run.incidents.resolve(east!, at);
  expect(asked(run, after(at, timing.rebootMs))).toEqual([
    [west!.id, east!.id],
    [west!.id, east!.id],
  ]);
  expect(asked(run, after(at, milliseconds(timing.rebootMs + 1)))).toEqual([
    [west!.id, west!.id],
    [west!.id, west!.id],
  ]);
});
