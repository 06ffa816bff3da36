/** What probes and DNS rounds leave in the series: one number each, named after target and access technology. */
import type { Instant } from '../base/instant.ts';
import type { DnsRound } from '../model/dns.ts';
import type { Probe, ProbeOutcome } from '../model/probe.ts';
import type { SeriesName } from './series.ts';

export type ProbeSample = SeriesName & { readonly value: number };

/** The series of a probe; with its access technology, so that the same target is seen from each. */
const seriesOf = ({ resource, id, access }: Probe): string =>
  `${resource}/probe/${id}${access === undefined ? '' : `/${access}`}`;

const millisecondsADay = 86_400_000;

export function probeSamples(probe: Probe, outcome: ProbeOutcome, at: Instant): ProbeSample[] {
  const { latencyMs, jitterMs, loss, certificateUntil: until, fault } = outcome;
  return samples(seriesOf(probe), [
    ['probe.up', '1', fault === undefined ? 1 : 0],
    ['probe.latency', 'ms', latencyMs],
    ['probe.jitter', 'ms', jitterMs],
    ['probe.loss', '1', loss],
    ['probe.certificate.left', 'd', until === undefined ? undefined : (until - at) / millisecondsADay],
  ]);
}

export function roundSamples({ resolvers }: DnsRound): ProbeSample[] {
  return resolvers.flatMap(({ resolver, seen }) => {
    const latency = (check: 'hit' | 'miss'): number | undefined => {
      const outcome = seen.find((one) => one.check === check)?.outcome;
      return outcome?.kind === 'answer' ? outcome.latencyMs : undefined;
    };
    const ordinary = seen.filter(({ check }) => !['broken', 'open', 'amplification'].includes(check));
    const share = (is: (outcome: (typeof seen)[number]['outcome']) => boolean): number | undefined =>
      ordinary.length === 0
        ? undefined
        : ordinary.filter(({ outcome }) => is(outcome)).length / ordinary.length;
    const code = (rcode: number) => share((outcome) => outcome.kind === 'answer' && outcome.rcode === rcode);
    return samples(`${resolver.resource}/dns/${resolver.id}`, [
      ['dns.latency.hit', 'ms', latency('hit')],
      ['dns.latency.miss', 'ms', latency('miss')],
      ['dns.noerror', '1', code(0)],
      ['dns.servfail', '1', code(2)],
      ['dns.nxdomain', '1', code(3)],
      ['dns.unanswered', '1', share((outcome) => outcome.kind !== 'answer')],
    ]);
  });
}

const samples = (
  resource: string,
  values: readonly (readonly [string, string, number | undefined])[],
): ProbeSample[] =>
  values.flatMap(([metric, unit, value]) =>
    value === undefined ? [] : [{ resource, metric, unit, kind: 'gauge', value }],
  );
