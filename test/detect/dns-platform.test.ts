// Rounds of questions to a DNS platform: poisoned, slow, silent, open, stale and validating resolvers told apart.
import { describe, expect, test } from 'vitest';
import { instant, minutes, seconds } from '../../src/base/instant.ts';
import { DnsDetection } from '../../src/detect/detect.ts';
import type {
  DnsCheckKind,
  DnsOutcome,
  DnsPlatform,
  DnsResolver,
  DnsRound,
  DnsSeen,
} from '../../src/model/dns.ts';
import { resourceId } from '../../src/model/ids.ts';

const start = Date.UTC(2026, 0, 1);

const resolver = (id: string, platform?: 'old' | 'new', view = 'city'): DnsResolver => ({
  id,
  resource: resourceId(id),
  address: '192.0.2.53',
  port: 53,
  view,
  platform,
});

const four = [resolver('a', 'old'), resolver('b', 'old'), resolver('c', 'new'), resolver('d', 'new')];

const zone = {
  name: 'isp.example',
  resource: resourceId('dns'),
  servers: [
    { address: '192.0.2.1', port: 53 },
    { address: '192.0.2.2', port: 53 },
  ],
};

const platform = (fields: Partial<DnsPlatform> = {}): DnsPlatform => ({
  resource: resourceId('dns'),
  everyMs: seconds(30),
  timeoutMs: seconds(1),
  resolvers: four,
  zones: [],
  checks: { answers: [{ name: 'pay.isp.example', type: 1, expect: [] }] },
  limits: {
    hitMs: 50,
    missMs: 500,
    failures: 0.05,
    nxdomain: 0.6,
    amplification: 30,
    serialLagMs: minutes(15),
  },
  raiseAfter: 2,
  clearAfter: 2,
  ...fields,
});

const answer = (fields: Partial<Extract<DnsOutcome, { kind: 'answer' }>> = {}): DnsOutcome => ({
  kind: 'answer',
  latencyMs: 5,
  rcode: 0,
  isAuthentic: false,
  isRecursive: true,
  records: ['192.0.2.10'],
  questionBytes: 40,
  answerBytes: 80,
  ...fields,
});

const seen = (check: DnsCheckKind, outcome: DnsOutcome, name = 'pay.isp.example'): DnsSeen => ({
  check,
  name,
  type: 1,
  outcome,
});

/** What a sound resolver answers, with some answers replaced. */
const usual = (changed: Partial<Record<DnsCheckKind, DnsOutcome>> = {}): DnsSeen[] => {
  const all: Partial<Record<DnsCheckKind, DnsOutcome>> = {
    hit: answer(),
    miss: answer(),
    answer: answer(),
    ...changed,
  };
  return Object.entries(all).map(([check, outcome]) => seen(check as DnsCheckKind, outcome));
};

type Answers = Readonly<Record<string, readonly DnsSeen[]>>;
type Counters = Readonly<Record<string, Readonly<Record<string, number>>>>;

class Run {
  readonly detection: DnsDetection;
  readonly #platform: DnsPlatform;
  #round = 0;

  constructor(fields: Partial<DnsPlatform> = {}) {
    this.#platform = platform(fields);
    this.detection = new DnsDetection(this.#platform);
  }

  /** One round, as `raise CAUSE on resource` or `clear CAUSE on resource`. */
  round(answers: Answers = {}, zones: DnsRound['zones'] = [], counted: Counters = {}): string[] {
    const at = instant(start + this.#round++ * 30_000);
    const resolvers = this.#platform.resolvers.map((one) => ({
      resolver: one,
      seen: answers[one.id] ?? usual(),
      counted: counted[one.id],
    }));
    return this.detection
      .take({ at, resolvers, zones })
      .map(({ event, cause, resource }) => `${event} ${cause} on ${resource}`);
  }

  findings(): string[] {
    return this.detection.view!.findings.map(({ kind, about, isRaised }) => `${kind} ${about} ${isRaised}`);
  }

  view(id: string) {
    return this.detection.view!.resolvers.find((one) => one.resolver.id === id)!;
  }
}

const timeout: DnsOutcome = { kind: 'timeout' };
const silence = usual({ hit: timeout, miss: timeout, answer: timeout });
const poisoned = usual({ answer: answer({ records: ['203.0.113.66'] }) });

