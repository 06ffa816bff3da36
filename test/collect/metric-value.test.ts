import { describe, expect, it } from 'vitest';
import type { VarbindValue } from '../../src/collect/session.ts';
import { counter64, gauge, integer, text } from './device-of-rows.ts';
import { entry, labTable, readLab, readMetric } from './lab.ts';

const volts = 'name: hw.voltage, unit: V';
const light = "name: optical.rx, unit: 'dB[mW]'";
const bytes = (...octets: number[]): VarbindValue => ({ type: 'octets', bytes: Uint8Array.from(octets) });
const opaque = (...octets: number[]): VarbindValue => ({ type: 'opaque', bytes: Uint8Array.from(octets) });

describe('a metric', () => {
  it.each<[string, string, VarbindValue, number | string | null]>([
    ['is scaled exactly', `${volts}, scale: 0.01`, integer(267), 2.67],
    ['is moved by an offset', `${volts}, scale: 0.1, offset: -40`, integer(655), 25.5],
    [
      'is what its arithmetic makes of the raw value',
      `${light}, expr: '(v - 10000) / 100'`,
      integer(8_000),
      -20,
    ],
    ['of millivolts that an agent calls volts is null', volts, integer(5_142), null],
    [
      'of an unsigned word that ran below zero is null',
      "name: hw.fan_speed, unit: '{rev}/min'",
      gauge(4_294_944_255),
      null,
    ],
    ['of an ONT in steps of 0.002 dB is a level', `${light}, expr: 'v * 0.002 - 30'`, integer(5_000), -20],
    ['of a signed number in 16 bits is negative', `${light}, as: signed16, scale: 0.1`, integer(65_336), -20],
    [
      'of a signed number in a gauge is negative',
      `${light}, as: signed32, scale: 0.01`,
      gauge(4_294_965_296),
      -20,
    ],
    [
      'of a float in an integer is the float',
      'name: x.ber, unit: "1", as: float32',
      integer(997_830_962),
      0.00381,
    ],
    [
      'of a float in an opaque is the float',
      'name: x.load, unit: "1"',
      opaque(0x9f, 0x78, 4, 0x3f, 0x80, 0, 0),
      1,
    ],
    [
      'of a double in an opaque is the double',
      'name: x.load, unit: "1"',
      opaque(0x9f, 0x79, 8, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0),
      1.5,
    ],
    ['of a text is its first number', `${volts}, as: text`, text('about 3.31 V, fine'), 3.31],
    ['of a text with a decimal comma is the number', `${volts}, as: text`, text('3,31 V'), 3.31],
    ['of a text with an exponent is the number', 'name: x.ber, unit: "1", as: text', text('1.5e-03'), 0.0015],
    ['of a text at the end of its scale is none', `${light}, as: text`, text('<-40'), null],
    ['of a text with words only is none', `${light}, as: text`, text('No Power'), null],
    [
      'of a text is what its pattern finds',
      `${light}, re: '\\((-?[0-9.]+) dBm'`,
      text('0.03 mW (-14.61 dBm)'),
      -14.61,
    ],
    [
      'of a text that its pattern does not fit is none',
      `${light}, re: '\\((-?[0-9.]+) dBm'`,
      text('off'),
      null,
    ],
    ['of a list is the number of its lane', `${light}, lane: 2, scale: 0.01`, text('-210,-345,-99'), -3.45],
    ['of a list without that lane is none', `${light}, lane: 4`, text('-2,-3'), null],
    ['of hexadecimal digits is the number', 'name: x.code, unit: "1", as: hex', text('0x1F'), 31],
    ['of octets is the number they make', 'name: x.octets, unit: By, as: bytes', bytes(1, 0, 2), 65_538],
    ['of milliwatts is a level', `${light}, convert: mW-to-dBm, scale: 0.0001`, integer(31), -25.086],
    ['of microwatts is a level', `${light}, convert: uW-to-dBm`, integer(536), -2.708],
    ['of tenths of a microwatt is a level', `${light}, convert: tenth-uW-to-dBm`, integer(1), -40],
    ['of watts is a level', `${light}, convert: W-to-dBm, scale: 0.001`, integer(1), 0],
    ['of no power is none', `${light}, convert: uW-to-dBm`, integer(0), null],
    ['is microwatts when it is positive', `${light}, convert: dBm-or-uW, scale: 0.01`, integer(536), -2.708],
    ['is a level when it is negative', `${light}, convert: dBm-or-uW, scale: 0.01`, integer(-271), -2.71],
    ['of Fahrenheit is Celsius', 'name: hw.temperature, unit: Cel, convert: F-to-Cel', integer(77), 25],
    [
      'above 2^53 is an exact text',
      'name: x.octets, unit: By, kind: counter',
      counter64(18_446_744_073_709_551_615n),
      '18446744073709551615',
    ],
  ])('%s', async (_what, metric, raw, value) => {
    expect((await readMetric(metric, raw))?.value).toBe(value);
  });

  it.each<[string, string, VarbindValue, string]>([
    ['a sentinel', `${volts}, null: [2147483647]`, integer(2_147_483_647), 'sentinel'],
    [
      'a sentinel that means darkness',
      `${light}, null: [-10000], absent: no-light`,
      integer(-10_000),
      'no-light',
    ],
    ['a word that means nothing', `${volts}, as: text, nullText: ['n/a']`, text('N/A'), 'sentinel'],
    ['no light', `${light}, convert: mW-to-dBm`, integer(0), 'no-light'],
    ['a level below what any receiver sees', `${light}, scale: 0.01`, integer(-9_900), 'no-light'],
    ['a level that would burn', `${light}, range: [-100, 100]`, integer(45), 'out-of-range'],
    ['a value outside its range', `${volts}, range: [0, 5]`, integer(9), 'out-of-range'],
    ['a temperature that nothing has', 'name: hw.temperature, unit: Cel', integer(1_000), 'out-of-range'],
    ['more than any bus bar carries', 'name: hw.current, unit: mA', integer(30_000_000), 'out-of-range'],
    ['a laser that gives current', 'name: optical.bias, unit: mA', integer(-32_768), 'out-of-range'],
    ['a word at its end', 'name: radio.distance, unit: m', integer(2_147_483_647), 'sentinel'],
    ['a latched gauge of an instrument', 'name: hw.power, unit: W', gauge(4_294_967_295), 'sentinel'],
    [
      'a noise ratio that is none',
      'name: optical.snr, unit: dB, scale: 0.1',
      integer(65_535),
      'out-of-range',
    ],
    ['a word of light that is all ones', `${light}, convert: tenth-uW-to-dBm`, integer(65_535), 'no-light'],
    ['more than all of a processor', "name: system.cpu.utilization, unit: '%'", integer(101), 'out-of-range'],
  ])('is null for %s, says why and keeps what was sent', async (_what, metric, raw, absent) => {
    const reading = await readMetric(metric, raw);
    expect(reading).toMatchObject({ value: null, absent });
    expect(reading?.raw).toBe(raw.type === 'octets' ? 'N/A' : (raw as { number: number }).number);
  });

  it.each(['By', 'bit/s', 's', '{packet}', '1'])('of %s may fill its word', async (unit) => {
    expect((await readMetric(`name: x, unit: "${unit}"`, gauge(4_294_967_295)))?.value).toBe(4_294_967_295);
  });

  it('is absent while the unit is offline, not zero', async () => {
    const metric = `${light}, nullWhen: { col: 3, is: [2] }`;
    expect(await readMetric(metric, integer(0), { [`${entry}.3.7`]: integer(2) })).toMatchObject({
      value: null,
      absent: 'offline',
    });
    expect((await readMetric(metric, integer(-3), { [`${entry}.3.7`]: integer(1) }))?.value).toBe(-3);
  });

  it('is multiplied and divided by other cells of its row, and is none without them', async () => {
    const beside = { [`${entry}.2.7`]: integer(4_096), [`${entry}.3.7`]: integer(-100) };
    expect((await readMetric('name: x, unit: By, times: 2', integer(3), beside))?.value).toBe(12_288);
    expect((await readMetric('name: x, unit: "1", divideBy: 2', integer(8_192), beside))?.value).toBe(2);
    expect((await readMetric('name: x, unit: "1", scaleBy: 3', integer(250), beside))?.value).toBe(2.5);
    const precise = { [`${entry}.2.7`]: integer(4) };
    expect((await readMetric('name: x, unit: "1", decimals: 2', integer(250), precise))?.value).toBe(0.025);
    expect(await readMetric('name: x, unit: By, times: 2', integer(3))).toMatchObject({
      value: null,
      absent: 'no-such',
    });
  });

  it('exists only in rows of its kind, and has the name of its kind', async () => {
    const metrics =
      "metrics: [{ col: 2, name: hw.temperature, unit: Cel, where: { col: 1, re: '^degree' } }," +
      ' { col: 2, nameBy: { index: kind, map: { 5: hw.voltage } }, unit: V, where: [{ col: 1, is: [volt] }, { index: kind, not: [6] }] }]';
    const { readings } = await readLab(
      labTable(`index: { kind: integer }, object: { kind: sensor }, ${metrics}`),
      {
        [`${entry}.1.4`]: text('degree C'),
        [`${entry}.2.4`]: integer(21),
        [`${entry}.1.5`]: text('volt'),
        [`${entry}.2.5`]: integer(48),
        [`${entry}.1.6`]: text('volt'),
        [`${entry}.2.6`]: integer(49),
      },
    );
    expect(readings.map(({ object, metric, value }) => [object, metric, value])).toEqual([
      ['sensor/4', 'hw.temperature', 21],
      ['sensor/5', 'hw.voltage', 48],
    ]);
  });

  it.each([
    ['3.9', 21],
    ['V4.1', 2.1],
    ['4', 2.1],
    [undefined, undefined],
  ])('of version %s reads the variant for that version', async (version, value) => {
    const metrics =
      "metrics: [{ col: 1, name: hw.temperature, unit: Cel, if: { version: { below: '4' } } }," +
      " { col: 1, name: hw.temperature, unit: Cel, scale: 0.1, if: { version: { from: '4' } } }]";
    const yaml = labTable(`object: { kind: sensor }, ${metrics}`, '{ version: { get: 1.3.6.1.4.1.99.9.0 } }');
    const rows = { [`${entry}.1.7`]: integer(21) };
    const told = version === undefined ? {} : { '1.3.6.1.4.1.99.9.0': text(version) };
    const { readings } = await readLab(yaml, { ...rows, ...told });
    expect(readings[0]?.value).toBe(value);
  });

  it('of several lanes is a reading each, absent where a lane is dark', async () => {
    const yaml = labTable(
      `object: { kind: transceiver }, metrics: [{ col: 1, ${light}, lanes: true, scale: 0.01 }]`,
    );
    const { readings } = await readLab(yaml, { [`${entry}.1.7`]: text('-210,-345,-9900') });
    expect(readings.map(({ object, value }) => [object, value])).toEqual([
      ['transceiver/7/1', -2.1],
      ['transceiver/7/2', -3.45],
      ['transceiver/7/3', null],
    ]);
  });

  it('brings the limits that the device itself sends, in its own unit', async () => {
    const metric = `${light}, convert: uW-to-dBm, limits: { high: { major: { col: 2 } }, low: { minor: { col: 3 } } }`;
    const reading = await readMetric(metric, integer(100), {
      [`${entry}.2.7`]: integer(1_000),
      [`${entry}.3.7`]: integer(0),
    });
    expect(reading).toMatchObject({ value: -10, limits: { high: { major: 0 } } });
    expect(reading?.limits?.low).toBeUndefined();
  });

  it('shares no place with another: the first one holds', async () => {
    const yaml = labTable(
      `object: { kind: sensor }, metrics: [{ col: 1, ${volts} }, { col: 1, name: hw.current, unit: A }]`,
    );
    const { readings } = await readLab(yaml, { [`${entry}.1.7`]: integer(5) });
    expect(readings.map(({ metric }) => metric)).toEqual(['hw.voltage']);
  });

  it('of a later table takes the place of the coarser one', async () => {
    const yaml = `id: lab
tables:
  coarse: { oid: ${entry}, object: { kind: ups }, metrics: [{ col: 1, name: ups.charge, unit: '%' }] }
  fine: { oid: 1.3.6.1.4.1.99.3, object: { kind: ups }, metrics: [{ col: 1, name: ups.charge, unit: '%', scale: 0.1, replaces: true }] }
`;
    const rows = { [`${entry}.1.0`]: integer(99), '1.3.6.1.4.1.99.3.1.0': integer(987) };
    const { readings } = await readLab(yaml, rows);
    expect(readings.map(({ oid, value }) => [oid, value])).toEqual([['1.3.6.1.4.1.99.3.1.0', 98.7]]);
  });
});
