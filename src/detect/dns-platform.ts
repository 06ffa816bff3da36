/**
 * Rounds of questions to the operator's DNS become observations on its resolvers, views and zones, and the picture that
 * the console shows. A condition is (kind, resolver or view or zone); what is wrong for one round only is a finding,
 * what stays for some rounds is an alarm.
 */
import type { Instant } from '../base/instant.ts';
import {
  type DnsFinding,
  type DnsFindingKind,
  type DnsPlatform,
  type DnsResolver,
  type DnsRound,
  type DnsView,
  type DnsZone,
  type DnsZoneView,
  serialOf,
} from '../model/dns.ts';
import type { ResourceId } from '../model/ids.ts';
import type { Observation } from '../model/observation.ts';
import { platformDifferences, wrongAnswers } from './dns-answers.ts';
import { DnsFigures } from './dns-figures.ts';
import {
  amplificationOf,
  dnssecOf,
  isOpen,
  isSilent,
  type Judged,
  judgeRound,
  judgeZone,
  serialLag,
} from './dns-judging.ts';
import { freshSteady, type SteadyState, step } from './steady.ts';

const causes: Readonly<Partial<Record<DnsFindingKind, string>>> = {
  silent: 'SERVICE_DOWN',
  viewDown: 'DNS_FAIL',
  failures: 'DNS_ERRORS',
  slow: 'HIGH_LATENCY',
  wrongAnswer: 'DNS_WRONG_ANSWER',
  dnssec: 'DNSSEC_FAIL',
  open: 'OPEN_RESOLVER',
  amplification: 'DNS_AMPLIFICATION',
  nxdomain: 'NXDOMAIN_FLOOD',
  staleZone: 'DNS_ZONE_STALE',
};

interface Condition {
  judged: Judged;
  readonly steady: SteadyState;
  /** First bad round of those in a row. */
  since: Instant | undefined;
}

export class DnsDetection {
  readonly #platform: DnsPlatform;
  readonly #figures = new Map<string, DnsFigures>();
  readonly #conditions = new Map<string, Condition>();
  /** Since when a server of a zone is behind, by zone and place in its list. */
  readonly #behind = new Map<string, Instant>();
  /** Differences between the platforms, since when. */
  #different = new Map<string, Instant>();
  #round: DnsRound | undefined;

  constructor(platform: DnsPlatform) {
    this.#platform = platform;
  }

