import { describe, expect, it } from 'vitest';
import type { VarbindValue } from '../../src/collect/session.ts';
import { integer, text } from './device-of-rows.ts';
import { entry, labTable, other, readLab } from './lab.ts';

const bytes = (...octets: number[]): VarbindValue => ({ type: 'octets', bytes: Uint8Array.from(octets) });
const state = 'states: [{ col: 1, name: x.state, map: { 1: up, 2: down } }]';
const up = integer(1);

describe('the index of a row', () => {
  it.each([
    ['numbers', '{ slot: integer, port: integer }', '3.7', 'Port 3/7', "'Port {slot}/{port}'"],
    ['a MAC address', '{ mac: mac }', '0.17.34.170.187.204', '00:11:22:aa:bb:cc', "'{mac}'"],
    ['an IPv4 address', '{ peer: ipv4 }', '192.0.2.9', '192.0.2.9', "'{peer}'"],
    [
      'an Internet address',
      '{ peer: inetAddress }',
      '2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.5',
      '2001:db8::5',
      "'{peer}'",
    ],
    ['an address that counts its bytes', '{ peer: address }', '4.192.0.2.9', '192.0.2.9', "'{peer}'"],
    ['a text that counts itself', '{ word: string, n: integer }', '2.104.105.4', 'hi 4', "'{word} {n}'"],
    ['a text to the end', '{ word: impliedString }', '104.105', 'hi', "'{word}'"],
    ['an OID', '{ of: oid }', '3.1.3.6', '1.3.6', "'{of}'"],
    ['fixed bytes', "{ id: 'bytes(3)', n: integer }", '1.2.255.9', '0102ff 9', "'{id} {n}'"],
    [
      'a serial number in bytes',
      '{ serial: gponSerial }',
      '65.67.77.69.18.52.86.120',
      'ACME12345678',
      "'{serial}'",
    ],
    [
      'a serial number that counts its bytes',
      '{ serial: gponSerial }',
      '8.65.67.77.69.18.52.86.120',
      'ACME12345678',
      "'{serial}'",
    ],
    ['whatever is left', '{ n: integer, tail: rest }', '1.2.3', '1: 2.3', "'{n}: {tail}'"],
  ])('made of %s is taken apart', async (_what, index, row, name, template) => {
    const yaml = labTable(`index: ${index}, object: { kind: card, name: [${template}] }, ${state}`);
    const { objects } = await readLab(yaml, { [`${entry}.1.${row}`]: up });
    expect(objects.map(({ id, attributes }) => [id, attributes['name']])).toEqual([[`card/${row}`, name]]);
  });

  it('that is not made so is no row', async () => {
    const yaml = labTable(`index: { peer: ipv4 }, object: { kind: card }, ${state}`);
    expect((await readLab(yaml, { [`${entry}.1.1.2`]: up, [`${entry}.1.1.2.3.4.5`]: up })).objects).toEqual(
      [],
    );
  });

  it('makes numbers: slot and port of a terminal number of an OLT', async () => {
    const lets = "let: { slot: 'bits(ifIndex, 13, 6)', port: 'floor(ifIndex / 256) % 32' }";
    const object = "object: { kind: pon-port, name: ['GPON 0/{slot}/{port}'], parent: 'card/{slot}' }";
    const { objects } = await readLab(labTable(`index: { ifIndex: integer }, ${lets}, ${object}, ${state}`), {
      [`${entry}.1.4194312448`]: up,
    });
    expect(objects[0]).toMatchObject({ parent: 'card/1', attributes: { name: 'GPON 0/1/1' } });
  });
});

