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

test('a mistake in one key hides none in the keys beside it, and makes up none', () => {
  const { value, problems } = parseConfig(
    'allclear.yaml',
    [
      'snmp: { interval: 60, timeout: 0s }',
      'devices:',
      '  - { id: a, address: "nosuch host", port: 99999 }',
      '  - { id: b, address: 192.0.2.7, community: c, version: 4 }',
      '  - { id: b, address: 192.0.2.7, community: c, v3: { user: u, level: authPrv } }',
      '  - { id: c, address: 192.0.2.7, community: c }',
      'channels:',
      '  mail: { kind: smtp, host: 5 }',
      'notify: { hold: 4, order: [mail, mial] }',
      'notify: { hold: 4, order: [mail, mial], quietHours: "9-99" }',
    ].join('\n'),
  );
  expect(problems.map(({ line, code }) => `${line} ${code}`)).toEqual([
    '1 config/wrong-type',
    '1 config/not-valid',
    '3 config/device-address',
    '3 config/not-valid',
    '4 config/not-allowed',
    '5 config/duplicate-id',
    '5 config/not-allowed',
    ...['8 config/missing-key', '8 config/wrong-type'],
    ...['10 file/syntax', '10 config/wrong-type', '10 config/unknown-channel', '10 config/not-valid'],
  ]);
  const unknown = problems.find(({ code }) => code === 'config/unknown-channel');
  expect(unknown?.hint).toBe('did you mean "mail"?');
  expect(value.devices.map(({ id }) => id)).toEqual(['c']);
});

test.each([
  ['a bracket that is not closed', '  - { id: r-1, address: 192.0.2.1', 4],
  ['a quote that is not closed', "  - { id: 'r-1, address: 192.0.2.1 }", 4],
  ['a tab before a key', '  - id: r-1\n\t- id: r-2', 4],
])('%s hides no mistake in the keys before and behind', (_, devices, line) => {
  const text = `format: allclear/1\nsnmp: { interval: 60x }\ndevices:\n${devices}\nnonsense: 1\nlanguage: fr\n`;
  const { problems } = parseConfig('allclear.yaml', text);
  const codes = problems.map(({ code }) => code);
  expect(codes).toContain('file/syntax');
  expect(codes.filter((code) => code !== 'file/syntax')).toEqual([
    'config/not-valid',
    'config/unknown-key',
    'config/not-allowed',
  ]);
  const syntax = problems.find(({ code }) => code === 'file/syntax');
  expect(Math.abs((syntax?.line ?? 0) - line)).toBeLessThanOrEqual(1);
});

test('keys that lean on each other are not read apart', () => {
  const text = 'snmp: &half { interval: 60x }\ndevices:\n  - { id: r-1, address: 192.0.2.1\nspool: *half\n';
  expect(parseConfig('allclear.yaml', text).problems.every(({ code }) => code === 'file/syntax')).toBe(true);
});

test('how long a device may be silent is a whole length of time', () => {
  const device = (heartbeat: string): string =>
    `  - { id: r-${heartbeat}, address: r-1, heartbeat: ${heartbeat} }\n`;
  const { value, problems } = parseConfig(
    'allclear.yaml',
    `format: allclear/1\ndevices:\n${['15m', '2h', '30s', '0m'].map(device).join('')}`,
  );
  expect(value.devices.map(({ heartbeatMs }) => heartbeatMs)).toEqual([900_000, 7_200_000]);
  expect(problems.map(({ line, code }) => `${line} ${code}`)).toEqual(
    expect.arrayContaining(['5 config/not-valid', '6 config/not-valid']),
  );
});
