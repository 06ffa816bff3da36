/** Devices that take long, for honest reasons and others, on a clock of the test's. */
import { afterEach, expect, test } from 'vitest';
import { compileProfiles, type Profiles, readingOfCells } from '../../../src/collect/collect.ts';
import { usualRows } from '../../../src/collect/row-bounds.ts';
import {
  type FillOutcome,
  mostGrowth,
  notPlaced,
  TableCells,
  type Varbind,
} from '../../../src/collect/session.ts';
import { parseYaml } from '../../../src/edge/files/yaml-document.ts';
import type { AgentRows } from '../../../src/edge/snmp/agent.ts';
import type { DevicePoller } from '../../../src/edge/snmp/device-poller.ts';
import { openTransport } from '../../../src/edge/snmp/transport.ts';
import { type Habit, openEvilAgent, usableHabits } from '../../support/evil-agent.ts';
import { evilPoller } from '../../support/evil-lab.ts';
import { PaperNetwork } from '../../support/paper-network.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end();
});

const portColumns = [
  ...['2', '7', '8', '10', '14'].map((column) => `1.3.6.1.2.1.2.2.1.${column}`),
  ...['1', '10'].map((column) => `1.3.6.1.2.1.31.1.1.1.${column}`),
];
const terminalProfiles = compileProfiles([
  parseYaml(
    'terminals.yaml',
    `id: terminals
tables:
  terminals:
    oid: 1.3.6.1.4.1.99.1.1
    object: { kind: ont }
    states: [{ col: 7, name: ont.state, map: { 1: online } }]
`,
  ).value,
]).value;

/** So many ports, made when they are asked for. */
function ports(count: number, columns = portColumns): AgentRows {
  const cell = (place: number, port: number): Varbind | undefined => {
    const column = columns[place];
    if (column === undefined) return undefined;
    return port <= count
      ? { oid: `${column}.${port}`, value: { type: 'integer', number: 1 } }
      : cell(place + 1, 1);
  };
  return {
    get: () => undefined,
    next(oid) {
      if (oid.startsWith('1.3.6.1.2.1.1.3') && !oid.endsWith('.0')) {
        return { oid: '1.3.6.1.2.1.1.3.0', value: { type: 'timeticks', number: 4_711 } };
      }
      const place = columns.findIndex((column) => oid === column || oid.startsWith(`${column}.`));
      return place < 0 ? undefined : cell(place, Number(oid.slice(columns[place]!.length + 1)) + 1);
    },
  };
}

async function lab(rows: AgentRows, options: { habit?: Habit; withinMs?: number; profiles?: Profiles } = {}) {
  const world = virtualWorld();
  const network = new PaperNetwork(world, 1);
  const transport = await openTransport(world, { sockets: 1, openSocket: network.openSocket });
  ends.push(() => transport.close());
  const agent = await openEvilAgent(rows, options.habit ?? usableHabits['none']!(), network.place());
  const target = { id: 'x', port: agent.port, timeoutMs: 2_000, retries: 1 };
  const { withinMs, profiles } = options;
  const poller: DevicePoller = evilPoller(world, transport, { ...target, withinMs, profiles });
  /** With the requests and the time it took. */
  async function timed<T>(work: Promise<T>) {
    const [heard, startsAt] = [agent.heard(), world.monotonicMs()];
    let found: { readonly value: T } | undefined;
    void work.then((value) => {
      found = { value };
    });
    while (found === undefined) await world.pass(50);
    return { value: found.value, requests: agent.heard() - heard, ms: world.monotonicMs() - startsAt };
  }
  const full = () => timed(poller.readAll(true));
  const fill = () => timed(new Promise<FillOutcome>((resolve) => poller.fill([0], resolve)));
  const looked = () => timed(poller.reading());
  return { poller, agent, full, fill, looked };
}