describe('answers', () => {
  test('the one resolver that answers otherwise than the others is poisoned, at first a finding, then an alarm', () => {
    const run = new Run();
    expect(run.round({ b: poisoned })).toEqual([]);
    expect(run.findings()).toEqual(['wrongAnswer b false']);
    expect(run.round({ b: poisoned })).toEqual(['raise DNS_WRONG_ANSWER on b']);
    expect(run.view('b').isCorrect).toBe(false);
    expect(run.view('a').isCorrect).toBe(true);
    expect(run.detection.view!.findings).toMatchObject([
      { about: 'b', name: 'pay.isp.example', seen: ['203.0.113.66'], expected: ['192.0.2.10'] },
    ]);
    expect([run.round(), run.round()]).toEqual([[], ['clear DNS_WRONG_ANSWER on b']]);
    expect(run.findings()).toEqual([]);
  });

  test('two against two prove nothing about either; the platforms differ', () => {
    const run = new Run();
    run.round({ c: poisoned, d: poisoned });
    run.round({ c: poisoned, d: poisoned });
    expect(run.findings()).toEqual(['platformsDiffer city false']);
  });

  test('what somebody wrote down is right even when most say otherwise', () => {
    const checks = { answers: [{ name: 'pay.isp.example', type: 1, expect: ['203.0.113.66'] }] };
    const run = new Run({ checks, raiseAfter: 1 });
    expect(run.round({ b: poisoned })).toEqual(
      ['a', 'c', 'd'].map((id) => `raise DNS_WRONG_ANSWER on ${id}`),
    );
  });

  test('a name that suddenly does not exist is a wrong answer; an error is none', () => {
    const run = new Run({ raiseAfter: 1 });
    expect(run.round({ b: usual({ answer: answer({ rcode: 3, records: [] }) }) })).toEqual([
      'raise DNS_WRONG_ANSWER on b',
    ]);
    expect(
      new Run({ raiseAfter: 1 }).round({ b: usual({ answer: answer({ rcode: 2, records: [] }) }) }),
    ).toEqual([]);
  });

  test('answers are compared within a view', () => {
    const resolvers = [resolver('a'), resolver('b'), resolver('c'), resolver('x', undefined, 'guest')];
    const run = new Run({ resolvers, raiseAfter: 1 });
    expect(run.round({ x: poisoned })).toEqual([]);
  });
});

describe('being there', () => {
  test('a silent resolver is down and nothing else; when a whole view is silent the platform fails', () => {
    const run = new Run();
    run.round({ b: silence });
    expect(run.round({ b: silence })).toEqual(['raise SERVICE_DOWN on b']);
    const all = { a: silence, b: silence, c: silence, d: silence };
    run.round(all);
    expect(run.round(all)).toEqual([
      'raise DNS_FAIL on dns',
      'raise SERVICE_DOWN on a',
      'raise SERVICE_DOWN on c',
      'raise SERVICE_DOWN on d',
    ]);
    expect(run.view('b').state).toBe('silent');
    const { watches, active } = run.detection.active();
    expect([...watches].sort()).toEqual(['a', 'b', 'c', 'd', 'dns']);
    expect(active).toHaveLength(5);
  });

  test('errors count once they are a share of enough answers', () => {
    const run = new Run({ raiseAfter: 1 });
    const failing = usual({ hit: answer({ rcode: 2, records: [] }) });
    const said = Array.from({ length: 4 }, () => run.round({ b: failing }));
    expect(said.flat()).toEqual(['raise DNS_ERRORS on b']);
    expect(run.view('b').rcodes).toEqual({ NOERROR: 8 / 12, SERVFAIL: 4 / 12 });
  });

  test('mostly names that do not exist: a flood, or a broken wildcard', () => {
    const run = new Run({ raiseAfter: 1, checks: { answers: [] } });
    const none = answer({ rcode: 3, records: [] });
    const said = Array.from({ length: 4 }, () =>
      run.round({ b: usual({ hit: none, miss: none, answer: none }) }),
    );
    expect(said.flat()).toContain('raise NXDOMAIN_FLOOD on b');
  });
});

describe('what resolvers count themselves', () => {
  test('a flood of names that do not exist shows in what everybody asks, not in our own few questions', () => {
    const run = new Run();
    const at = (noError: number, nxdomain: number): Counters => ({
      b: { NOERROR: noError, NXDOMAIN: nxdomain },
    });
    const said = [at(1_000, 100), at(2_000, 200), at(3_000, 9_000), at(4_000, 18_000)].map((counted) =>
      run.round({}, [], counted),
    );
    expect(said).toEqual([[], [], [], ['raise NXDOMAIN_FLOOD on b']]);
    expect(run.view('b').served).toEqual({ NOERROR: 0.1, NXDOMAIN: 0.9 });
    expect(run.view('b').rcodes).toEqual({ NOERROR: 1 });
  });

  test('counters that went back, stood still or are away say nothing', () => {
    const run = new Run();
    const served = [{ NOERROR: 5_000 }, { NOERROR: 10 }, { NOERROR: 60 }, undefined, { NOERROR: 9_000 }].map(
      (b) => {
        run.round({}, [], b === undefined ? {} : { b });
        return run.view('b').served;
      },
    );
    expect(served).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });
});

