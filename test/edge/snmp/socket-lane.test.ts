import type { Socket } from 'node:dgram';
import { describe, expect, it } from 'vitest';
import { Lane } from '../../../src/edge/snmp/socket-lane.ts';

/** Of sockets with so large a receive buffer. */
const laneOf = (count: number, grantedBytes: number): Lane<number> =>
  new Lane(Array.from({ length: count }, () => ({ getRecvBufferSize: () => grantedBytes }) as Socket));
const perReply = 2304 / 0.7;

/** Starts what may start; answers how many did. */
function fill(lane: Lane<number>, kind: 'usual' | 'slow', most: number): number {
  let started = 0;
  for (; started < most; started++) {
    if (kind === 'slow' ? !lane.hasSlowRoom : !lane.hasRoom(1)) break;
    if (kind === 'slow') lane.slow++;
    else lane.inUse++;
  }
  return started;
}

/** The event loop is idle while requests wait, so often that all of the window is used. */
function widen(lane: Lane<number>): void {
  lane.waiting.push(1);
  for (let i = 0; i < 12; i++) lane.adapt(1);
}

describe('requests under way', () => {
  it('are never more than the replies that the receive buffers hold, silent devices among them', () => {
    const lane = laneOf(2, 400 * perReply);
    expect(lane.window).toBe(800);
    expect(fill(lane, 'slow', 10_000)).toBe(600);
    widen(lane);
    expect(fill(lane, 'usual', 10_000)).toBe(200);
    expect(lane.hasSlowRoom).toBe(false);
  });

  it('leave a quarter of the window to devices that answer, however many wait long', () => {
    const lane = laneOf(1, 400 * perReply);
    widen(lane);
    expect(fill(lane, 'usual', 10_000)).toBe(400);
    let left = 0;
    for (; lane.mayLeaveWindow; left++) {
      lane.inUse--;
      lane.slow++;
    }
    expect(left).toBe(300);
    expect(lane.hasRoom(1)).toBe(false);
    lane.inUse = 0;
    expect(fill(lane, 'usual', 10_000)).toBe(100);
  });

  it('are few while answers come as fast as they are read, and as many as the window when they take long', () => {
    const lane = laneOf(1, 400 * perReply);
    expect(fill(lane, 'usual', 10_000)).toBe(64);
    expect(lane.adapt(1)).toBe(false);
    lane.waiting.push(1);
    expect(lane.adapt(0.2)).toBe(false);
    expect(lane.adapt(0.9)).toBe(true);
    expect(fill(lane, 'usual', 10_000)).toBe(64);
    widen(lane);
    expect(lane.inUse + fill(lane, 'usual', 10_000)).toBe(400);
    lane.inUse = 0;
    for (let i = 0; i < 12; i++) lane.adapt(0);
    expect(fill(lane, 'usual', 10_000)).toBe(64);
  });

  it('are one where the kernel grants next to nothing, and one that is larger than the window goes alone', () => {
    const lane = laneOf(1, 100);
    expect([lane.window, lane.hasRoom(20), lane.hasSlowRoom]).toEqual([1, true, true]);
    lane.inUse = 20;
    expect([lane.hasRoom(1), lane.hasSlowRoom]).toEqual([false, false]);
  });
});
