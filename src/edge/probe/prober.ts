/** Sends probes and DNS questions: bounded in number, each with its deadline, and an outcome whatever happens. */

import { neverHappens } from '../../base/fault.ts';
import type { World } from '../../base/world.ts';
import type { Prober } from '../../flow/probing.ts';
import type { DnsQuestion } from '../../model/dns.ts';
import type { Probe, ProbeOutcome } from '../../model/probe.ts';
import { probeTcp, probeTls } from './connection.ts';
import { askDns } from './dns-client.ts';
import { readDnsStatistics } from './dns-statistics.ts';
import { echo, hasFping } from './echo.ts';
import { probeHttp } from './http.ts';
import { probeRadius } from './radius.ts';
import { TargetAddresses } from './target-address.ts';

export function openProber(world: World): Prober {
  const addresses = new TargetAddresses(world);
  let byPing: Promise<boolean> | undefined;
  const once = async (probe: Probe): Promise<ProbeOutcome> => {
    if (probe.kind === 'http') return probeHttp(world, probe);
    const target = await addresses.resolve(probe.host, probe.allowPrivate);
    if (target.kind === 'refused') return { fault: 'refused', detail: target.reason };
    if (target.kind === 'unknown') return { fault: 'noAnswer', detail: target.reason };
    const { address } = target;
    switch (probe.kind) {
      case 'icmp': {
        byPing ??= pingOrTell(world);
        return echo(world, { ...probe, address }, await byPing);
      }
      case 'tcp':
        return probeTcp(world, { ...probe, address });
      case 'tls':
        return probeTls(world, { ...probe, address, serverName: probe.serverName ?? probe.host });
      case 'radius':
        return probeRadius(world, { ...probe, address });
      case 'dns':
        return probeDns(world, { ...probe, address });
      default:
        return neverHappens(probe);
    }
  };
  return {
    async probe(probe) {
      try {
        return await once(probe);
      } catch (error) {
        return { fault: 'refused', detail: String(error).slice(0, 256) };
      }
    },
    async statistics(from) {
      try {
        return await readDnsStatistics(world, from);
      } catch {
        return undefined;
      }
    },
    async ask(question) {
      try {
        return await askDns(world, question);
      } catch (error) {
        return { kind: 'unreachable', reason: String(error).slice(0, 256) };
      }
    },
  };
}

async function pingOrTell(world: World): Promise<boolean> {
  const isThere = await hasFping();
  if (!isThere) world.log.warn('fping is missing or may not send: connections over TCP stand for echoes', {});
  return isThere;
}

async function probeDns(
  world: World,
  probe: Extract<Probe, { kind: 'dns' }> & { readonly address: string },
): Promise<ProbeOutcome> {
  const question: DnsQuestion = { ...probe, recursive: true, dnssec: false, udpSize: 1_232, overTcp: true };
  const outcome = await askDns(world, question);
  if (outcome.kind === 'badAnswer') return { fault: 'wrongAnswer', detail: outcome.reason };
  if (outcome.kind === 'unreachable') return { fault: 'noAnswer', detail: outcome.reason };
  if (outcome.kind === 'timeout') return { fault: 'noAnswer' };
  const { latencyMs, rcode, records } = outcome;
  if (rcode !== 0) return { fault: 'wrongAnswer', detail: `rcode ${rcode}`, latencyMs };
  const isRight = probe.expect.length === 0 || JSON.stringify(probe.expect) === JSON.stringify(records);
  if (isRight) return { latencyMs };
  return { fault: 'wrongAnswer', detail: records.join(', ').slice(0, 256), latencyMs };
}
