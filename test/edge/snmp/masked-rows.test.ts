/** A masked recording still says what the device measured. */
import { expect, test } from 'vitest';
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