describe('a row', () => {
  it('takes cells of other tables by the same index, and by one of its own making', async () => {
    const attributes = `attributes: { port: { col: 2, as: number }, mac: { col: 3, as: mac }, label: { join: ${other}.1 }, ifName: { join: ${other}.2, by: '{port}' } }`;
    const metrics = `metrics: [{ join: ${other}.3, by: '{port}.{mac}', name: pon.distance, unit: m }]`;
    const { readings, objects } = await readLab(
      labTable(`object: { kind: ont, name: [ifName] }, ${attributes}, ${metrics}`),
      {
        [`${entry}.2.9`]: integer(4),
        [`${entry}.3.9`]: bytes(0, 1, 2, 3, 4, 255),
        [`${other}.1.9`]: text('of nine'),
        [`${other}.2.4`]: text('gpon-4'),
        [`${other}.2.9`]: text('another'),
        [`${other}.3.4.0.1.2.3.4.255`]: integer(1_200),
      },
    );
    expect(readings).toMatchObject([{ oid: `${other}.3.4.0.1.2.3.4.255`, object: 'ont/9', value: 1_200 }]);
    expect(objects[0]?.attributes).toMatchObject({ label: 'of nine', name: 'gpon-4' });
  });

  it('that is not of its kind is passed over', async () => {
    const only = 'only: [{ col: 2, is: [1, two] }, { index: n, not: [4] }]';
    const yaml = labTable(`index: { n: integer }, ${only}, object: { kind: card }, ${state}`);
    const kinds = {
      [`${entry}.2.1`]: integer(1),
      [`${entry}.2.2`]: text('two'),
      [`${entry}.2.3`]: integer(3),
      [`${entry}.2.4`]: integer(1),
    };
    const rows = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`${entry}.1.${n}`, up]));
    expect((await readLab(yaml, { ...kinds, ...rows })).objects.map(({ id }) => id)).toEqual([
      'card/1',
      'card/2',
    ]);
  });

  it('may be about an object of another kind, name, and number', async () => {
    const object =
      "object: { kind: module, kindBy: { col: 2, map: { 7: fan } }, id: 'tray-{n}', key: serial, parent: 'module/{above}' }";
    const attributes = 'attributes: { serial: { col: 3 }, above: { col: 4, as: number } }';
    const { objects } = await readLab(labTable(`index: { n: integer }, ${object}, ${attributes}, ${state}`), {
      ...{
        [`${entry}.1.1`]: up,
        [`${entry}.2.1`]: integer(7),
        [`${entry}.3.1`]: text('S1'),
        [`${entry}.4.1`]: integer(9),
      },
      ...{ [`${entry}.1.2`]: up, [`${entry}.4.2`]: integer(0) },
    });
    expect(objects).toMatchObject([
      { kind: 'fan', id: 'module/tray-1', key: 'S1', parent: 'module/9', state: 'up' },
      { kind: 'module', id: 'module/tray-2', state: 'up' },
    ]);
    expect(objects[1]?.parent).toBeUndefined();
  });

  it('of several tables is one object, whose names and states are put together', async () => {
    const yaml = `id: lab
tables:
  first: { oid: ${entry}, object: { kind: ont }, ${state} }
  second: { oid: ${other}, object: { kind: ont, name: [label] }, attributes: { label: { col: 1 } } }
`;
    const { objects } = await readLab(yaml, { [`${entry}.1.5`]: up, [`${other}.1.5`]: text('house 5') });
    expect(objects).toEqual([
      { kind: 'ont', id: 'ont/5', state: 'up', attributes: { label: 'house 5', name: 'house 5' } },
    ]);
  });

  it('about an interface gives readings of that interface and is no thing of its own', async () => {
    const yaml = labTable(
      "index: { port: integer, n: integer }, object: { kind: interface, is: 'interface/{port}' }, metrics: [{ col: 1, name: optical.rx, unit: 'dB[mW]' }]",
    );
    const { readings, objects } = await readLab(yaml, { [`${entry}.1.5.1`]: integer(-7) });
    expect(readings.map(({ object }) => object)).toEqual(['interface/5']);
    expect(objects).toEqual([]);
  });

  it('is made of each byte of a map of bytes', async () => {
    const yaml = labTable(
      "index: { pon: integer }, bytes: { col: 4, as: onu }, object: { kind: ont, name: ['{pon}/{onu}'], parent: 'pon-port/{pon}' }, only: { col: 0, not: [0] }, states: [{ col: 0, name: ont.state, map: { 5: up, 7: alarm } }]",
    );
    const { objects } = await readLab(yaml, { [`${entry}.4.2`]: bytes(5, 0, 7) });
    expect(objects.map(({ id, state, parent }) => [id, state, parent])).toEqual([
      ['ont/2.1', 'up', 'pon-port/2'],
      ['ont/2.3', 'alarm', 'pon-port/2'],
    ]);
  });

  it('is counted for what it hangs on, where one of many is online', async () => {
    const counts =
      "counts: [{ on: 'upstream/{above}', name: docsis.modems, unit: '{modem}' }, { on: 'upstream/{above}', name: docsis.modems.online, unit: '{modem}', where: { col: 9, is: [6] } }]";
    const { readings } = await readLab(labTable(`attributes: { above: { col: 5, as: number } }, ${counts}`), {
      ...{
        [`${entry}.5.1`]: integer(7),
        [`${entry}.9.1`]: integer(6),
        [`${entry}.5.2`]: integer(7),
        [`${entry}.9.2`]: integer(1),
      },
      ...{ [`${entry}.5.3`]: integer(8), [`${entry}.9.3`]: integer(1) },
    });
    expect(readings.map(({ object, metric, value }) => [object, metric, value])).toEqual([
      ['upstream/7', 'docsis.modems', 2],
      ['upstream/7', 'docsis.modems.online', 1],
      ['upstream/8', 'docsis.modems', 1],
      ['upstream/8', 'docsis.modems.online', 0],
    ]);
  });
});