  take(round: DnsRound): Observation[] {
    this.#round = round;
    // A round without any answer is silence, which is a fault of its own and no share of anything.
    for (const { resolver, seen, counted } of round.resolvers) {
      if (!isSilent(seen)) this.#figuresOf(resolver).take(seen);
      this.#figuresOf(resolver).count(counted);
    }
    const judged = [
      ...judgeRound(this.#platform, round, (resolver) => this.#figuresOf(resolver)),
      ...round.zones.map(({ zone, serials }) => this.#judgeZone(zone, serials, round.at)),
    ];
    this.#different = this.#differences(round);
    return judged.flatMap((one) => this.#step(one, round.at));
  }

  /** Every resource that is judged, and what holds of it. */
  active(): { readonly watches: ResourceId[]; readonly active: Observation[] } {
    const all = [...this.#conditions.values()];
    return {
      watches: [...new Set(all.map(({ judged }) => judged.resource))],
      active: all.flatMap(({ judged, steady: { raised } }) =>
        raised === undefined ? [] : [{ ...observation(judged, 'raise'), severity: raised }],
      ),
    };
  }

  /** Undefined before the first round. */
  get view(): DnsView | undefined {
    const round = this.#round;
    if (round === undefined) return undefined;
    const wrong = wrongAnswers(round.resolvers, ({ name, type }) => this.#expected(name, type));
    return {
      at: round.at,
      resolvers: round.resolvers.map(({ resolver, seen }) => {
        const figures = this.#figuresOf(resolver);
        const hasAnswers = seen.some(({ check, outcome }) => check === 'answer' && outcome.kind === 'answer');
        return {
          resolver,
          state: isSilent(seen) ? 'silent' : seen.length === 0 ? 'unknown' : 'answers',
          hit: figures.latency('hit'),
          miss: figures.latency('miss'),
          rcodes: figures.shares(),
          served: figures.served,
          isCorrect: hasAnswers ? !wrong.has(resolver.id) : undefined,
          dnssec: dnssecOf(seen),
          serialLag: lagOf(round, seen),
          isOpen: isOpen(seen),
          amplification: amplificationOf(seen),
        };
      }),
      zones: round.zones.map(({ zone, serials }) => this.#zoneView(zone, serials)),
      findings: this.#findings(round),
    };
  }

  #expected(name: string, type: number): readonly string[] {
    const { answers } = this.#platform.checks;
    return answers.find((one) => one.name === name && one.type === type)?.expect ?? [];
  }

  #figuresOf({ id }: DnsResolver): DnsFigures {
    const known = this.#figures.get(id);
    if (known !== undefined) return known;
    const fresh = new DnsFigures();
    this.#figures.set(id, fresh);
    return fresh;
  }

  #step(judged: Judged, at: Instant): Observation[] {
    const key = `${judged.kind} ${judged.about}`;
    const known = this.#conditions.get(key);
    const condition = known ?? { judged, steady: freshSteady(), since: undefined };
    if (known === undefined) this.#conditions.set(key, condition);
    if (judged.word === 'good') condition.since = undefined;
    else if (judged.word !== 'between') condition.since ??= at;
    // What was seen when it was bad stays to be read while it is not over.
    if (typeof judged.word === 'object' || condition.steady.raised === undefined) condition.judged = judged;
    const change = step(condition.steady, judged.word, this.#platform);
    if (change === undefined) return [];
    if (change === 'clear') return [observation(judged, 'clear')];
    const { name = '', seen, expected } = judged;
    const attributes = { about: judged.about, name, seen: seen.join(', '), expected: expected.join(', ') };
    return [{ ...observation(judged, 'raise'), severity: change, attributes }];
  }

  #judgeZone(zone: DnsZone, serials: readonly (number | undefined)[], at: Instant): Judged {
    const primary = serials[0];
    const late: { address: string; serial: number }[] = [];
    // Behind for a short time, or not heard: neither good nor bad.
    let isUnsettled = false;
    for (const [index, serial] of serials.entries()) {
      const key = `${zone.name} ${index}`;
      if (primary === undefined || serial === undefined) isUnsettled = true;
      else if (serialLag(primary, serial) === 0) this.#behind.delete(key);
      else {
        isUnsettled = true;
        const since = this.#behind.get(key) ?? at;
        this.#behind.set(key, since);
        if (at - since >= this.#platform.limits.serialLagMs)
          late.push({ address: zone.servers[index]!.address, serial });
      }
    }
    return judgeZone(zone, { serials, late, isUnsettled });
  }

  #zoneView(zone: DnsZone, serials: readonly (number | undefined)[]): DnsZoneView {
    const servers = zone.servers.map(({ address }, index) => ({
      address,
      serial: serials[index],
      behindSince: this.#behind.get(`${zone.name} ${index}`),
    }));
    return { zone, servers };
  }

  #differences(round: DnsRound): Map<string, Instant> {
    const now = platformDifferences(round.resolvers).map(({ view, name }) => `${view} ${name}`);
    return new Map(now.map((key) => [key, this.#different.get(key) ?? round.at]));
  }

  #findings(round: DnsRound): DnsFinding[] {
    const conditions = [...this.#conditions.values()].flatMap(({ judged, steady, since }): DnsFinding[] => {
      if (steady.raised === undefined && since === undefined) return [];
      const { kind, about, name, seen, expected } = judged;
      return [
        {
          kind,
          about,
          name,
          seen,
          expected,
          since: since ?? round.at,
          isRaised: steady.raised !== undefined,
        },
      ];
    });
    const differences = platformDifferences(round.resolvers).map(
      ({ view, name, old, new: fresh }): DnsFinding => ({
        kind: 'platformsDiffer',
        about: view,
        name,
        seen: fresh,
        expected: old,
        since: this.#different.get(`${view} ${name}`) ?? round.at,
        isRaised: false,
      }),
    );
    return [...conditions, ...differences].sort((a, b) => Number(b.isRaised) - Number(a.isRaised));
  }
}

/** The largest lag of the zones' serials as this resolver gives them. */
function lagOf(round: DnsRound, seen: DnsRound['resolvers'][number]['seen']): number | undefined {
  const lags = round.zones.flatMap(({ zone, serials }) => {
    const mine = seen.find(({ check, name }) => check === 'serial' && name === zone.name);
    const serial = mine && serialOf(mine.outcome);
    return serial === undefined || serials[0] === undefined ? [] : [serialLag(serials[0], serial)];
  });
  return lags.length === 0 ? undefined : Math.max(...lags);
}

const observation = ({ kind, resource, by }: Judged, event: 'raise' | 'clear'): Observation => ({
  event,
  resource,
  cause: causes[kind]!,
  by,
  source: 'poll',
});
