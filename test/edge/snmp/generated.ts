/** Arbitrary variable bindings and seeded damage to messages, for properties of the encoding. */
import fc from 'fast-check';
import type { Random } from '../../../src/base/random.ts';
import type { Varbind, VarbindValue } from '../../../src/collect/session.ts';

const unsigned32 = fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 0xffff_ffff }));
const bytes = fc.uint8Array({ maxLength: 200 });

export const anyOid = fc
  .tuple(fc.nat(2), fc.nat(39), fc.array(unsigned32, { minLength: 1, maxLength: 20 }))
  .map(([first, second, rest]) => [first, second, ...rest].join('.'));

const anyValue: fc.Arbitrary<VarbindValue> = fc.oneof(
  fc.record({ type: fc.constant('integer' as const), number: fc.integer() }),
  fc.record({
    type: fc.constantFrom('gauge32' as const, 'counter32' as const, 'timeticks' as const),
    number: unsigned32,
  }),
  fc.record({ type: fc.constant('counter64' as const), bigint: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
  fc.record({ type: fc.constant('octets' as const), bytes }),
  fc.record({ type: fc.constant('oid' as const), oid: anyOid }),
  fc.record({ type: fc.constant('ipAddress' as const), address: fc.ipV4() }),
  fc.record({
    type: fc.constantFrom(
      'null' as const,
      'noSuchObject' as const,
      'noSuchInstance' as const,
      'endOfMibView' as const,
    ),
  }),
);

export const anyVarbinds: fc.Arbitrary<Varbind[]> = fc.array(fc.record({ oid: anyOid, value: anyValue }), {
  maxLength: 20,
});

const nastyBytes = [0, 1, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x88, 0xff, 0x30, 0x02, 0x06, 0x1f, 0xa2, 0xa4, 0x46];

/** One to four injuries: lengths, tags, truncation, repetition, insertion. */
export function damaged(message: Uint8Array, random: Random): Uint8Array {
  let bytes = Array.from(message);
  for (let turns = 1 + random.below(4); turns > 0; turns--) {
    const at = random.below(Math.max(1, bytes.length));
    const nasty = nastyBytes[random.below(nastyBytes.length)]!;
    switch (random.below(7)) {
      case 0:
        bytes[at] = nasty;
        break;
      case 1:
        bytes[at] = random.below(256);
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3:
        bytes.splice(at, 1 + random.below(4));
        break;
      case 4:
        bytes.splice(at, 0, ...new Array<number>(1 + random.below(12)).fill(nasty));
        break;
      case 5:
        bytes.splice(at, 0, ...bytes.slice(at, at + 1 + random.below(30)));
        break;
      default:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    }
  }
  return Uint8Array.from(bytes);
}
