/** What a resolver counts itself: answers by rcode, from BIND's statistics channel (JSON) or a Prometheus text. */
import { isIP } from 'node:net';
import type { DurationMs } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import { openHttpClient } from '../net/http-request.ts';

/** BIND's `/json/v1/server` of a busy server is some 100 KiB. */
const mostBytes = 2_097_152;
const names: readonly string[] = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

/** Counters since the resolver's start, by rcode; undefined when none could be read. */
export async function readDnsStatistics(
  world: World,
  from: { readonly url: string; readonly timeoutMs: DurationMs },
): Promise<Readonly<Record<string, number>> | undefined> {
  const { hostname } = new URL(from.url);
  const client = openHttpClient({
    world,
    allowPrivate: isIP(hostname.replace(/^\[|\]$/g, '')) !== 0,
    timeoutMs: from.timeoutMs,
    connections: 1,
    answerBytes: mostBytes,
  });
  try {
    const outcome = await client.call({ url: from.url, method: 'GET', headers: { connection: 'close' } });
    return outcome.kind === 'answer' && outcome.status === 200 ? answersByCode(outcome.body) : undefined;
  } finally {
    client.close();
  }
}

function answersByCode(text: string): Readonly<Record<string, number>> | undefined {
  const found = text.trimStart().startsWith('{') ? fromJson(text) : fromPrometheus(text);
  return found.size === 0 ? undefined : Object.fromEntries(found);
}

/** `{ "rcodes": { "NOERROR": 17, .. } }` as BIND 9 writes it. */
function fromJson(text: string): Map<string, number> {
  const found = new Map<string, number>();
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return found;
  }
  const codes = (document as { rcodes?: unknown } | null)?.rcodes;
  if (typeof codes !== 'object' || codes === null) return found;
  for (const name of names) {
    const value: unknown = Object.hasOwn(codes, name) ? (codes as Record<string, unknown>)[name] : undefined;
    if (typeof value === 'number' && value >= 0) found.set(name, value);
  }
  return found;
}

/** A label such as `rcode="NXDOMAIN"` (Unbound, CoreDNS, Knot), or a name such as `.._nxdomain_answers` (PowerDNS). */
function fromPrometheus(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    // Histograms of the same label count other things, such as requests in a range of time.
    if (line.startsWith('#') || /^[a-zA-Z_:][\w:]{0,200}_(?:bucket|sum|count)[{ ]/.test(line)) continue;
    const value = Number(line.slice(line.lastIndexOf(' ') + 1));
    if (!(value >= 0) || !Number.isFinite(value)) continue;
    const label = /rcode="([A-Za-z]{6,8})"/.exec(line.slice(0, 2_048))?.[1];
    const word = /^[a-z_]{1,64}_([a-z]{6,8})_answers(?:_total)?[ {]/.exec(line.slice(0, 2_048))?.[1];
    const name = (label ?? word)?.toUpperCase();
    if (name !== undefined && names.includes(name)) found.set(name, (found.get(name) ?? 0) + value);
  }
  return found;
}
