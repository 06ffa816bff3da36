/**
 * A broken branch is told from a broken port because the line asked the collector: traps of some terminals, an OLT that
 * answers over SNMP (its datagrams on paper), the measuring loop, the journal and the line, on one clock.
 */
import { afterEach, expect, test } from 'vitest';
import { placesByDevice } from '../../../src/app/center/asking.ts';
import { seconds } from '../../../src/base/instant.ts';
import { compileProfiles } from '../../../src/collect/collect.ts';
import { compileDetectionRules, Detection } from '../../../src/detect/detect.ts';
import { parseYaml } from '../../../src/edge/files/yaml-document.ts';
import { openTransport } from '../../../src/edge/snmp/transport.ts';
import type { Applied } from '../../../src/flow/applied.ts';
import type { Input } from '../../../src/flow/input.ts';
import { Measuring } from '../../../src/flow/measuring.ts';
import { decodeInput } from '../../../src/flow/record.ts';
import { Running } from '../../../src/flow/running.ts';
import type { SeriesId } from '../../../src/flow/series.ts';
import { resourceId } from '../../../src/model/ids.ts';
import type { Incident } from '../../../src/model/incident.ts';
import { openEvilAgent, usableHabits } from '../../support/evil-agent.ts';
import { evilDevice } from '../../support/evil-lab.ts';
import { cityContents, cityNoon } from '../../support/line-city.ts';
import { freshLine } from '../../support/line-run.ts';
import { MemoryJournal } from '../../support/memory-journal.ts';
import { numbers, ont, portProfile, portTopology, rowsOf } from '../../support/one-port.ts';
import { PaperNetwork } from '../../support/paper-network.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

const { value: profiles } = compileProfiles([parseYaml('olt.yaml', portProfile).value]);

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function centre(given: { readonly isAsked: boolean }) {
  let { isAsked } = given;
  const world = virtualWorld({ startsAt: cityNoon });
  const network = new PaperNetwork(world, 1);
  const transport = await openTransport(world, { sockets: 1, openSocket: network.openSocket });
  const down = new Set<number>();
  const agent = await openEvilAgent(rowsOf(down), usableHabits['none']!(), network.place());
  const line = freshLine({ ...cityContents(), topology: () => portTopology });
  const journal = new MemoryJournal();
  const applied: Applied[] = [];
  const running = new Running({
    ...{ line, journal, world },
    deliver: async (batch) => {
      applied.push(...batch);
      for (const effect of batch.flatMap(({ effects }) => effects)) {
        if (effect.kind !== 'observe' || !isAsked) continue;
        const devices = [{ id: 'olt-1', resource: resourceId('olt-1') }];
        for (const [device, places] of placesByDevice(portTopology, devices, effect.measurement.resources)) {
          measuring.ask(device, places);
        }
      }
    },
    onFailure: (fault) => expect.fail(String(fault)),
  });
  const measuring = new Measuring({
    ...{ collector: 'collector', intervalMs: seconds(600), world },
    devices: [evilDevice(world, transport, { id: 'olt-1', port: agent.port, timeoutMs: 1_000, profiles })],
    series: { register: async (names) => names.map((_, i) => i as SeriesId), append: async () => undefined },
    detection: new Detection(compileDetectionRules([]).value),
    offer: (observation) => running.offer({ kind: 'observation', observation }),
    offerMany: (bitmap) => running.offer({ kind: 'bitmap', bitmap }),
    offerFull: (bitmap) => running.offer({ kind: 'fullBitmap', bitmap }),
    onTurn: () => undefined,
  });
  ends.push(async () => {
    await measuring.stop();
    await running.stop();
    await transport.close();
  });
  running.start();
  measuring.start();
  running.offer({ kind: 'policy', policy: 'quick' });
  running.offer({ kind: 'topologyVersion', version: 1, topology: 'port', subscribers: 'all' });
  await world.pass(900_000);
  const trap = (number: number): void => {
    down.add(number);
    const observation = {
      event: 'raise',
      resource: resourceId(ont(number)),
      cause: 'LOS',
      source: 'trap',
    } as const;
    running.offer({ kind: 'observation', observation });
  };
  const incidents = (): Incident[] => {
    const last = new Map<string, Incident>();
    for (const change of applied.flatMap(({ changes }) => changes)) {
      if (change.kind === 'incident') last.set(change.incident.id, change.incident);
    }
    return [...last.values()].filter(({ state }) => state === 'open' || state === 'uncertain');
  };
  const said = (): string[] =>
    incidents()
      .map(({ kind, root }) => `${kind} ${root}`)
      .sort();
  const inputs = (): Input[] => journal.records.map((bytes) => decodeInput(bytes).input);
  /** The centre stops and starts with a collector that can be asked. */
  const restart = (): void => {
    isAsked = true;
    running.offer({ kind: 'resumed', stoppedMs: 5_000 });
  };
  return { world, down, trap, incidents, said, inputs, journal, applied, measuring, agent, restart };
}