test('an agent that trickles its answers ends with the interval, and what came is kept', async () => {
  const slow: Habit = ({ honest, reply, send, later }) => later(1_800, () => send(reply(honest(20))));
  const { poller, full, fill } = await lab(ports(200), { habit: slow, withinMs: 10_000 });
  const first = await full();
  expect(first.value).toMatchObject({ kind: 'reading', incomplete: 2 });
  expect(first.ms).toBeLessThan(32_000);
  for (let n = 0; n < 3; n++) {
    const { value, ms } = await fill();
    expect(ms).toBeLessThan(12_100);
    expect(value.problems).toEqual([{ kind: 'overBudget', budget: 'time' }]);
    expect(value.answeredAtMs).toBeDefined();
    expect(poller.plan()!.cells[0]!.rows).toBeGreaterThan(10);
  }
});

test('a table longer than its budget is let grow until it is read whole, and costs no more than it is long', async () => {
  const count = 60_000;
  const terminals = ports(count, ['1.3.6.1.4.1.99.1.1.7']);
  const { poller, full, fill, looked } = await lab(terminals, { profiles: terminalProfiles });
  await full();
  expect((await fill()).value.problems).toEqual([{ kind: 'overBudget', budget: 'rows' }]);
  let read = await fill();
  for (let n = 0; n < 6 && read.value.problems[0] !== undefined; n++) read = await fill();
  const { value, requests } = read;
  expect(value.problems).toEqual([undefined]);
  expect(poller.plan()!.cells[0]!.rows).toBe(count);
  expect(requests).toBeLessThan(1_100);
  expect(poller.pace.growth).toBe(8);
  const whole = (await full()).value;
  if (whole.kind !== 'reading') throw new Error(whole.kind);
  expect(whole.reading.readings).toHaveLength(count);
  expect((await looked()).value?.readings).toHaveLength(count);
  // Made in slices, so that nothing else waits for all of it.
  const { groups, cells } = poller.plan()!;
  expect([...readingOfCells(whole.reading, groups, cells)].length).toBeGreaterThan(count / 100);
}, 60_000);

test('what a table may grow to has room in its cells, and cells hold no more', async () => {
  const cells = new TableCells({ columns: ['1.3.6.1.4.1.99.1.1.7'] });
  cells.begin();
  const index = Uint8Array.of(0x80, 0, 0, 0);
  const place = (row: number): number => {
    for (let digit = 0; digit < 4; digit++) {
      index[3 - digit] = ((row >> (7 * digit)) & 0x7f) | (digit === 0 ? 0 : 0x80);
    }
    index[0] = index[0]! | 0x01;
    return cells.rowFor(0, index, 0, 4);
  };
  for (let row = 0; row < usualRows * mostGrowth; row++) place(row);
  expect(cells.rows).toBe(160_000);
  expect(place(160_000)).toBe(notPlaced.noRoom);
  expect(cells.refused.rows).toBe(1);
});

test('so is one whose agent gives little an answer, with all its names', async () => {
  const count = 4_500;
  const { poller, full } = await lab(ports(count), { habit: usableHabits['three repetitions at most']!() });
  await full();
  expect(poller.named()!.interfaces.length).toBeLessThan(count);
  await full();
  await full();
  expect(poller.named()!.interfaces).toHaveLength(count);
}, 60_000);

test('a table without end is let grow no further than the most, and gets its first bounds again', async () => {
  const { poller, full, fill } = await lab(ports(Number.MAX_SAFE_INTEGER), { withinMs: 600_000 });
  await full();
  const first = await fill();
  expect(first.requests).toBeLessThanOrEqual(2_000);
  await fill();
  expect(poller.pace.growth).toBeGreaterThan(1);
  // As it is after more of them.
  Object.assign(poller.pace, { growth: 8, overruns: 1 });
  await fill();
  expect(poller.pace.growth).toBe(0);
  const { requests, value } = await fill();
  expect(value.problems).toMatchObject([{ kind: 'overBudget' }]);
  expect(requests).toBeLessThanOrEqual(first.requests + 1);
}, 60_000);
