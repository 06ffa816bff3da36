/**
 * Outcomes of probes become observations on the resources that they ask.
 * A condition is (probe, cause): raised after so many bad rounds in a row, cleared after so many good ones. A target
 * that does not answer says nothing about its speed or its certificate, so those stay as they were.
 */
import { days, type Instant } from '../base/instant.ts';
import { type ResourceId, resourceId } from '../model/ids.ts';
import type { Observation } from '../model/observation.ts';
import type { Probe, ProbeOutcome } from '../model/probe.ts';
import { freshSteady, over, type SteadyState, step, type Word } from './steady.ts';

interface Watched {
  readonly probe: Probe;
  readonly conditions: Map<string, SteadyState>;
}

const mostProbes = 20_000;

export class ProbeDetection {
  readonly #watched = new Map<string, Watched>();
  #refused = 0;

  /** Probes that were not judged because there were too many. */
  get refused(): number {
    return this.#refused;
  }

  take(probe: Probe, outcome: ProbeOutcome, at: Instant): Observation[] {
    const watched = this.#of(probe);
    if (watched === undefined) return [];
    const found: Observation[] = [];
    for (const [cause, word, value] of words(probe, outcome, at)) {
      const state = watched.conditions.get(cause) ?? freshSteady();
      watched.conditions.set(cause, state);
      const change = step(state, word, probe);
      if (change === 'clear') found.push(observation(probe, cause, 'clear'));
      else if (change !== undefined) {
        const attributes = { probe: probe.id, target: targetOf(probe), seen: value };
        found.push({ ...observation(probe, cause, 'raise'), severity: change, attributes });
      }
    }
    return found;
  }

  /** The probe is asked no longer: answers its resource, whose conditions are to be reconciled. */
  forget(probe: string): ResourceId | undefined {
    const watched = this.#watched.get(probe);
    this.#watched.delete(probe);
    return watched?.probe.resource;
  }

  /** Every resource that is judged, and what holds of it. */
  active(): { readonly watches: ResourceId[]; readonly active: Observation[] } {
    const all = [...this.#watched.values()];
    return {
      watches: [...new Set(all.map(({ probe }) => probe.resource))],
      active: all.flatMap(({ probe, conditions }) =>
        [...conditions].flatMap(([cause, { raised }]) =>
          raised === undefined ? [] : [{ ...observation(probe, cause, 'raise'), severity: raised }],
        ),
      ),
    };
  }

  get counts(): { readonly probes: number; readonly probesFailing: number } {
    let probesFailing = 0;
    for (const { conditions } of this.#watched.values()) {
      if ([...conditions.values()].some(({ raised }) => raised !== undefined)) probesFailing++;
    }
    return { probes: this.#watched.size, probesFailing };
  }

  #of(probe: Probe): Watched | undefined {
    const known = this.#watched.get(probe.id);
    if (known?.probe.resource === probe.resource) return known;
    if (known === undefined && this.#watched.size >= mostProbes) {
      this.#refused++;
      return undefined;
    }
    const fresh: Watched = { probe, conditions: new Map() };
    this.#watched.set(probe.id, fresh);
    return fresh;
  }
}

/** How many days before its end a certificate is worse than a reminder. */
const urgentMs = days(7);

/** Cause, what this round says of it, and the value for people. */
function words(probe: Probe, outcome: ProbeOutcome, at: Instant): [string, Word, string][] {
  const { fault, detail, latencyMs, jitterMs, loss, certificateUntil: until } = outcome;
  const { limits } = probe;
  const isSilent = fault === 'noAnswer' || fault === 'refused';
  const found: [string, Word, string][] = [
    ['SERVICE_DOWN', isSilent ? { bad: 'major' } : 'good', detail ?? fault ?? 'answers'],
  ];
  if (loss !== undefined && limits.loss !== undefined && !isSilent)
    found.push(['PACKET_LOSS', over(loss, limits.loss, 'minor'), `${Math.round(loss * 100)} %`]);
  if (isSilent) return found;
  const wrong = probe.kind === 'dns' ? 'DNS_WRONG_ANSWER' : 'SERVICE_WRONG';
  if (probe.kind === 'tls')
    found.push(['CERTIFICATE_INVALID', fault === undefined ? 'good' : { bad: 'major' }, detail ?? '']);
  else found.push([wrong, fault === undefined ? 'good' : { bad: 'major' }, detail ?? '']);
  const timed = [
    ['HIGH_LATENCY', latencyMs, limits.latencyMs],
    ['HIGH_JITTER', jitterMs, limits.jitterMs],
  ] as const;
  for (const [cause, value, limit] of timed) {
    if (value !== undefined && limit !== undefined)
      found.push([cause, over(value, limit, 'minor'), `${Math.round(value)} ms`]);
  }
  if (until !== undefined && limits.expiresMs !== undefined)
    found.push(['CERTIFICATE_EXPIRING', ending(until - at, limits.expiresMs), lastsFor(until - at)]);
  return found;
}

function ending(leftMs: number, limitMs: number): Word {
  if (leftMs >= limitMs) return 'good';
  return { bad: leftMs <= 0 ? 'critical' : leftMs < urgentMs ? 'major' : 'minor' };
}

const lastsFor = (leftMs: number): string => `${Math.floor(leftMs / days(1))} d`;

function targetOf(probe: Probe): string {
  if (probe.kind === 'http') return probe.url.slice(0, 256);
  return probe.kind === 'icmp' ? probe.host : `${probe.host}:${probe.port}`;
}

function observation(probe: Probe, cause: string, event: 'raise' | 'clear'): Observation {
  const by = resourceId(`${probe.resource}/probe/${probe.id}`);
  return { event, resource: probe.resource, cause, by, source: 'poll' };
}
