// DNS messages between wire and data: compression, EDNS, every type that is compared, and bytes nobody should trust.
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { type DnsMessage, decodeDns, encodeDns, noFlags } from '../../../src/edge/probe/dns-message.ts';
import { canonicalName, writeName } from '../../../src/edge/probe/dns-names.ts';
import { canonicalData, dnsTypes } from '../../../src/edge/probe/dns-records.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));

const decoded = (bytes: Uint8Array): DnsMessage => {
  const message = decodeDns(bytes);
  if ('bad' in message) throw new Error(message.bad);
  return message;
};

const whyNot = (bytes: Uint8Array): string | undefined => {
  const message = decodeDns(bytes);
  return 'bad' in message ? message.bad : undefined;
};

const message = (fields: Partial<DnsMessage> = {}): DnsMessage => ({
  id: 0x1234,
  isResponse: true,
  opcode: 0,
  flags: { ...noFlags, recursionDesired: true, recursionAvailable: true },
  rcode: 0,
  questions: [{ name: 'isp.example', type: dnsTypes.A }],
  answers: [],
  authorities: [],
  additionals: [],
  edns: undefined,
  ...fields,
});

/** Header of a response with one question and as many answers, then the question for isp.example. */
const head = (answers: number): string =>
  `1234 8180 0001 ${answers.toString(16).padStart(4, '0')} 0000 0000 03697370 076578616d706c65 00 0001 0001`;

describe('names', () => {
  test('a compressed name is followed to where its labels stand', () => {
    // www + pointer to 12
    const { answers } = decoded(hex(`${head(1)} 03777777 c00c 0001 0001 0000003c 0004 c0000201`));
    expect(answers).toEqual([{ name: 'www.isp.example', type: 1, ttl: 60, data: '192.0.2.1' }]);
  });

  test('letters are compared without case, points and unprintable bytes within labels are escaped', () => {
    expect(canonicalName('WWW.Isp.Example.')).toBe('www.isp.example');
    expect(canonicalName('a\\.b.isp')).toBe('a\\.b.isp');
    expect(canonicalName('a\\000b.isp')).toBe('a\\000b.isp');
    expect(canonicalName('.')).toBe('.');
  });

  test.each([`${'x'.repeat(64)}.isp`, 'a..b', Array(64).fill('abcd').join('.'), 'с.рф', 'a\\999.b'])(
    '%s is no name',
    (name) => {
      expect(() => writeName(name)).toThrow();
    },
  );

  test('a pointer that leads to itself, forward or round in a circle is refused', () => {
    const tail = '0001 0001 00000000 0004 00000000';
    expect(whyNot(hex(`${head(1)} c01d ${tail}`))).toBe('a pointer leads forward');
    expect(whyNot(hex(`${head(1)} c0ff ${tail}`))).toBe('a pointer leads forward');
    // a label, then a pointer back to that label
    expect(whyNot(hex(`${head(1)} 0161 c01d ${tail}`))).toBe('a pointer leads forward');
  });

  test('a name that is nothing but pointers to pointers is refused after as many as a name can have', () => {
    // The data of a NULL record holds the chain, each pointer to the one before; the name of the next record begins at its end.
    const pointers = Array.from({ length: 200 }, (_, i) =>
      (0xc000 | (i === 0 ? 12 : 23 + 2 * (i - 1))).toString(16),
    );
    const chain = `00 000a 0001 00000000 0190 ${pointers.join('')}`;
    const last = (0xc000 | (23 + 2 * 199)).toString(16);
    const message = `1234 8180 0000 0002 0000 0000 ${chain} ${last} 0001 0001 00000000 0004 7f000001`;
    expect(whyNot(hex(message))).toBe('too many pointers in a name');
  });

  test('a name of too many labels behind pointers is refused at 255 bytes', () => {
    const label = `3f${'61'.repeat(63)}`;
    expect(whyNot(hex(`1234 8180 0001 0000 0000 0000 ${label.repeat(4)} 00 0001 0001`))).toBe(
      'a name is too long',
    );
  });
});

