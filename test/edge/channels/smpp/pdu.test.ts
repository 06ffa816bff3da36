import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Frames } from '../../../../src/edge/channels/smpp/frames.ts';
import { type Pdu, readPdu, tags, writePdu } from '../../../../src/edge/channels/smpp/pdu.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));

test('a bind is written as section 4.1.5 of the standard lays it out', () => {
  const bind = {
    ...({ kind: 'bind_transceiver', systemId: 'SMPP3TEST', password: 'secret08' } as const),
    ...{ systemType: 'SUBMIT1', status: 0, sequence: 1 },
  };
  expect(writePdu(bind)).toEqual(
    hex(`0000002F 00000009 00000000 00000001
      534D50503354455354 00 7365637265743038 00 5355424D495431 00 34 00 00 00`),
  );
});

test('a submit is written field by field as section 4.4.1 lays it out', () => {
  const submit: Pdu = {
    ...({ kind: 'submit_sm', serviceType: '', validity: '000000010000000R' } as const),
    ...{ source: { ton: 5, npi: 0, address: 'ISP' }, destination: { ton: 1, npi: 1, address: '79001' } },
    ...{ esmClass: 0, registeredDelivery: 1, dataCoding: 8, shortMessage: hex('0414 0430'), status: 0 },
    ...{ sequence: 0x01020304, optional: new Map([[tags.userMessageReference, hex('ABCD')]]) },
  };
  expect(writePdu(submit)).toEqual(
    hex(`00000043 00000004 00000000 01020304 00 0500 49535000 0101 373930303100 00 00 00 00
      30303030303030313030303030303052 00 01 00 08 00 04 04140430 0204 0002 ABCD`),
  );
  expect(readPdu(writePdu(submit))).toEqual({ kind: 'pdu', pdu: submit });
});

const text = (most: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'09AZaz+-_ é'), maxLength: most });
const octet = fc.nat(255);
const address = fc.record({ ton: octet, npi: octet, address: text(20) });
const optional = fc
  .array(fc.tuple(fc.constantFrom(...Object.values(tags)), fc.uint8Array({ maxLength: 400 })), {
    maxLength: 5,
  })
  .map((pairs) => new Map(pairs) as ReadonlyMap<number, Uint8Array>);
const parties = { serviceType: text(5), source: address, destination: address };
const flags = { esmClass: octet, registeredDelivery: octet, dataCoding: octet, optional };
const heading = { status: fc.nat(0xffff_ffff), sequence: fc.nat(0xffff_ffff) };
const pdus: fc.Arbitrary<Pdu> = fc.oneof(
  fc.record({
    ...{ kind: fc.constant('bind_transceiver' as const), systemId: text(15), password: text(8) },
    ...{ systemType: text(12), ...heading },
  }),
  fc.record({ kind: fc.constant('bind_transceiver_resp' as const), systemId: text(15), ...heading }),
  fc.record({
    ...{ kind: fc.constantFrom('submit_sm' as const, 'deliver_sm' as const), ...parties, ...flags },
    ...{ validity: text(16), shortMessage: fc.uint8Array({ maxLength: 254 }), ...heading },
  }),
  fc.record({ kind: fc.constant('data_sm' as const), ...parties, ...flags, ...heading }),
  fc.record({
    kind: fc.constantFrom('submit_sm_resp' as const, 'deliver_sm_resp' as const, 'data_sm_resp' as const),
    ...{ messageId: text(64), ...heading },
  }),
  fc.record({
    kind: fc.constantFrom(
      ...(['generic_nack', 'unbind', 'unbind_resp', 'enquire_link', 'enquire_link_resp'] as const),
    ),
    ...heading,
  }),
);

test('what is written is read again, however the network cuts it', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1 });
  fc.assert(
    fc.property(fc.array(pdus, { maxLength: 6 }), cuts, (sent, lengths) => {
      const wire = new Uint8Array(Buffer.concat(sent.map(writePdu)));
      const frames = new Frames();
      const got: Pdu[] = [];
      for (let at = 0, i = 0; at < wire.length; i++) {
        const length = lengths[i % lengths.length]!;
        const { frames: whole, isBroken } = frames.push(wire.subarray(at, at + length));
        expect(isBroken).toBe(false);
        for (const frame of whole) {
          const read = readPdu(frame);
          if (read.kind === 'pdu') got.push(read.pdu);
        }
        at += length;
      }
      expect(got.map(plain)).toEqual(sent.map(plain));
    }),
  );
});

const plain = (pdu: Pdu): unknown =>
  JSON.parse(
    JSON.stringify(pdu, (_key, value: unknown) => {
      if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
      return value instanceof Map ? [...(value as Map<number, unknown>)] : value;
    }),
  );

test('every cut and every changed octet gives a value, never an exception', () => {
  fc.assert(
    fc.property(pdus, fc.nat(), fc.nat(), octet, (pdu, cut, place, value) => {
      const whole = writePdu(pdu);
      const changed = whole.slice();
      changed[place % changed.length] = value;
      const short = whole.slice(0, 16 + (cut % (whole.length - 15)));
      for (const octets of [changed, short])
        expect(['pdu', 'unknown', 'damaged']).toContain(readPdu(octets).kind);
    }),
  );
});

test('chance octets behind any header give a value, never an exception', () => {
  const body = fc.uint8Array({ maxLength: 200 });
  const known = fc.constantFrom(0, 4, 5, 6, 9, 0x15, 0x103, 0x80000004, 0x80000005, 0x80000009, 0xffffffff);
  fc.assert(
    fc.property(known, body, (id, octets) => {
      const frame = new Uint8Array(16 + octets.length);
      new DataView(frame.buffer).setUint32(4, id);
      frame.set(octets, 16);
      expect(readPdu(frame).kind).toMatch(/^(pdu|unknown|damaged)$/);
    }),
  );
});

test('a length that cannot be right ends the reading, and nothing is kept of it', () => {
  for (const length of ['00000000', '0000000F', '00010500', 'FFFFFFFF', '47455420'])
    expect(new Frames().push(hex(`${length} 00000015`))).toEqual({ frames: [], isBroken: true });
});

test('an answer of refusal may come without its body', () => {
  expect(readPdu(hex('00000010 80000004 00000058 00000007'))).toEqual({
    kind: 'pdu',
    pdu: { kind: 'submit_sm_resp', messageId: '', status: 0x58, sequence: 7 },
  });
});

test('what this program does not know is told from what is damaged', () => {
  expect(readPdu(hex('00000010 00000003 00000000 00000009'))).toEqual({
    ...{ kind: 'unknown', isRequest: true, status: 0, sequence: 9 },
  });
  expect(readPdu(hex('00000012 80000004 00000000 0000000A 4142'))).toEqual({
    ...{ kind: 'damaged', isRequest: false, status: 0, sequence: 10 },
  });
});

test('nothing in a text of ours can end its field early', () => {
  const bind = { kind: 'bind_transceiver', systemId: 'a\0b', password: 'пароль', systemType: '' } as const;
  expect(readPdu(writePdu({ ...bind, status: 0, sequence: 1 }))).toMatchObject({
    pdu: { systemId: 'a', password: '??????' },
  });
});
