import { describe, expect, it } from 'vitest';
import { recordedRows } from '../../../src/edge/snmp/agent.ts';
import { parseSnmprec } from '../../../src/edge/snmp/snmprec.ts';

const read = (line: string) => parseSnmprec(line).rows[0]?.varbind.value;
const bytes = (...values: number[]) => ({ type: 'octets', bytes: Uint8Array.from(values) });

describe('a recording', () => {
  it('is put in numeric order, whatever the order of its lines', () => {
    const { rows } = parseSnmprec(
      '1.3.6.10|2|1\n1.3.6.9|2|1\n1.0.8802|2|1\n.1.3.6.200|2|1\n1.3.6.130.1|2|1\n',
    );
    expect(rows.map(({ varbind }) => varbind.oid)).toEqual([
      '1.0.8802',
      '1.3.6.9',
      '1.3.6.10',
      '1.3.6.130.1',
      '1.3.6.200',
    ]);
  });

  it('keeps the last of equal OIDs', () => {
    expect(parseSnmprec('1.3.6.1|2|1\n1.3.6.1|2|5\n').rows.map(({ varbind }) => varbind.value)).toEqual([
      { type: 'integer', number: 5 },
    ]);
  });

  it('leaves out blanked and broken lines and counts them', () => {
    const lines = [
      '1.3.10.xx|2|1',
      '1.3.6|4x|58ACXX',
      '# word',
      '1.3.6|40|1',
      '1.3.6|2|',
      '1.3.6|64|1.2.3',
      '',
      '1.3.7|2|1\r',
    ];
    expect(parseSnmprec(lines.join('\n'))).toMatchObject({
      skipped: 6,
      rows: [{ varbind: { oid: '1.3.7' } }],
    });
  });

  it.each<[string, object]>([
    ['1.3.6|2|-7', { type: 'integer', number: -7 }],
    ['1.3.6|4|a|b', bytes(0x61, 0x7c, 0x62)],
    ['1.3.6|4|', bytes()],
    ['1.3.6|4|\xff', bytes(0xff)],
    ['1.3.6|4x|00fF', bytes(0, 255)],
    ['1.3.6|4e|\\x07\\n\\\\+\\q', bytes(7, 10, 0x5c, 0x2b, 0x5c, 0x71)],
    ['1.3.6|5|', { type: 'null' }],
    ['1.3.6|6|.1.3.6.1', { type: 'oid', oid: '1.3.6.1' }],
    ['1.3.6|64|10.0.0.2', { type: 'ipAddress', address: '10.0.0.2' }],
    ['1.3.6|64x|0a000002', { type: 'ipAddress', address: '10.0.0.2' }],
    ['1.3.6|65|4294967295', { type: 'counter32', number: 4_294_967_295 }],
    ['1.3.6|66|1', { type: 'gauge32', number: 1 }],
    ['1.3.6|67|1', { type: 'timeticks', number: 1 }],
    ['1.3.6|68x|9f78', { type: 'opaque', bytes: Uint8Array.of(0x9f, 0x78) }],
    ['1.3.6|70|18446744073709551615', { type: 'counter64', bigint: 2n ** 64n - 1n }],
  ])('reads "%s"', (line, expected) => expect(read(line)).toEqual(expected));

  it('answers what comes next, also after an OID it does not hold', () => {
    const rows = recordedRows(parseSnmprec('1.3.6.1.1|2|1\n1.3.6.1.3|2|3\n1.3.6.2|2|4'));
    const next = (oid: string) => rows.next(oid)?.oid;
    expect(['1.3', '1.3.6.1.1', '1.3.6.1.2.9', '1.3.6.1.3', '1.3.6.2'].map(next)).toEqual([
      ...['1.3.6.1.1', '1.3.6.1.3', '1.3.6.1.3', '1.3.6.2', undefined],
    ]);
    expect(rows.get('1.3.6.1.3')?.value).toEqual({ type: 'integer', number: 3 });
  });
});
