// `probes` and `dns` of the configuration: what a little text means, and where mistakes are shown.
import { expect, test } from 'vitest';
import { parseConfig } from '../../../src/app/config/config.ts';

const parse = (text: string) => parseConfig('allclear.yaml', text);
const wrong = (text: string): string[] => parse(text).problems.map(({ line, code }) => `${line} ${code}`);

test('each kind of probe has what it needs, and the rest by default', () => {
  const { value, problems } = parse(`
probes:
  - { id: game, kind: icmp, target: game.example, access: gpon, limits: { latency: 60ms, jitter: 15ms, loss: 5 } }
  - { id: mail, kind: tcp, target: "mail.isp.example:993", resource: mail }
  - { id: crm, kind: http, target: "https://crm.isp.example/health", status: [200, 204], contains: ok, every: 30s }
  - { id: crm-tls, kind: tls, target: crm.isp.example, resource: crm, limits: { expires: 30d } }
  - { id: www, kind: dns, target: "192.0.2.53", name: WWW.isp.example., type: AAAA, expect: ["2001:DB8:0::1"] }
  - { id: radius, kind: radius, target: "[2001:db8::7]:1812", secret: { env: PATH }, from: 192.0.2.9 }
`);
  expect(problems).toEqual([]);
  expect(value.probes).toMatchObject([
    { kind: 'icmp', host: 'game.example', count: 5, limits: { latencyMs: 60, jitterMs: 15, loss: 0.05 } },
    { kind: 'tcp', host: 'mail.isp.example', port: 993, resource: 'mail', everyMs: 60_000, raiseAfter: 3 },
    { kind: 'http', status: [200, 204], contains: 'ok', everyMs: 30_000, resource: 'crm' },
    { kind: 'tls', port: 443, limits: { expiresMs: 30 * 86_400_000 } },
    { kind: 'dns', port: 53, name: 'www.isp.example', type: 28, expect: ['2001:db8::1'] },
    { kind: 'radius', host: '2001:db8::7', port: 1812, from: '192.0.2.9' },
  ]);
  expect(JSON.stringify(value.probes)).toContain('"secret":"***"');
});

test('a DNS platform is whole with its resolvers alone: they are asked for the root', () => {
  const { value, problems } = parse('dns: { resolvers: [{ id: r1, address: 192.0.2.53 }] }');
  expect(problems).toEqual([]);
  expect(value.dns).toMatchObject({
    resource: 'dns',
    everyMs: 30_000,
    resolvers: [{ id: 'r1', resource: 'r1', port: 53, view: 'default' }],
    zones: [],
    checks: { hit: '.', miss: undefined, answers: [] },
    limits: { hitMs: 50, missMs: 500, failures: 0.05 },
  });
});

test('names, records and servers are brought into one form', () => {
  const { value, problems } = parse(`
dns:
  resolvers: [{ id: r1, address: "2001:db8::53", platform: new, view: home }]
  zones: [{ name: ISP.example, serialFrom: [192.0.2.1, "192.0.2.2:5353", "2001:db8::2"] }]
  checks:
    miss: Probe.isp.example.
    answers: [{ name: pay.isp.example, type: mx, expect: ["10 MAIL.isp.example"] }]
    amplification: { name: isp.example, type: DNSKEY }
`);
  expect(problems).toEqual([]);
  expect(value.dns!.zones[0]!.servers).toEqual([
    { address: '192.0.2.1', port: 53 },
    { address: '192.0.2.2', port: 5353 },
    { address: '2001:db8::2', port: 53 },
  ]);
  expect(value.dns!.checks).toMatchObject({
    hit: undefined,
    miss: 'probe.isp.example',
    answers: [{ type: 15, expect: ['10 mail.isp.example'] }],
    amplification: { type: 48 },
  });
});

test('every mistake of a probe is shown at its place', () => {
  expect(
    wrong(`probes:
  - { id: a, kind: tcp, target: mail.example }
  - { id: b, kind: http, target: "ftp://x.example/" }
  - { id: c, kind: http, target: "https://me:secret@x.example/" }
  - { id: d, kind: icmp, target: "-f" }
  - { id: e, kind: icmp, target: "x.example", status: 200 }
  - { id: f, kind: radius, target: "x.example" }
  - { id: g, kind: dns, target: 192.0.2.1 }
  - { id: h, kind: dns, target: 192.0.2.1, name: a..b, type: WKS }
  - { id: i, kind: tcp, target: "localhost:1" }
  - { id: i, kind: tcp, target: "192.0.2.1:1" }
  - { id: k, kind: tcp, target: "192.0.2.1:1", from: here }
  - { id: l, kind: tls, target: x.example, authorities: ./no-such-file.pem }
  - { id: m, kind: ftp, target: x.example }
  - { id: n, kind: tcp, target: "x.example:1", often: yes }
`),
  ).toEqual(
    expect.arrayContaining([
      '2 config/not-valid',
      '3 config/not-valid',
      '4 config/not-valid',
      '5 config/not-valid',
      '6 config/not-allowed',
      '7 config/missing-key',
      '8 config/missing-key',
      '9 config/not-valid',
      '10 config/refused',
      '11 config/duplicate-id',
      '12 config/not-valid',
      '13 config/file-unreadable',
      '14 config/not-allowed',
      '15 config/unknown-key',
    ]),
  );
});

test('every mistake of the DNS platform is shown at its place', () => {
  expect(
    wrong(`dns:
  resolvers:
    - { id: r1, address: ns.example }
    - { id: r2, address: 192.0.2.1 }
    - { id: r2, address: 192.0.2.2 }
  zones:
    - { name: isp.example, serialFrom: [ns1.example] }
  checks:
    hit: "a b..c"
    answers:
      - { name: pay.example, type: A, expect: [nowhere] }
    open: { from: there, name: www.example }
`),
  ).toEqual([
    '3 config/not-valid',
    '5 config/duplicate-id',
    '7 config/not-valid',
    '9 config/not-valid',
    '11 config/not-valid',
    '12 config/not-valid',
  ]);
});
