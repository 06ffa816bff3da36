/** One round of questions to the DNS platform: what each resolver and each zone's server is asked, a few at once. */
import type { DurationMs, Instant } from '../base/instant.ts';
import { inParallel } from '../base/parallel.ts';
import {
  type DnsCheckKind,
  type DnsOutcome,
  type DnsPlatform,
  type DnsQuestion,
  type DnsResolver,
  type DnsRound,
  type DnsSeen,
  type DnsZone,
  serialOf,
} from '../model/dns.ts';

type AskDns = (question: DnsQuestion) => Promise<DnsOutcome>;

/** Resolvers asked at the same time; each is asked one question after the other, so that none waits for another's answer. */
const mostAtOnce = 32;
const soaType = 6;
const addressType = 1;

export interface DnsRoundOptions {
  readonly platform: DnsPlatform;
  readonly ask: AskDns;
  /** A label that was never asked before. */
  readonly freshLabel: () => string;
  readonly statistics: (from: DnsStatistics) => Promise<Readonly<Record<string, number>> | undefined>;
}

export interface DnsStatistics {
  readonly url: string;
  readonly timeoutMs: DurationMs;
}

export async function dnsRound(options: DnsRoundOptions, at: Instant): Promise<DnsRound> {
  const { platform } = options;
  const [resolvers, zones] = await Promise.all([
    inParallel(platform.resolvers, mostAtOnce, async (resolver) => {
      const { statistics: url } = resolver;
      const [seen, counted] = await Promise.all([
        askResolver(options, resolver),
        url === undefined ? undefined : options.statistics({ url, timeoutMs: platform.timeoutMs }),
      ]);
      return { resolver, seen, counted };
    }),
    inParallel(platform.zones, mostAtOnce, async (zone) => ({ zone, serials: await askZone(options, zone) })),
  ]);
  return { at, resolvers, zones };
}

interface Wanted {
  readonly check: DnsCheckKind;
  readonly name: string;
  readonly type: number;
  readonly change?: Partial<DnsQuestion> | undefined;
}

async function askResolver(options: DnsRoundOptions, resolver: DnsResolver): Promise<readonly DnsSeen[]> {
  const seen: DnsSeen[] = [];
  for (const { check, name, type, change } of questionsOf(options)) {
    const outcome = await options.ask({ ...plain(options, resolver), name, type, ...change });
    seen.push({ check, name, type, outcome });
  }
  return seen;
}

const plain = (
  { platform }: DnsRoundOptions,
  server: { readonly address: string; readonly port: number },
): Omit<DnsQuestion, 'name' | 'type'> => ({
  address: server.address,
  port: server.port,
  from: platform.from,
  timeoutMs: platform.timeoutMs,
  recursive: true,
  dnssec: false,
  // What passes everywhere without fragments (DNS flag day 2020).
  udpSize: 1_232,
  overTcp: true,
});

function questionsOf({ platform, freshLabel }: DnsRoundOptions): Wanted[] {
  const { hit, miss, answers, signed, broken, open, amplification } = platform.checks;
  const wanted: Wanted[] = [];
  if (hit !== undefined) wanted.push({ check: 'hit', name: hit, type: addressType });
  if (miss !== undefined) wanted.push({ check: 'miss', name: `${freshLabel()}.${miss}`, type: addressType });
  for (const { name, type } of answers) wanted.push({ check: 'answer', name, type });
  const validated = { dnssec: true };
  if (signed !== undefined)
    wanted.push({ check: 'signed', name: signed, type: addressType, change: validated });
  if (broken !== undefined)
    wanted.push({ check: 'broken', name: broken, type: addressType, change: validated });
  for (const zone of platform.zones) wanted.push({ check: 'serial', name: zone.name, type: soaType });
  if (open !== undefined)
    wanted.push({ check: 'open', name: open.name, type: addressType, change: { from: open.from } });
  if (amplification !== undefined) {
    const change = { dnssec: true, udpSize: 4_096, overTcp: false };
    wanted.push({ check: 'amplification', ...amplification, change });
  }
  return wanted;
}

async function askZone(options: DnsRoundOptions, zone: DnsZone): Promise<readonly (number | undefined)[]> {
  const serials: (number | undefined)[] = [];
  for (const server of zone.servers) {
    const question = { ...plain(options, server), name: zone.name, type: soaType, recursive: false };
    serials.push(serialOf(await options.ask(question)));
  }
  return serials;
}
