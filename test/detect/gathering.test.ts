/** Many terminals of one port that change in one poll are said once (design L2), and mean the same as one by one. */
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { instant } from '../../src/base/instant.ts';
import { compileDetectionRules, Detection } from '../../src/detect/detect.ts';
import { decodeInput, encodeInput } from '../../src/flow/record.ts';
import { leastAlike, mostChildren, observationsOf } from '../../src/model/bitmap.ts';
import { resourceId } from '../../src/model/ids.ts';
import type { ObjectAlarm } from '../../src/model/object-alarm.ts';
import { SeenMaker } from '../support/device-seen.ts';
import { cityNoon } from '../support/line-city.ts';
import { freshLine } from '../support/line-run.ts';

const at = instant(cityNoon);
const device = { id: 'olt-1', resource: resourceId('olt-1') };
const lost: ObjectAlarm = {
  ...{ kind: 'state', cause: 'LOS', polls: 1, when: undefined, unless: undefined },
  ...{ state: 'ont.state', is: ['down'], severity: 'warning' },
};

/** A terminal for each sign: `-` down, `+` up, `?` without a state. */
class Olt {
  readonly detection = new Detection(compileDetectionRules([]).value);
  readonly #maker = new SeenMaker();

  poll(ports: Readonly<Record<string, string>>) {
    const objects = Object.entries(ports).flatMap(([port, signs]) =>
      [...signs].map((sign, n) => ({
        ...{ id: `ont/${port}.${n}`, parent: `pon-port/${port}`, name: `house ${n}` },
        states: sign === '?' ? {} : { 'ont.state': sign === '-' ? 'down' : 'up' },
      })),
    );
    const tables = [{ table: 'onts', kind: 'ont', objects, alarms: [lost] }];
    const seen = this.#maker.seen({ upTime: 1_000_000, tables });
    return this.detection.gathered('olt-1', seen, this.detection.polled(device, seen, at));
  }
}

test('a port that goes dark is one bitmap with how all its terminals stand; single faults stay apart', () => {
  const olt = new Olt();
  expect(olt.poll({ 1: '+'.repeat(40), 2: '++++' })).toEqual({ bitmaps: [], rest: [] });
  const { bitmaps, rest } = olt.poll({ 1: `${'-'.repeat(30)}++++++++??`, 2: '-+++' });
  expect(rest.map(({ resource }) => resource)).toEqual(['olt-1/ont/2.0']);
  expect(bitmaps).toMatchObject([
    {
      ...{ owner: 'olt-1/pon-port/1', device: 'olt-1', event: 'raise', cause: 'LOS', severity: 'warning' },
      counts: { down: 30, alive: 8, unknown: 2 },
    },
  ]);
  expect(bitmaps[0]?.children).toHaveLength(30);
  const back = olt.poll({ 1: '+'.repeat(40), 2: '-+++' });
  expect(back.bitmaps).toMatchObject([{ event: 'clear', counts: { down: 0, alive: 40, unknown: 0 } }]);
  expect(back.rest).toEqual([]);
});

test('few are said one by one, very many in several bitmaps', () => {
  const few = new Olt();
  few.poll({ 1: '+'.repeat(40) });
  expect(few.poll({ 1: `${'-'.repeat(leastAlike - 1)}+` }).bitmaps).toEqual([]);
  const olt = new Olt();
  olt.poll({ 1: '+'.repeat(600) });
  const { bitmaps } = olt.poll({ 1: '-'.repeat(600) });
  expect(bitmaps.map(({ children }) => children.length)).toEqual([mostChildren, mostChildren, 88]);
});

test('for the line a bitmap is so many observations at once', () => {
  const olt = new Olt();
  olt.poll({ 1: '+'.repeat(40) });
  const { bitmaps } = olt.poll({ 1: '-'.repeat(40) });
  const [bitmap] = bitmaps;
  const together = freshLine();
  const applied = together.apply(1, at, { kind: 'bitmap', bitmap: bitmap! });
  expect([applied.failed, together.openCounts().alarms]).toEqual([undefined, 40]);
  const apart = freshLine();
  observationsOf(bitmap!).forEach((observation, i) => {
    apart.apply(i + 1, at, { kind: 'observation', observation });
  });
  const alarms = (line: typeof apart): string => canonicalJson(line.snapshot().rooms.alarm);
  expect(alarms(together)).toBe(alarms(apart));
});

test('a bitmap is a record of the second schema, far smaller than its observations, and reads as it was', () => {
  const olt = new Olt();
  olt.poll({ 1: '+'.repeat(200) });
  const [bitmap] = olt.poll({ 1: '-'.repeat(200) }).bitmaps;
  const input = { kind: 'bitmap', bitmap: bitmap! } as const;
  const bytes = encodeInput(at, input);
  expect(JSON.parse(Buffer.from(bytes).toString('utf8')).v).toBe(2);
  expect(canonicalJson(decodeInput(bytes))).toBe(canonicalJson({ at, input }));
  const apart = observationsOf(bitmap!).reduce(
    (sum, observation) => sum + encodeInput(at, { kind: 'observation', observation }).length,
    0,
  );
  expect(bytes.length * 2).toBeLessThan(apart);
});