/** A whole branch and two lines beside it. */
const heard = [...numbers.slice(0, 8), 9, 10];

test('without an answer two terminals of the other branch make it look like more than the branch', async () => {
  const { world, trap, said, incidents } = await centre({ isAsked: false });
  for (const number of heard) trap(number);
  await world.pass(30_000);
  expect(said()).toEqual(['splitter splitter']);
  expect(incidents()[0]?.explanation['measurement']).toMatchObject({ resources: ['branch-2'] });
});

test('the collector is asked in time, and those who said nothing prove to be alive', async () => {
  const { world, trap, said, inputs, measuring, journal, applied } = await centre({ isAsked: true });
  for (const number of heard) trap(number);
  await world.pass(30_000);
  expect(said()).toEqual([`drop ${ont(10)}`, `drop ${ont(9)}`, 'splitter branch-1']);
  const answers = inputs().flatMap((input) => (input.kind === 'fullBitmap' ? [input.bitmap] : []));
  expect(answers).toMatchObject([
    {
      ...{ owner: 'olt-1/pon-port/1', device: 'olt-1', counts: { down: 10, alive: 6, unknown: 0 } },
      ...{ alive: numbers.slice(10).map((number) => `ont/1.${number}`), unknown: [] },
    },
  ]);
  expect(measuring.counters).toMatchObject({ asks: 1, asksAnswered: 1, asksRefused: 0 });
  const again = freshLine({ ...cityContents(), topology: () => portTopology });
  journal.records.forEach((bytes, i) => {
    const { at, input } = decodeInput(bytes);
    const { changes } = again.apply(i + 1, at, input);
    expect(JSON.stringify(changes)).toBe(JSON.stringify(applied[i]!.changes));
  });
});

test('a question that was lost with the collector is asked again after the start', async () => {
  const { world, trap, said, restart, measuring } = await centre({ isAsked: false });
  for (const number of heard) trap(number);
  await world.pass(3_000);
  expect(measuring.counters).toMatchObject({ asks: 0 });
  restart();
  await world.pass(30_000);
  expect(measuring.counters).toMatchObject({ asks: 1, asksAnswered: 1 });
  expect(said()).toEqual([`drop ${ont(10)}`, `drop ${ont(9)}`, 'splitter branch-1']);
});

test('what is down and was never told is raised by the answer, and the wide fault stands', async () => {
  const { world, trap, down, said } = await centre({ isAsked: true });
  for (const number of numbers) down.add(number);
  for (const number of heard) trap(number);
  await world.pass(30_000);
  expect(said()).toEqual(['splitter splitter']);
});

test('an OLT that does not answer makes its terminals unknown, not alive', async () => {
  const { world, trap, said, inputs, agent } = await centre({ isAsked: true });
  for (const number of heard) trap(number);
  agent.habit = () => undefined;
  await world.pass(25_000);
  expect(said()).toEqual(['splitter splitter']);
  const answers = inputs().flatMap((input) => (input.kind === 'fullBitmap' ? [input.bitmap] : []));
  expect(answers).toMatchObject([{ alive: [], owner: 'olt-1' }]);
  expect(answers[0]?.unknown).toContain('ont/1.16');
});
