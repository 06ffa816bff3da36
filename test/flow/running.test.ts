import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { minutes, seconds } from '../../src/base/instant.ts';
import type { Applied } from '../../src/flow/applied.ts';
import type { Input } from '../../src/flow/input.ts';
import type { Line } from '../../src/flow/line.ts';
import type { LineSnapshot } from '../../src/flow/line-snapshot.ts';
import { decodeInput } from '../../src/flow/record.ts';
import { recoverLine } from '../../src/flow/recovery.ts';
import { Running } from '../../src/flow/running.ts';
import { resourceId } from '../../src/model/ids.ts';
import { cityNoon } from '../support/line-city.ts';
import { freshLine } from '../support/line-run.ts';
import { MemoryJournal } from '../support/memory-journal.ts';
import { terminals } from '../support/small-city.ts';
import { virtualWorld } from '../support/virtual-world.ts';

const raise = (id: string, cause = 'LOS'): Input => ({
  kind: 'observation',
  observation: { event: 'raise', resource: resourceId(id), cause, source: 'trap' },
});
const clear = (id: string): Input => ({
  kind: 'observation',
  observation: { event: 'clear', resource: resourceId(id), cause: 'LOS', source: 'trap' },
});
const cityOf = (subscribers: string): Input[] => [
  { kind: 'policy', policy: 'quick' },
  { kind: 'topologyVersion', version: 1, topology: 'city', subscribers },
];

/** `lookMs`: how much time goes by from one look at the clock to the next. */
function centre(options: { capacity?: number; journal?: MemoryJournal; line?: Line; lookMs?: number } = {}) {
  const { journal = new MemoryJournal(), line = freshLine() } = options;
  const world = virtualWorld({ startsAt: cityNoon });
  if (options.lookMs !== undefined) {
    let looked = 0;
    world.monotonicMs = () => options.lookMs! * looked++;
  }
  const delivered: Applied[] = [];
  const batches: number[] = [];
  const failures: unknown[] = [];
  /** How many of the next batches the book refuses. */
  const book = { refuses: 0 };
  const running = new Running({
    line,
    journal,
    world,
    capacity: options.capacity,
    deliver: async (batch) => {
      if (book.refuses-- > 0) throw new Error('the book is read-only');
      expect(journal.lastSequence).toBeGreaterThanOrEqual(batch.at(-1)!.sequence);
      batches.push(batch.length);
      delivered.push(...batch);
    },
    onFailure: (fault) => failures.push(fault),
  });
  running.start();
  const offerAll = (inputs: readonly Input[]) => inputs.map((input) => running.offer(input));
  return { journal, line, world, delivered, batches, failures, book, running, offerAll };
}

/** What became of a promise so far. */
function fate(promise: Promise<unknown>) {
  const seen: { state: 'waiting' | 'kept' | 'broken'; reason?: unknown } = { state: 'waiting' };
  promise.then(
    () => Object.assign(seen, { state: 'kept' }),
    (reason: unknown) => Object.assign(seen, { state: 'broken', reason }),
  );
  return seen;
}

