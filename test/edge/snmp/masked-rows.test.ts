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

const acme = profileOf(
  `
id: acme/olt
match: { sysObjectID: [1.3.6.1.4.1.99999.1], sysDescr: [OLT, Fastbox] }
identity: { vendor: Acme, hardware: { descr: '^(\\S+)' } }
tables:
  point:
    oid: ${T}
    only: { col: 3, re: '^Door[^.]*\\.Value$' }
    object: { kind: cabinet }
    states:
      - { col: 4, name: point.state, as: text, map: { Open: open, '*': other } }
`,
  re2Pattern,
);

function maskedTexts(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const rows = Object.entries(texts).map(([oid, text]) => ({
    oid,
    value: { type: 'octets' as const, bytes: new TextEncoder().encode(text) },
  }));
  const { rows: made } = maskedRows(rows, { profiles: [acme], salt: new Uint8Array(32).fill(3) });
  return Object.fromEntries(
    made.map(({ oid, value }) => [oid, value.type === 'octets' ? new TextDecoder().decode(value.bytes) : '']),
  );
}

const [descr, contact, name, place] = ['1', '4', '5', '6'].map((one) => `1.3.6.1.2.1.1.${one}.0`) as [
  string,
  string,
  string,
  string,
];

test.each([
  ['a name of a place and a role: the role stays', 'severnoe-olt', /^(?!severnoe)[a-z]{8}-olt$/],
  ['a name with a number', 'labdns01', /^(?!labdns)[a-z]{6}\d\d$/],
  ['a name in capitals', 'SEVER-OLT-1', /^(?!SEVER)[A-Z]{5}-OLT-1$/],
  ['words that name no product', 'Our northern tower', /^(?!Our|.*northern|.*tower)/],
])('a system described by somebody: %s', (_what, text, expected) => {
  expect(maskedTexts({ [descr]: text })[descr]).toMatch(expected);
});

test.each([
  ['a model', 'AX5516-06'],
  ['a model with a hyphen', 'PX-2000M'],
  ['a version that is no address', 'Fastbox OS version 4.20.12.1M of 2024-02-01 10:20:30'],
  ['a version before another', 'FB_V08.02.00.97, BOOTR: 1.2.3.4'],
  ['a word of a profile', 'fastbox'],
  ["the maker's own site", 'Acme OS, Version 15.2(7)E3, Support: http://www.acme.com/help'],
  ['a kernel', 'Linux 3.14.25 #1 SMP Thu Jun 16 18:19:37 EDT 2016 x86_64'],
])('what describes a product stays: %s', (_what, text) => {
  expect(maskedTexts({ [descr]: text, [name]: 'severnoe-olt' })[descr]).toBe(text);
});

test('a product description keeps nothing that the name, the place or the contact is made of', () => {
  const said = maskedTexts({
    [name]: 'olt-severnoe.isp.example',
    [place]: 'Lenina 5, Ozersk',
    [contact]: 'noc@isp.example',
    [descr]:
      'Acme Fastbox 7.2 at Severnoe, Ozersk; ask ivan@mail.example or +7 (916) 123-45-67, gw.isp.ru, S/N: QX77001234, 198.51.100.7',
    [`${T}.9.1`]: 'OLT-Severnoe',
  });
  expect(said[descr]).toMatch(/^Acme Fastbox 7\.2 at /);
  expect(Object.values(said).join('\n')).not.toMatch(
    /severnoe|ozersk|lenina|ivan|mail\.example|916|123-45|isp\.ru|77001234|198\.51/i,
  );
});

test('the name of a system that is the name of a product hides nothing', () => {
  expect(maskedTexts({ [name]: 'Fastbox', [descr]: 'Acme Fastbox 8.2.6' })[descr]).toBe('Acme Fastbox 8.2.6');
});

test('a text that a profile looks something up in is found in its masked form as well, without the rest of it', () => {
  const said = maskedTexts({
    [`${T}.3.1`]: 'Door Severnoe.Value',
    [`${T}.3.2`]: 'Severnoe room',
    [`${T}.4.1`]: 'Open',
  });
  expect(said[`${T}.3.1`]).toMatch(/^Door (?!Severnoe)\w{8}\.Value$/);
  expect(said[`${T}.3.2`]).not.toMatch(/Severnoe/);
  expect(said[`${T}.4.1`]).toBe('Open');
});