describe('records', () => {
  test.each([
    ['A', '192.0.2.7', '192.0.2.7'],
    ['AAAA', '2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['AAAA', '::', '::'],
    ['AAAA', '2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'],
    ['NS', 'NS1.Isp.Example.', 'ns1.isp.example'],
    ['MX', '10 Mail.Isp.Example', '10 mail.isp.example'],
    ['SOA', 'ns1.isp.example hostmaster.isp.example 2026010101 3600 600 86400 300', undefined],
    ['TXT', 'v=spf1 -all', undefined],
    ['TXT', 'x'.repeat(600), undefined],
    ['DS', '3dce0d02', undefined],
  ] as const)('%s %s has one form', (type, written, form) => {
    const canonical = canonicalData(dnsTypes[type], written);
    expect(canonical).toBe(form ?? written);
    const answers = [{ name: 'isp.example', type: dnsTypes[type], ttl: 5, data: canonical }];
    expect(decoded(encodeDns(message({ answers }))).answers).toEqual(answers);
  });

  test.each([
    ['A', '192.0.2'],
    ['A', '192.0.2.256'],
    ['AAAA', '2001:db8'],
    ['AAAA', '1::2::3'],
    ['AAAA', '1:2:3:4:5:6:7:8::'],
    ['MX', 'mail'],
    ['SOA', 'ns1 host 1 2 3'],
    ['DS', 'xyz'],
  ] as const)('%s %s is refused', (type, written) => {
    expect(() => canonicalData(dnsTypes[type], written)).toThrow();
  });
});

describe('messages', () => {
  test('flags, an extended rcode and EDNS come back as they were', () => {
    const flags = {
      ...noFlags,
      authoritative: true,
      truncated: true,
      authentic: true,
      checkingDisabled: true,
    };
    const sent = message({ flags, rcode: 23, edns: { udpSize: 1_232, dnssec: true } });
    expect(decoded(encodeDns(sent))).toEqual(sent);
  });

  test('every cut of a sound message is refused', () => {
    const whole = encodeDns(
      message({
        answers: [{ name: 'isp.example', type: dnsTypes.SOA, ttl: 1, data: 'a.b c.d 1 2 3 4 5' }],
        additionals: [{ name: 'ns.isp.example', type: dnsTypes.TXT, ttl: 1, data: 'text' }],
        edns: { udpSize: 512, dnssec: false },
      }),
    );
    for (let length = 0; length < whole.length; length++)
      expect(whyNot(whole.subarray(0, length)), `${length} bytes`).toBeDefined();
  });

  test('more records than any answer has are refused before they are read', () => {
    expect(whyNot(hex('1234 8180 0001 ffff ffff ffff'))).toBe('too many records');
    expect(whyNot(hex('1234 8180 ffff 0000 0000 0000'))).toBe('too many records');
  });

  test('20,000 damaged messages are answered with a value each', () => {
    const random = seededRandom(7);
    const sound = encodeDns(
      message({
        answers: [
          { name: 'isp.example', type: dnsTypes.MX, ttl: 1, data: '5 mail.isp.example' },
          { name: 'isp.example', type: dnsTypes.AAAA, ttl: 1, data: '2001:db8::1' },
          { name: 'isp.example', type: dnsTypes.TXT, ttl: 1, data: 'some text' },
        ],
        edns: { udpSize: 1_232, dnssec: true },
      }),
    );
    let refused = 0;
    for (let run = 0; run < 20_000; run++) {
      const bytes = Uint8Array.from(sound);
      for (let hits = 1 + random.below(6); hits > 0; hits--)
        bytes[random.below(bytes.length)] = random.below(256);
      if ('bad' in decodeDns(bytes)) refused++;
    }
    expect(refused).toBeGreaterThan(1_000);
  });
});
