/** An incident is told of the same whether its speakers were counted as they joined or are counted now. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Member } from '../../src/correlate/held-incident.ts';
import { incidentOf } from '../../src/correlate/incident-record.ts';
import { Incidents } from '../../src/correlate/incidents.ts';
import type { Symptom } from '../../src/correlate/symptoms.ts';
import { usualSlices } from '../../src/correlate/timing.ts';
import { alarmId, resourceId } from '../../src/model/ids.ts';
import { shippedRules } from '../support/shipped-rules.ts';
import { cityStartsAt as at } from '../support/small-city.ts';

const symptoms: readonly Symptom[] = ['los', 'silent', 'gasp', 'port', 'power', 'degraded'];
const causes = ['LOS', 'UNREACHABLE', 'PORT_LOS'];
const kinds = ['area-power', 'water', 'splitter'];
const names = Array.from({ length: 60 }, (_, n) => `r-${n}`);

const one = fc.record({
  name: fc.constantFrom(...names, 'root'),
  cause: fc.constantFrom(...causes),
  symptom: fc.constantFrom(...symptoms),
  leaves: fc.integer({ min: 0, max: 9 }),
});

test('whoever joins, says something else, leaves and comes back, in incidents that are told of all the while', () => {
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.array(one, { minLength: 80, maxLength: 200 }), (kind, said) => {
      const incidents = new Incidents(shippedRules.timing, usualSlices);
      const root = resourceId('root');
      const scope = kind === 'water' ? 'degraded' : 'down';
      const explanation = { leaves: 40, spoken: 5, silent: 30, unknown: 3, alive: 2 };
      const stated = { scope, kind, root, candidates: [], dark: [], parts: [], explanation } as const;
      const ids = { next: () => 'i.1' };
      const held = incidents.open({ ...stated, actionable: true }, { startedAt: at, at }, ids);
      let counted = 0;
      for (const { name, cause, symptom, leaves } of said) {
        const resource = resourceId(name);
        const alarm = alarmId(resource, cause, undefined);
        const known = held.members.get(alarm);
        if (leaves === 0 && known !== undefined) incidents.split(held, [known], at);
        else {
          const heard = { alarm, resource, symptom, by: undefined, polled: false, at, record: alarm };
          const member: Member = { ...heard, raised: true };
          incidents.join(held, [{ member, records: [alarm] }], at);
        }
        incidents.tell(held, 'grew');
        const [change] = incidents.takeChanges();
        expect(change!.incident).toEqual(incidentOf(held));
        if (held.members.size > 32) counted++;
      }
      expect(counted).toBeGreaterThan(0);
    }),
    { numRuns: 25 },
  );
});