describe('the line on its journal', () => {
  test('a turn ends when its time is up, and what it left is taken in the next ones as if nothing had been', async () => {
    const inputs = terminals('1').flatMap((id) => [raise(id), clear(id)]);
    const [slow, quick] = [centre({ lookMs: 5 }), centre()];
    for (const { offerAll, world } of [slow, quick]) {
      offerAll([...cityOf('all'), ...inputs]);
      await world.pass(1_000);
    }
    expect(slow.batches.length).toBeGreaterThan(1);
    expect(Math.max(...slow.batches)).toBeLessThan(inputs.length);
    const taken = (delivered: readonly Applied[]) =>
      delivered.map(({ sequence, changes }) => [sequence, changes]);
    expect(canonicalJson(taken(slow.delivered).slice(0, inputs.length))).toBe(
      canonicalJson(taken(quick.delivered).slice(0, inputs.length)),
    );
  });

  test('inputs are numbered in the order they came, written together and delivered in that order', async () => {
    const { offerAll, world, journal, delivered, batches } = centre();
    const ids = terminals('1');
    offerAll([...cityOf('all'), ...ids.map((id) => raise(id))]);
    await world.pass(0);
    expect(journal.batches).toEqual([34]);
    expect(batches).toEqual([34]);
    expect(delivered.map(({ sequence }) => sequence)).toEqual(journal.records.map((_, at) => at + 1));
    const written = journal.records.slice(2).map((bytes) => decodeInput(bytes).input);
    expect(written).toMatchObject(ids.map((id) => raise(id)));
  });

  test('a submitted input is answered only when it is durable and delivered', async () => {
    const { running, world, journal, delivered } = centre();
    journal.isSlow = true;
    const answer = fate(running.submit(raise('olt-1')));
    await world.pass(100);
    expect(answer.state).toBe('waiting');
    expect(delivered).toEqual([]);
    journal.release();
    await world.pass(0);
    expect(answer.state).toBe('kept');
    expect(delivered).toHaveLength(1);
  });

  test('a broken disk stops the line: nothing is delivered, all who wait are told, and the process hears once', async () => {
    const { running, world, journal, delivered, failures } = centre();
    journal.isSlow = true;
    const written = fate(running.submit(raise('olt-1')));
    await world.pass(10);
    const second = fate(running.submit(raise('olt-2')));
    const point = running.checkpoint();
    await world.pass(10);
    const queued = fate(running.submit(raise('agg-1')));
    journal.breakDown();
    await world.pass(10);
    await world.pass(minutes(1));
    expect([written.state, second.state, queued.state]).toEqual(['broken', 'broken', 'broken']);
    expect(queued.reason).toMatchObject({ code: 'line/stopped' });
    expect(delivered).toEqual([]);
    expect(failures).toHaveLength(1);
    await expect(point!.durable).rejects.toThrow('no space left');
    expect(running.offer(raise('agg-2'))).toBe(false);
    expect(running.checkpoint()).toBeUndefined();
    await expect(running.submit(raise('agg-2'))).rejects.toMatchObject({ code: 'line/stopped' });
  });

  test('when the book refuses a batch, no later batch reaches it', async () => {
    const { running, world, journal, delivered, failures, book } = centre();
    journal.isSlow = true;
    const answers = [];
    for (const id of ['olt-1', 'olt-2', 'agg-1']) {
      answers.push(fate(running.submit(raise(id))));
      await world.pass(10);
    }
    book.refuses = 1;
    journal.release();
    await world.pass(10);
    expect(delivered).toEqual([]);
    expect(answers.map(({ state }) => state)).toEqual(['broken', 'broken', 'broken']);
    expect(failures).toHaveLength(1);
  });

  test('a full queue refuses, counts, and whoever offered keeps his input', async () => {
    const { running, offerAll, world, delivered } = centre({ capacity: 3 });
    expect(offerAll(['a', 'b', 'c', 'd'].map((id) => raise(id)))).toEqual([true, true, true, false]);
    await expect(running.submit(raise('e'))).rejects.toMatchObject({ code: 'line/full' });
    expect(running.refused).toBe(2);
    expect(running.waiting).toBe(3);
    await world.pass(0);
    expect(delivered).toHaveLength(3);
    expect(running.offer(raise('d'))).toBe(true);
  });

  test('a stop applies and delivers what waits, slices included, and takes nothing more', async () => {
    const { running, offerAll, delivered, world, line, journal } = centre();
    offerAll([...cityOf('crowd'), ...terminals('1').map((id) => raise(id))]);
    await world.pass(seconds(30));
    offerAll(terminals('2').map((id) => raise(id)));
    const stopped = running.stop();
    expect(running.offer(raise('late'))).toBe(false);
    await stopped;
    expect(delivered.at(-1)?.sequence).toBe(line.sequence);
    expect(journal.records).toHaveLength(line.sequence);
    const kinds = journal.records.map((bytes) => decodeInput(bytes).input.kind);
    const left = delivered.flatMap(({ rest }) => rest);
    expect(left).toHaveLength(kinds.filter((kind) => kind === 'continue').length);
  });

  test('timers fire when they are due, to the millisecond, without any input', async () => {
    const { offerAll, world, line, journal, delivered } = centre();
    offerAll([...cityOf('all'), ...terminals('1-1-1').map((id) => raise(id))]);
    await world.pass(0);
    while (delivered.every(({ effects }) => effects.every(({ kind }) => kind !== 'tell'))) {
      const due = line.wakeAt!;
      const before = journal.records.length;
      await world.pass(due - world.now() - 1);
      expect(journal.records).toHaveLength(before);
      await world.pass(1);
      expect(decodeInput(journal.records.at(-1)!)).toMatchObject({ at: due, input: { kind: 'tick' } });
    }
  });

  test.each([8, 20])(
    '%d batches behind a slow disk hold the line back, and no timer is lost',
    async (batches) => {
      const { offerAll, running, world, journal, delivered, line } = centre();
      offerAll([...cityOf('all'), ...terminals('1-1-1').map((id) => raise(id))]);
      await world.pass(0);
      journal.isSlow = true;
      for (let n = 0; n < batches; n++) {
        running.offer(raise(`stranger-${n}`));
        await world.pass(10);
      }
      expect(running.waiting).toBe(batches - 8);
      await world.pass(seconds(20));
      journal.isSlow = false;
      journal.release();
      await world.pass(1);
      await world.pass(1);
      expect(running.waiting).toBe(0);
      expect(line.wakeAt).toBeGreaterThan(world.now());
      expect(delivered.at(-1)?.sequence).toBe(line.sequence);
    },
  );

  test('a clock that is set back never takes the line with it', async () => {
    const journal = new MemoryJournal();
    const line = freshLine();
    line.apply(0, (cityNoon + minutes(5)) as typeof cityNoon, { kind: 'tick' });
    const { offerAll, world } = centre({ journal, line });
    for (const input of [...cityOf('all'), raise('olt-1')]) {
      offerAll([input]);
      await world.pass(minutes(1));
    }
    await world.pass(minutes(10));
    const times = journal.records.map((bytes) => decodeInput(bytes).at as number);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBe(cityNoon + minutes(5));
  });
});

