import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/app/config/config.ts';

const text = `format: allclear/1
snmp: { timeout: 2 }
htttp: 127.0.0.1:1
devices:
  - { id: r-1, address: 192.0.2.1, community: c1 }
  - { id: "r 2", address: 192.0.2.2 }
  - { id: r-1, address: 192.0.2.3 }
channels:
  sms: { kind: webhook, url: "http://127.0.0.1:1/", secret: { env: NO_SUCH_SECRET_HERE } }
  mail: { kind: smtp, host: mail.example, port: 99999, from: "noc@isp.example" }
notify: { order: [pigeon] }
staff:
  - { id: irina }
  - { id: oleg, skills: [fibre] }
`;

test('every mistake of a configuration is shown at its place, and the sound rest is read', () => {
  const { value, problems } = parseConfig('allclear.yaml', text);
  const lines = problems.map(({ line, code }) => `${line} ${code}`);
  expect(lines).toContain('2 config/wrong-type');
  expect(lines).toContain('3 config/unknown-key');
  expect(lines).toContain('6 config/not-valid');
  expect(lines).toContain('7 config/duplicate-id');
  expect(lines).toContain('9 config/missing-secret');
  expect(lines).toContain('9 config/refused');
  expect(lines.some((one) => one.startsWith('10 '))).toBe(true);
  expect(lines).toContain('11 config/unknown-channel');
  expect(lines).toContain('13 config/missing-key');
  expect(value.devices.map(({ id }) => id)).toEqual(['r-1']);
  expect(value.staff.map(({ id }) => id)).toEqual(['oleg']);
});

test('a configuration that is no group of keys is one problem', () => {
  expect(parseConfig('allclear.yaml', '- a\n- b\n').problems).toHaveLength(1);
});
