// The demo's name servers as the daemon's own probing sees them: sound, poisoned, slow, and closed to strangers.
import { afterEach, expect, test } from 'vitest';
import { parseConfig } from '../../src/app/config/config.ts';
import { DnsDetection } from '../../src/detect/detect.ts';
import { openProber } from '../../src/edge/probe/prober.ts';
import { dnsRound } from '../../src/flow/dns-round.ts';
import { reserveAddresses } from '../../src/sim/agents.ts';
import { buildCity } from '../../src/sim/city.ts';
import { configurationYaml } from '../../src/sim/city-files.ts';
import { type NameServer, openNameServers } from '../../src/sim/resolvers.ts';
import { realWorld } from '../support/real-world.ts';

let servers: readonly NameServer[] = [];
afterEach(() => Promise.all(servers.map((server) => server.close())));

test('the platform as the demo configures it: nothing wrong at first, then one poisoned and one slow resolver', async () => {
  const world = realWorld();
  const city = buildCity({ seed: 1, households: 50 });
  const addresses = await reserveAddresses(city);
  const faults = { poisoned: new Set<string>(), slow: new Set<string>() };
  servers = await openNameServers({ addresses, faults, world });
  const text = configurationYaml(city, {
    addresses,
    gateway: 'http://127.0.0.1:1/sms',
    gatewaySecret: 'secret',
    policy: './policy.yaml',
    profiles: './collectors',
    rules: './rules',
    automations: './automations',
    staff: [],
  });
  const { value, problems } = parseConfig('demo/allclear.yaml', text);
  expect(problems).toEqual([]);
  const platform = { ...value.dns!, raiseAfter: 1 };
  const detection = new DnsDetection(platform);
  let label = 0;
  const { ask, statistics } = openProber(world);
  const round = async (asked = platform) =>
    detection.take(
      await dnsRound({ platform: asked, ask, statistics, freshLabel: () => `l${label++}` }, world.now()),
    );
  expect(await round()).toEqual([]);
  const { resolvers, zones, findings } = detection.view!;
  expect(findings).toEqual([]);
  expect(
    resolvers.map(({ resolver, dnssec, isOpen, isCorrect, serialLag }) => [
      resolver.id,
      dnssec,
      isOpen,
      isCorrect,
      serialLag,
    ]),
  ).toEqual(['dns-1', 'dns-2', 'dns-3', 'dns-4'].map((id) => [id, 'validates', false, true, 0]));
  expect(zones[0]!.servers.map(({ serial }) => serial)).toEqual([2026010101, 2026010101]);

  faults.poisoned.add('dns-2');
  faults.slow.add('dns-4');
  // A few of the questions: the slow one answers each of them late.
  const { hit, answers } = platform.checks;
  await round({ ...platform, checks: { hit, answers }, zones: [] });
  await round({ ...platform, checks: { hit, answers }, zones: [] });
  expect(detection.view!.findings.map(({ kind, about }) => `${kind} ${about}`).sort()).toEqual([
    'slow dns-4',
    'wrongAnswer dns-2',
  ]);
});
