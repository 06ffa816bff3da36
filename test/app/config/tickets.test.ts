import { expect, test } from 'vitest';
import { parsePolicy } from '../../../src/app/config/policy.ts';

const read = (text: string) => parsePolicy('policy.yaml', text, { channels: [], webhooks: [] });

test('who gets a ticket without turning to us is nobody, unless the policy names a class or a service', () => {
  expect(read('{}').value.tickets).toBeUndefined();
  expect(read('tickets: { classes: [vip, business], services: [sla] }')).toEqual({
    value: expect.objectContaining({
      tickets: { classes: ['vip', 'business'], services: ['sla'], mostPerIncident: 200 },
    }),
    problems: [],
  });
  expect(read('tickets: { classes: [duke] }').problems).toMatchObject([{ line: 1, severity: 'error' }]);
  expect(read('tickets: { mostPerIncident: -1 }').problems).toHaveLength(1);
});
