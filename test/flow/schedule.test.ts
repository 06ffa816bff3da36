/** Who is asked when: spread over the interval, never in a crowd, late only by what the loop was late. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Schedule } from '../../src/flow/schedule.ts';
import { Wheel } from '../../src/flow/wheel.ts';

describe('the wheel', () => {
  test('what is due is visited once, in the order of its ticks, whatever was set and cleared before', () => {
    const orders = fc.array(fc.record({ turn: fc.nat(20), dueMs: fc.nat(200_000), clear: fc.boolean() }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(orders, fc.array(fc.nat(90_000), { maxLength: 10 }), (list, steps) => {
        const wheel = new Wheel(0, 20);
        const wanted = new Map<number, number>();
        for (const { turn, dueMs, clear } of list) {
          if (clear) wheel.clear(turn);
          else wheel.set(turn, dueMs);
          if (clear) wanted.delete(turn);
          else wanted.set(turn, dueMs);
        }
        let now = 0;
        for (const step of [...steps, 300_000]) {
          now += step;
          const seen: number[] = [];
          wheel.run(now, 1_000, (turn) => seen.push(turn));
          const due = [...wanted].filter(([, at]) => Math.max(1, Math.ceil(at / 20)) * 20 <= now);
          expect([...seen].sort()).toEqual(due.map(([turn]) => turn).sort());
          for (const turn of seen) wanted.delete(turn);
        }
      }),
    );
  });

  test('what a limit leaves stays due', () => {
    const wheel = new Wheel(0, 20);
    for (let turn = 0; turn < 10; turn++) wheel.set(turn, 100);
    const seen: number[] = [];
    for (let i = 0; i < 4; i++) wheel.run(200, 3, (turn) => seen.push(turn));
    expect(seen.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

/** Runs the schedule tick by tick; answers who was visited in each second. */
function play(schedule: Schedule, fromMs: number, toMs: number): number[][] {
  const bySecond: number[][] = [];
  for (let now = fromMs; now < toMs; now += 20) {
    schedule.run(now, ({ turn }) => {
      const second = Math.floor((now - fromMs) / 1_000);
      bySecond[second] ??= [];
      bySecond[second].push(turn);
    });
  }
  return Array.from(bySecond, (list) => list ?? []);
}

describe('the schedule', () => {
  test('fifty thousand devices are spread over their minute without a crowd', () => {
    const schedule = new Schedule(0);
    for (let i = 0; i < 50_000; i++) schedule.add(`olt-${i}`, 60_000, 0);
    play(schedule, 0, 120_000);
    const minute = play(schedule, 120_000, 180_000);
    expect(new Set(minute.flat()).size).toBe(50_000);
    expect(minute.flat().length).toBe(50_000);
    expect(Math.max(...minute.map((list) => list.length))).toBeLessThan(1_000);
  });

  test('a start asks everybody early, no faster than twice the usual', () => {
    const schedule = new Schedule(0);
    for (let i = 0; i < 50_000; i++) schedule.add(`olt-${i}`, 60_000, 0);
    const first = play(schedule, 0, 60_000);
    expect(new Set(first.flat()).size).toBe(50_000);
    expect(Math.max(...first.map((list) => list.length))).toBeLessThan(2_200);
    const few = new Schedule(0);
    for (let i = 0; i < 100; i++) few.add(`r-${i}`, 60_000, 0);
    expect(new Set(play(few, 0, 3_040).flat()).size).toBe(100);
  });

  test('a stall is not made up for: each device is asked once after it, and not all at once', () => {
    const schedule = new Schedule(0);
    for (let i = 0; i < 6_000; i++) schedule.add(`r-${i}`, 60_000, 0);
    play(schedule, 0, 120_000);
    const afterStall = play(schedule, 600_000, 660_000);
    expect(afterStall.flat().length).toBeLessThan(12_100);
    expect(new Set(afterStall.flat()).size).toBe(6_000);
    expect(Math.max(...afterStall.map((list) => list.length))).toBeLessThan(700);
    expect(schedule.skipped).toBeGreaterThan(40_000);
  });

  test('how late a turn comes is said, a turn out of turn is never late', () => {
    const schedule = new Schedule(0);
    const turn = schedule.add('r-1', 10_000, 0);
    const late: number[] = [];
    const take = ({ lateMs }: { readonly lateMs: number }): unknown => late.push(lateMs);
    play(schedule, 0, 40_000);
    schedule.run(49_000, take);
    expect(late.length).toBe(1);
    expect(late[0]).toBeGreaterThan(0);
    schedule.hurry(turn, 49_000);
    schedule.hurry(turn, 49_000);
    schedule.run(49_040, take);
    expect(late.slice(1).filter((ms) => ms > 0)).toEqual([]);
  });

  test('a device in a hurry is asked at once, at most once a second', () => {
    const schedule = new Schedule(0);
    const turn = schedule.add('r-1', 3_600_000, 0);
    play(schedule, 0, 10_000);
    let asked = 0;
    for (let now = 10_000; now < 15_000; now += 20) {
      schedule.hurry(turn, now);
      schedule.run(now, () => asked++);
    }
    expect(asked).toBeGreaterThanOrEqual(5);
    expect(asked).toBeLessThanOrEqual(6);
  });

  test('a removed device is asked no more, its number serves the next', () => {
    const schedule = new Schedule(0);
    const turn = schedule.add('r-1', 1_000, 0);
    schedule.remove(turn);
    expect(play(schedule, 0, 5_000).flat()).toEqual([]);
    expect(schedule.add('r-2', 1_000, 5_000)).toBe(turn);
  });
});

test('whoever asks when a device is asked next hears the moment at which it then is', () => {
  const schedule = new Schedule(0);
  const turns = ['a', 'b', 'c'].map((id) => schedule.add(id, 60_000, 0));
  for (const turn of turns) {
    const dueMs = schedule.dueInMs(turn, 0);
    expect(dueMs).toBeLessThanOrEqual(3_000);
  }
  const asked = new Map<number, number[]>();
  let dueMs = turns.map((turn) => schedule.dueInMs(turn, 0));
  for (let now = 20; now <= 200_000; now += 20) {
    schedule.run(now, ({ turn }) => {
      asked.set(turn, [...(asked.get(turn) ?? []), now]);
      expect(Math.abs(dueMs[turns.indexOf(turn)]! - now)).toBeLessThanOrEqual(40);
    });
    dueMs = turns.map((turn) => now + schedule.dueInMs(turn, now));
  }
  expect([...asked.values()].every((times) => times.length >= 3)).toBe(true);
});