describe('speed', () => {
  test('hit and miss have limits of their own, and one slow answer is none', () => {
    const run = new Run();
    const slow = usual({ hit: answer({ latencyMs: 80 }) });
    expect([run.round({ b: slow }), run.round(), run.round()].flat()).toEqual([]);
    const said = Array.from({ length: 5 }, () => run.round({ b: slow }));
    expect(said.flat()).toEqual(['raise HIGH_LATENCY on b']);
    expect(run.detection.view!.findings[0]).toMatchObject({ kind: 'slow', name: 'hit', seen: ['80 ms'] });
    const late = new Run({ raiseAfter: 1 });
    expect(late.round({ c: usual({ miss: answer({ latencyMs: 700 }) }) })).toEqual([
      'raise HIGH_LATENCY on c',
    ]);
    expect(late.view('c')).toMatchObject({ hit: { p50Ms: 5 }, miss: { p50Ms: 700, p95Ms: 700, answers: 1 } });
  });
});

describe('DNSSEC', () => {
  const verdict = (changed: Partial<Record<DnsCheckKind, DnsOutcome>>) => {
    const run = new Run({ raiseAfter: 1 });
    const said = run.round({ b: usual(changed) });
    return [run.view('b').dnssec, said] as const;
  };
  const failure = answer({ rcode: 2, records: [] });

  test('AD on the signed name and SERVFAIL on the broken one: it validates', () => {
    expect(verdict({ signed: answer({ isAuthentic: true }), broken: failure })).toEqual(['validates', []]);
  });

  test('no AD, or an answer for what is signed wrongly: it does not', () => {
    expect(verdict({ signed: answer(), broken: failure })[0]).toBe('notValidating');
    expect(verdict({ signed: answer({ isAuthentic: true }), broken: answer() })).toEqual([
      'notValidating',
      ['raise DNSSEC_FAIL on b'],
    ]);
  });

  test('a sound signature refused while other names are answered: its trust anchor is stale', () => {
    expect(verdict({ signed: failure, broken: failure })[0]).toBe('refusesSigned');
  });
});

describe('strangers and amplification', () => {
  test('a resolver that serves strangers is open; one that refuses or keeps silent is not', () => {
    const openTo = (outcome: DnsOutcome) => {
      const run = new Run({ raiseAfter: 1 });
      return [run.round({ b: usual({ open: outcome }) }), run.view('b').isOpen];
    };
    expect(openTo(answer())).toEqual([['raise OPEN_RESOLVER on b'], true]);
    expect(openTo(answer({ rcode: 5, records: [], isRecursive: false }))).toEqual([[], false]);
    expect(openTo(timeout)).toEqual([[], false]);
    expect(openTo({ kind: 'unreachable', reason: 'EADDRNOTAVAIL' })).toEqual([[], undefined]);
  });

  test('an answer of many times its question is a warning', () => {
    const run = new Run({ raiseAfter: 1 });
    expect(run.round({ b: usual({ amplification: answer({ answerBytes: 2_000 }) }) })).toEqual([
      'raise DNS_AMPLIFICATION on b',
    ]);
    expect(run.view('b').amplification).toBe(50);
  });
});

describe('zones', () => {
  const fields = { zones: [zone] };
  const serials = (primary: number, secondary: number | undefined): DnsRound['zones'] => [
    { zone, serials: [primary, secondary] },
  ];

  test('a secondary may be behind for a while; then its copy is stale', () => {
    const run = new Run({
      ...fields,
      raiseAfter: 1,
      limits: { ...platform().limits, serialLagMs: minutes(1) },
    });
    expect(
      [run.round({}, serials(7, 7)), run.round({}, serials(8, 7)), run.round({}, serials(8, 7))].flat(),
    ).toEqual([]);
    expect(run.detection.view!.zones[0]!.servers[1]).toMatchObject({
      serial: 7,
      behindSince: start + 30_000,
    });
    expect(run.round({}, serials(8, 7))).toEqual(['raise DNS_ZONE_STALE on dns']);
    expect(run.detection.view!.findings[0]).toMatchObject({ about: 'isp.example', seen: ['192.0.2.2 7'] });
    run.round({}, serials(8, undefined));
    run.round({}, serials(8, 8));
    expect(run.round({}, serials(8, 8))).toEqual(['clear DNS_ZONE_STALE on dns']);
  });

  test('a serial that went round is newer, not older (RFC 1982)', () => {
    const run = new Run({
      ...fields,
      raiseAfter: 1,
      limits: { ...platform().limits, serialLagMs: minutes(0) },
    });
    expect(run.round({}, serials(4_294_967_290, 5))).toEqual([]);
    expect(run.round({}, serials(5, 4_294_967_290))).toEqual(['raise DNS_ZONE_STALE on dns']);
  });

  test("a resolver's own copy is shown against the primary", () => {
    const run = new Run(fields);
    const soa = answer({ records: ['ns1.isp.example host.isp.example 6 1 1 1 1'] });
    const lagging = [...usual(), seen('serial', soa, 'isp.example')];
    run.round({ b: lagging }, serials(8, 8));
    expect(run.view('b').serialLag).toBe(2);
    expect(run.view('a').serialLag).toBeUndefined();
  });
});
