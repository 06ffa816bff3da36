import { expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import { incidentWords } from '../../../src/edge/http/incident-words.ts';
import { type IncidentId, resourceId } from '../../../src/model/ids.ts';
import type { Incident } from '../../../src/model/incident.ts';

const incident: Incident = {
  id: 'i-1' as IncidentId,
  kind: 'splitter',
  root: resourceId('s-1'),
  probability: 0.9,
  candidates: [
    {
      ...{ root: resourceId('s-1'), kind: 'splitter', probability: 0.9 },
      indistinguishable: [{ root: resourceId('f-1'), kind: 'feeder' }],
    },
    { root: resourceId('olt-1'), kind: 'node-down', probability: 0.05 },
  ],
  state: 'open',
  actionable: true,
  planned: false,
  startedAt: instant(1_790_000_000_000),
  decidedAt: instant(1_790_000_010_000),
  alarms: ['a-1'],
  suppressed: 0,
  affected: { under: [resourceId('s-1')], except: [] },
  explanation: {},
  history: [],
};

test('causes that nothing tells apart are named together, in both languages', () => {
  const en = incidentWords(incident, {}, 'en').cause;
  expect(en).toContain('s-1 or f-1: nothing that reports tells them apart.');
  expect(en).toContain('Also possible: olt-1 (5 %).');
  expect(incidentWords(incident, {}, 'ru').cause).toContain('s-1 или f-1: ');
  const [first] = incident.candidates;
  const sure = { ...incident, candidates: [{ ...first!, indistinguishable: undefined }] };
  expect(incidentWords(sure, {}, 'en').cause).not.toContain('apart');
});
