/** Names keep their numbers, however many of a device are asked for at once and in whatever company. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Names } from '../../../src/edge/series/names.ts';
import type { SeriesName } from '../../../src/flow/series.ts';

describe('names of series', () => {
  let folder: string;
  let names: Names;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'names-test-'));
    names = new Names(join(folder, 'names.sqlite'));
  });
  afterEach(() => {
    names.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const named = (resource: string): SeriesName => ({ resource, metric: 'if.oper', unit: '1', kind: 'gauge' });
  const ports = (device: string, count: number): SeriesName[] => [
    named(device),
    ...Array.from({ length: count }, (_, port) => named(`${device}/if/${port}`)),
  ];

  it('of one device stand side by side and are found again one by one', () => {
    const ids = names.register(ports('olt-1', 100));
    expect(ids).toEqual(Array.from(ids, (_, i) => ids[0]! + i));
    for (const i of [0, 1, 50, 100]) expect(names.register([ports('olt-1', 100)[i]!])).toEqual([ids[i]]);
    expect(names.nameOf(ids[7]!)).toEqual(named('olt-1/if/6'));
  });

  it('are the same ones when a device has got more of them', () => {
    const ids = names.register(ports('olt-1', 50));
    const more = names.register(ports('olt-1', 90));
    expect(more.slice(0, 51)).toEqual(ids);
    expect(new Set(more).size).toBe(91);
  });

  it('of devices whose names begin alike are kept apart', () => {
    const all = ['olt', 'olt-1', 'olt-10', 'olt0', 'олт'].map((device) => names.register(ports(device, 40)));
    expect(new Set(all.flat()).size).toBe(5 * 41);
    expect(names.register(ports('olt-1', 40))).toEqual(all[1]);
  });

  it('asked for twice in one go, or of several devices in one go, are one each', () => {
    const twice = names.register([...ports('a', 40), ...ports('a', 40)]);
    expect(twice.slice(41)).toEqual(twice.slice(0, 41));
    const mixed = names.register([...ports('b', 40), ...ports('a', 40)]);
    expect(mixed.slice(41)).toEqual(twice.slice(0, 41));
  });

  it('of a device with far more series than are asked for are found too', () => {
    const ids = names.register(ports('a', 1_000));
    expect(names.register(ports('a', 40))).toEqual(ids.slice(0, 41));
  });

  it('with halves of a character and NULs are found again', () => {
    const odd = ports('a', 40).map((name, i) => (i === 7 ? { ...name, metric: 'x\ud800y\0z' } : name));
    const ids = names.register(odd);
    expect(names.register(odd)).toEqual(ids);
  });

  it('that differ in halves of a character alone are one', () => {
    const [one, other] = names.register([named('a\ud800'), named('a\ud801')]);
    expect(other).toBe(one);
    expect(names.register([named('a\ud801')])).toEqual([one]);
  });

  it('that are refused leave no number behind', () => {
    const wrong = { ...named('a/if/9'), resource: 'x'.repeat(600) };
    expect(() => names.register([...ports('a', 40), wrong])).toThrow('over 512');
    expect(names.known).toBe(1);
  });
});