describe('after a crash', { timeout: 30_000 }, () => {
  const everywhere = [...terminals('1'), ...terminals('2')];
  /** An outage of the whole crowd with its end and its questions: many slices. */
  async function aBusyDay() {
    const made = centre();
    made.offerAll([...cityOf('crowd'), ...everywhere.map((id) => raise(id))]);
    await made.world.pass(minutes(2));
    made.offerAll(everywhere.map((id) => clear(id)));
    await made.world.pass(minutes(15));
    await made.running.stop();
    return made;
  }

  test('whatever part of the journal is left, the line is what a replay makes of it, and slices go on', async () => {
    const { journal, delivered } = await aBusyDay();
    const kinds = journal.records.map((bytes) => decodeInput(bytes).input.kind);
    expect(kinds.filter((kind) => kind === 'continue').length).toBeGreaterThan(2);
    const replayed = freshLine();
    const states = journal.records.map((bytes, at) => {
      const { at: when, input } = decodeInput(bytes);
      const applied = replayed.apply(at + 1, when, input);
      return { applied, state: at % 20 === 0 || applied.rest.length > 0 ? stateOf(replayed) : undefined };
    });
    expect(canonicalJson(delivered)).toBe(canonicalJson(states.map(({ applied }) => applied)));
    for (const [at, { state }] of states.entries()) {
      if (state === undefined) continue;
      const line = freshLine();
      const seen: Applied[] = [];
      const { rest, records } = await recoverLine({
        line,
        journal: new MemoryJournal(journal.records.slice(0, at + 1)),
        load: async () => {},
        deliver: async (batch) => void seen.push(...batch),
      });
      expect(records).toBe(at + 1);
      expect(stateOf(line)).toBe(state);
      expect(canonicalJson(seen)).toBe(canonicalJson(delivered.slice(0, at + 1)));
      expect(rest.length > 0).toBe(kinds[at + 1] === 'continue' || delivered[at]!.rest.length > 0);
    }
  });

  test('a newest snapshot and the records behind it give the same line', async () => {
    const { journal, line } = await aBusyDay();
    const half = freshLine();
    const middle = Math.floor(journal.records.length / 2);
    for (const [at, bytes] of journal.records.slice(0, middle).entries()) {
      const { at: when, input } = decodeInput(bytes);
      half.apply(at + 1, when, input);
    }
    const snapshot = JSON.parse(JSON.stringify(half.snapshot())) as LineSnapshot;
    const again = freshLine();
    const { records } = await recoverLine({
      line: again,
      journal,
      snapshot,
      load: async () => {},
      deliver: async () => {},
    });
    expect(records).toBe(journal.records.length - middle);
    expect(stateOf(again)).toBe(stateOf(line));
  });

  test('a slice that was open goes on before new inputs, and everybody is told once', async () => {
    const whole = await aBusyDay();
    const kinds = whole.journal.records.map((bytes) => decodeInput(bytes).input.kind);
    const cut = kinds.indexOf('continue');
    const journal = new MemoryJournal(whole.journal.records.slice(0, cut));
    const line = freshLine();
    const before: Applied[] = [];
    const { rest } = await recoverLine({
      line,
      journal,
      load: async () => {},
      deliver: async (batch) => void before.push(...batch),
    });
    expect(rest).toHaveLength(1);
    const world = virtualWorld({ startsAt: line.at });
    const after: Applied[] = [];
    const running = new Running({
      line,
      journal,
      world,
      rest,
      deliver: async (batch) => void after.push(...batch),
      onFailure: () => {},
    });
    running.offer({ kind: 'resumed', stoppedMs: 0 });
    await world.pass(0);
    await running.stop();
    const next = journal.records.slice(cut).map((bytes) => decodeInput(bytes).input.kind);
    expect(next.indexOf('continue')).toBe(0);
    const told = [...before, ...after].flatMap(({ effects }) =>
      effects.flatMap((effect) => (effect.kind === 'tell' ? [effect.tell] : [])),
    );
    const numbers = told.flatMap(({ from, to, except }) =>
      Array.from({ length: to - from }, (_, at) => from + at).filter((number) => !except.includes(number)),
    );
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.length).toBeGreaterThan(4_000);
  });
});

describe('after a stop', () => {
  test('the line hears how long it was away before any timer that fell due meanwhile', async () => {
    const made = centre();
    made.offerAll([...cityOf('all'), ...terminals('1-1-1').map((id) => raise(id))]);
    await made.world.pass(10);
    const { line, journal } = made;
    const before = journal.records.length;
    expect(line.wakeAt).toBeDefined();
    const world = virtualWorld({ startsAt: line.at + minutes(90) });
    const stoppedMs = world.now() - line.at;
    const running = new Running({
      line,
      journal,
      world,
      opening: { kind: 'resumed', stoppedMs },
      deliver: async () => {},
      onFailure: () => {},
    });
    running.start();
    running.offer(raise('olt-2'));
    await world.pass(10);
    const kinds = journal.records.slice(before).map((bytes) => decodeInput(bytes).input.kind);
    expect(kinds.slice(0, 2)).toEqual(['resumed', 'observation']);
    expect(kinds.filter((kind) => kind === 'resumed')).toHaveLength(1);
  });
});

const stateOf = (line: Line): string => canonicalJson(line.snapshot());
