import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import type { Varbind, VarbindValue } from '../../../src/collect/session.ts';
import { encodeOid } from '../../../src/edge/snmp/oid.ts';
import {
  encodeRequest,
  encodeResponse,
  encodeVarbind,
  MessageView,
  pduTag,
} from '../../../src/edge/snmp/pdu.ts';
import { anyOid, anyVarbinds, damaged } from './generated.ts';

const community = new TextEncoder().encode('reading');
const head = { version: 1, community, requestId: 1_073_741_825, errorStatus: 0, errorIndex: 0 } as const;
const response = (varbinds: readonly Varbind[]): Uint8Array =>
  encodeResponse({ ...head, varbinds: varbinds.map((varbind) => encodeVarbind(varbind)!) })!;

/** A response whose only value is these bytes, tag and length included. */
const responseWith = (value: readonly number[]): Uint8Array => {
  const name = [0x06, 0x03, 0x2b, 0x06, 0x01];
  const varbind = Uint8Array.from([0x30, name.length + value.length, ...name, ...value]);
  return encodeResponse({ ...head, varbinds: [varbind] })!;
};

function read(bytes: Uint8Array): (VarbindValue | undefined)[] | undefined {
  const view = new MessageView();
  if (!view.read(bytes)) return undefined;
  return Array.from({ length: view.count }, (_, i) => {
    expect(view.oid(i)).toMatch(/^[0-2](\.\d+)+$/);
    return view.value(i);
  });
}

