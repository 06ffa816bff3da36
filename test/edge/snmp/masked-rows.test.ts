/** A masked recording still says what the device measured. */
import { expect, test } from 'vitest';
import { re2Pattern } from '../../../src/edge/files/re2-pattern.ts';
import { maskedRows } from '../../../src/edge/snmp/masked-rows.ts';
import { profileOf } from '../../support/polled-device.ts';

const T = '1.3.6.1.4.1.99999.7.1';
const profile = profileOf(`
id: test/texts
tables:
  plain:
    oid: ${T}
    object: { kind: sensor }
    metrics:
      - { col: 1, name: hw.temperature, unit: Cel, as: text }
`);

test.each([
  ['a number with its unit stays', `${T}.1.5`, '38.5 C', true],
  ['a number with an exponent stays', `${T}.1.5`, '1.23E-04', true],
  ['a number as long as a telephone number does not', `${T}.1.5`, '79161234567', false],
  ['a number where nothing is measured does not', `${T}.2.5`, '38.5 C', false],
  ["a number that is the system's name does not", '1.3.6.1.2.1.1.5.0', '38.5', false],
])('of texts %s', (_what, oid, text, stays) => {
  const { rows } = maskedRows([{ oid, value: { type: 'octets', bytes: new TextEncoder().encode(text) } }], {
    profiles: [profile],
    salt: new Uint8Array(32).fill(7),
  });
  const value = rows[0]?.value;
  const said = value?.type === 'octets' ? new TextDecoder().decode(value.bytes) : undefined;
  expect(said === text).toBe(stays);
});

test('a serial number within a text that says other things is replaced there and wherever else it stands, and nothing beside it', () => {
  const descr = '1.3.6.1.2.1.47.1.1.1.1.2';
  const within = profileOf(
    `
id: test/within
identity:
  serial: { first: [{ descr: 'SN: ?(\\S+)' }, { column: ${descr}, re: 'backplane SN:(\\S+)' }] }
`,
    re2Pattern,
  );
  const rows = [
    ['1.3.6.1.2.1.1.1.0', 'Card (MN: XX9630 HR: 05 SN: QA0712345678)'],
    [`${descr}.1`, 'Power Supply, backplane SN:BP77A1234'],
    [`${descr}.2`, 'Temperature QA0712345678'],
    [`${descr}.3`, 'Temperature Inlet'],
  ].map(([oid, text]) => ({
    oid: oid!,
    value: { type: 'octets' as const, bytes: new TextEncoder().encode(text) },
  }));
  const masked = maskedRows(rows, { profiles: [within], salt: new Uint8Array(32).fill(7) });
  const said = masked.rows.map(({ value }) =>
    value.type === 'octets' ? new TextDecoder().decode(value.bytes) : '',
  );
  expect(said.join('\n')).not.toMatch(/QA0712345678|BP77A1234/);
  expect(said[0]).toMatch(/^Card \(MN: XX9630 HR: 05 SN: /);
  expect(said[1]).toMatch(/^Power Supply, /);
  expect(said[3]).toBe('Temperature Inlet');
});