describe('a state', () => {
  it.each<[string, string, VarbindValue, string | null]>([
    ['is the word for its number', 'map: { 1: up }', integer(1), 'up'],
    ['of a number that means nothing is none', 'map: { 1: up, -1: null }', integer(-1), null],
    ['of an unknown number is none', 'map: { 1: up }', integer(9), null],
    ['of any other number is the word for others', "map: { 1: up, '*': other }", integer(9), 'other'],
    [
      'of words goes by the word, however it is written',
      'as: text, map: { online: up }',
      text('OnLine '),
      'up',
    ],
    [
      'of a longer text goes by what the pattern finds',
      "as: text, re: 'state=([a-z]+)', map: { ok: up }",
      text('x state=ok;'),
      'up',
    ],
    [
      'of bits is that of the lowest that is set',
      'as: bits, map: { 1: los, 3: power }',
      bytes(0b0101_0000),
      'los',
    ],
    [
      'of bits goes by an order of its own',
      'as: bits, order: [3, 1], map: { 1: los, 3: power }',
      bytes(0b0101_0000),
      'power',
    ],
    [
      'of bits written as text is that of the bits',
      'as: bits, map: { 0: null, 2: critical, 12: minor }',
      text('00 08'),
      'minor',
    ],
    ['of no bit is the word for none', 'as: bits, none: fine, map: { 1: los }', bytes(0, 0), 'fine'],
    [
      'of an OID goes by the OID',
      "as: oid, map: { '1.3.6.1.7': low }",
      { type: 'oid', oid: '1.3.6.1.7' },
      'low',
    ],
  ])('%s', async (_what, how, raw, value) => {
    const { readings } = await readLab(
      labTable(`object: { kind: card }, states: [{ col: 1, name: x.state, ${how} }]`),
      {
        [`${entry}.1.7`]: raw,
      },
    );
    expect(readings).toMatchObject([{ metric: 'x.state', unit: '1', value }]);
  });

  it('beside another of the same cell is a word of the object', async () => {
    const states =
      'states: [{ col: 1, name: ont.state, map: { 3: down } }, { col: 1, name: ont.cause, map: { 3: dyingGasp } }]';
    const { readings, objects } = await readLab(labTable(`object: { kind: ont }, ${states}`), {
      [`${entry}.1.7`]: integer(3),
    });
    expect(readings.map(({ metric }) => metric)).toEqual(['ont.state']);
    expect(objects[0]).toMatchObject({ state: 'down', attributes: { 'ont.cause': 'dyingGasp' } });
  });
});

describe('an attribute', () => {
  it.each<[string, string, VarbindValue, string | number | undefined]>([
    ['is a text without padding', '', text('name \0\0'), 'name'],
    ['is a number', 'as: number', integer(7), 7],
    ['is the word for a number', 'as: number, map: { 7: seven }', integer(7), 'seven'],
    ['is what the pattern finds', "re: 'SN ([0-9]+)'", text('card SN 471'), '471'],
    ['is the number that the pattern finds', "re: '([0-9]+)', as: number", text('pon12'), 12],
    ['that the pattern does not fit is left out', "re: 'SN ([0-9]+)'", text('card'), undefined],
    ['is a MAC address', 'as: mac', bytes(0, 1, 2, 0xab, 0xcd, 0xef), '00:01:02:ab:cd:ef'],
    ['is an IP address', 'as: ip', bytes(192, 0, 2, 1), '192.0.2.1'],
    [
      'is a serial number of a terminal',
      'as: gponSerial',
      bytes(65, 67, 77, 69, 1, 2, 0xab, 0xcd),
      'ACME0102ABCD',
    ],
    [
      'is a time without a zone',
      'as: dateAndTime',
      bytes(7, 233, 11, 22, 21, 5, 9, 0),
      '2025-11-22T21:05:09',
    ],
    [
      'is a time with its zone',
      'as: dateAndTime',
      bytes(7, 233, 11, 22, 21, 5, 9, 0, 43, 3, 0),
      '2025-11-22T21:05:09+03:00',
    ],
    ['of a time that never was is left out', 'as: dateAndTime', bytes(0, 0, 0, 0, 0, 0, 0, 0), undefined],
    ['is a list of bits', 'as: bits', bytes(0b1000_0001), '0 7'],
    ['is hexadecimal', 'as: hex', bytes(1, 0xfe), '01fe'],
    ['is an id in words', 'as: id', text('Ethernet1/1'), 'Ethernet1/1'],
    ['is an id that is an address', 'as: id', bytes(0, 1, 2, 3, 4, 5), '00:01:02:03:04:05'],
  ])('%s', async (_what, how, raw, value) => {
    const column = how === '' ? '' : `, ${how}`;
    const yaml = labTable(`object: { kind: card }, attributes: { told: { col: 2${column} } }, ${state}`);
    const { objects } = await readLab(yaml, { [`${entry}.1.7`]: up, [`${entry}.2.7`]: raw });
    expect(objects[0]?.attributes['told']).toBe(value);
  });
});