describe('a message', () => {
  it('comes back with every value as it was', () => {
    fc.assert(
      fc.property(anyVarbinds, (varbinds) => {
        const view = new MessageView();
        expect(view.read(response(varbinds))).toBe(true);
        expect(view).toMatchObject({
          pduTag: pduTag.response,
          requestId: head.requestId,
          count: varbinds.length,
        });
        expect(view.hasCommunity(community)).toBe(true);
        expect(varbinds.map((_, i) => ({ oid: view.oid(i), value: view.value(i) }))).toEqual(varbinds);
      }),
    );
  });

  it('is refused as a request when no datagram could carry it', () => {
    const names = new Array<Uint8Array>(10_000).fill(encodeOid('1.3.6.1.2.1')!);
    const request = { version: 1, community, kind: 'get', requestId: 1, maxRepetitions: 0, names } as const;
    expect(encodeRequest(request)).toBeUndefined();
    expect(encodeRequest({ ...request, names: names.slice(0, 100) })).toBeDefined();
  });

  it('never throws and never reads what is not there, however it is damaged', () => {
    const random = seededRandom(20);
    const seeds = fc.sample(anyVarbinds, { numRuns: 60, seed: 7 }).map(response);
    let refused = 0;
    const rounds = 50_000;
    for (let round = 0; round < rounds; round++) {
      const bytes = damaged(seeds[round % seeds.length]!, random);
      if (read(bytes) === undefined) refused++;
    }
    expect(refused).toBeGreaterThan(rounds / 2);
    expect(refused).toBeLessThan(rounds);
  });

  it('is refused at every length shorter than its own', () => {
    const bytes = response([{ oid: '1.3.6.1', value: { type: 'octets', bytes: new Uint8Array(150) } }]);
    for (let length = 0; length < bytes.length; length++)
      expect(read(bytes.subarray(0, length))).toBeUndefined();
    expect(read(bytes)).toHaveLength(1);
  });

  it.each([
    ['the indefinite length form', [0x04, 0x80, 0x00, 0x00]],
    ['a length of five bytes', [0x04, 0x85, 0, 0, 0, 0, 1, 0x41]],
    ['a length beyond the end', [0x04, 0x7f, 0x41]],
    ['a tag of several bytes', [0x1f, 0x81, 0x01, 0x00]],
    ['a second value', [0x05, 0x00, 0x05, 0x00]],
  ])('is refused with %s', (_what, value) => expect(read(responseWith(value))).toBeUndefined());

  it.each([
    ['an empty INTEGER', [0x02, 0x00]],
    ['an INTEGER of nine significant bytes', [0x02, 0x09, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['a Counter32 of five significant bytes', [0x41, 0x05, 1, 0, 0, 0, 0]],
    ['a Counter64 of nine significant bytes', [0x46, 0x09, 1, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['an IpAddress of three bytes', [0x40, 0x03, 1, 2, 3]],
    ['an OID that ends inside a sub-identifier', [0x06, 0x02, 0x2b, 0x86]],
    ['an unknown type', [0x4f, 0x01, 0x00]],
  ])('has no value where it holds %s', (_what, value) =>
    expect(read(responseWith(value))).toEqual([undefined]),
  );

  it.each<[string, number[], VarbindValue]>([
    [
      'a Counter64 with its leading zero',
      [0x46, 9, 0, 255, 255, 255, 255, 255, 255, 255, 255],
      { type: 'counter64', bigint: 2n ** 64n - 1n },
    ],
    [
      'a Counter64 of eight bytes',
      [0x46, 8, 128, 0, 0, 0, 0, 0, 0, 1],
      { type: 'counter64', bigint: 2n ** 63n + 1n },
    ],
    [
      'a Gauge32 without its leading zero',
      [0x42, 4, 255, 255, 255, 255],
      { type: 'gauge32', number: 4_294_967_295 },
    ],
    ['an INTEGER padded with zeros', [0x02, 5, 0, 0, 0, 0, 7], { type: 'integer', number: 7 }],
    [
      'a negative INTEGER padded with ones',
      [0x02, 5, 255, 255, 255, 255, 254],
      { type: 'integer', number: -2 },
    ],
    [
      'a long length form of a short value',
      [0x04, 0x82, 0, 1, 0x41],
      { type: 'octets', bytes: Uint8Array.of(0x41) },
    ],
    ['an empty OID', [0x06, 0], { type: 'oid', oid: '0.0' }],
    ['an Opaque', [0x44, 2, 1, 2], { type: 'opaque', bytes: Uint8Array.of(1, 2) }],
  ])('is understood with %s', (_what, value, expected) => {
    expect(read(responseWith(value))).toEqual([expected]);
  });
});

interface PackageReader {
  readonly remain: number;
  readSequence(tag?: number): number;
  readString(): string;
  readInt(): number;
  readOID(): string;
  peek(): number;
}

describe('the net-snmp package as a reference', () => {
  const here = createRequire(import.meta.url);
  const { ObjectParser } = here('net-snmp') as {
    readonly ObjectParser: { readVarbindValue(reader: PackageReader, type: number): unknown };
  };
  // Its own encoder, found from where the package stands.
  const ber = createRequire(here.resolve('net-snmp'))('asn1-ber') as {
    readonly Ber: {
      readonly Reader: new (bytes: Buffer) => PackageReader;
      readonly Writer: new () => {
        startSequence(tag?: number): void;
        endSequence(): void;
        writeInt(value: number): void;
        writeString(value: string): void;
        writeOID(oid: string): void;
        writeNull(): void;
        readonly buffer: Buffer;
      };
    };
  };

  it('reads our responses as we wrote them', () => {
    fc.assert(
      fc.property(anyVarbinds, (varbinds) => {
        const reader = new ber.Ber.Reader(Buffer.from(response(varbinds)));
        reader.readSequence();
        expect(reader.readInt()).toBe(1);
        expect(reader.readString()).toBe('reading');
        reader.readSequence(pduTag.response);
        expect([reader.readInt(), reader.readInt(), reader.readInt()]).toEqual([head.requestId, 0, 0]);
        reader.readSequence();
        const theirs: { oid: string; value: unknown }[] = [];
        while (reader.remain > 0) {
          reader.readSequence();
          const oid = reader.readOID();
          theirs.push({ oid, value: ObjectParser.readVarbindValue(reader, reader.peek()) });
        }
        expect(theirs.map(({ oid, value }) => ({ oid, value: plain(value) }))).toEqual(
          varbinds.map(({ oid, value }) => ({ oid, value: expectedOf(value) })),
        );
      }),
    );
  });

  it('writes the same bytes of a request', () => {
    fc.assert(
      fc.property(
        fc.array(anyOid, { minLength: 1, maxLength: 15 }),
        fc.nat(0x7fff_ffff),
        (oids, requestId) => {
          const writer = new ber.Ber.Writer();
          writer.startSequence();
          writer.writeInt(1);
          writer.writeString('reading');
          writer.startSequence(pduTag.getBulk);
          for (const number of [requestId, 0, 20]) writer.writeInt(number);
          writer.startSequence();
          for (const oid of oids) {
            writer.startSequence();
            writer.writeOID(oid);
            writer.writeNull();
            writer.endSequence();
          }
          for (let depth = 0; depth < 3; depth++) writer.endSequence();
          const names = oids.map((oid) => encodeOid(oid)!);
          const ours = encodeRequest({
            version: 1,
            community,
            kind: 'getBulk',
            requestId,
            maxRepetitions: 20,
            names,
          });
          expect(Buffer.from(ours!).toString('hex')).toBe(shortestLengths(writer.buffer).toString('hex'));
        },
      ),
    );
  });
});

/** The package reserves three bytes for every length of a sequence; ours are the shortest, as DER would have them. */
function shortestLengths(bytes: Buffer): Buffer {
  const view = new MessageView();
  expect(view.read(bytes)).toBe(true);
  const again = (from: Buffer): Buffer => {
    const parts: Buffer[] = [];
    for (let at = 0; at < from.length; ) {
      const tag = from[at++]!;
      let length = from[at++]!;
      if (length >= 0x80) {
        const count = length & 0x7f;
        length = from.readUIntBE(at, count);
        at += count;
      }
      const content = from.subarray(at, at + length);
      at += length;
      const inner = (tag & 0x20) !== 0 ? again(content) : content;
      const size =
        inner.length < 128
          ? [inner.length]
          : inner.length < 256
            ? [0x81, inner.length]
            : [0x82, inner.length >> 8, inner.length & 255];
      parts.push(Buffer.from([tag, ...size]), inner);
    }
    return Buffer.concat(parts);
  };
  return again(bytes);
}

const plain = (value: unknown): unknown =>
  value instanceof Uint8Array
    ? Buffer.from(value)
        .toString('hex')
        .replace(/^(00)+(?=.)/, '')
    : value;

function expectedOf(value: VarbindValue): unknown {
  switch (value.type) {
    case 'counter64':
      return plain(Buffer.from(value.bigint.toString(16).padStart(16, '0'), 'hex'));
    case 'octets':
    case 'opaque':
      return plain(value.bytes);
    case 'oid':
      return value.oid;
    case 'ipAddress':
      return value.address;
    case 'integer':
    case 'gauge32':
    case 'counter32':
    case 'timeticks':
      return value.number;
    default:
      return null;
  }
}
