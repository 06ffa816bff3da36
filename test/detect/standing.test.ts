/** How everything below a place stands in one poll, for the line that asked. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { after, instant, seconds } from '../../src/base/instant.ts';
import { compileDetectionRules, Detection } from '../../src/detect/detect.ts';
import { parseYaml } from '../../src/edge/files/yaml-document.ts';
import { mostChildren } from '../../src/model/bitmap.ts';
import { resourceId } from '../../src/model/ids.ts';
import type { ObjectAlarm } from '../../src/model/object-alarm.ts';
import { SeenMaker } from '../support/device-seen.ts';

const documents = ['rules/detection.yaml', 'rules/traps.yaml'].map(
  (file) => parseYaml(file, readFileSync(file, 'utf8')).value,
);
const start = instant(0);
const device = { id: 'o-1', resource: resourceId('olt-1') };
const lost: ObjectAlarm = {
  ...{ kind: 'state', cause: 'LOS', polls: 1, when: undefined, unless: undefined },
  ...{ state: 'ont.state', is: ['down'], severity: 'warning' },
};

/** A terminal for each sign: `-` down, `+` up, `?` without a state; as interfaces 1, 2, .. where `isByPort`. */
class Olt {
  readonly detection: Detection;
  readonly #maker = new SeenMaker();
  readonly #isByPort: boolean;
  at = start;

  constructor(isByPort = false, rules = compileDetectionRules([]).value) {
    this.#isByPort = isByPort;
    this.detection = new Detection(rules);
  }

  poll(ports: Readonly<Record<string, string>>, links?: Readonly<Record<string, string>>) {
    const objects = Object.entries(ports).flatMap(([port, signs]) =>
      [...signs].map((sign, n) => ({
        ...{ id: `ont/${this.#isByPort ? `${port}${n}` : `${port}.${n}`}`, parent: `pon-port/${port}` },
        states: sign === '?' ? {} : { 'ont.state': sign === '-' ? 'down' : 'up' },
      })),
    );
    const ponPorts = Object.keys(ports).map((port) => ({ id: `pon-port/${port}`, states: { s: 'up' } }));
    const seen = this.#maker.seen({
      upTime: this.at / 10 + 1_000_000,
      ports:
        links &&
        Object.entries(links).map(([number, operStatus]) => ({
          ...{ ifIndex: Number(number), ifName: `if${number}`, adminStatus: 'up' as const },
          operStatus: operStatus as 'up',
        })),
      tables: [
        { table: 'ports', kind: 'pon-port', objects: ponPorts, isByPort: this.#isByPort },
        { table: 'onts', kind: 'ont', objects, alarms: [lost], isByPort: this.#isByPort },
      ],
    });
    const found = this.detection.polled(device, seen, this.at);
    return { seen, gathered: this.detection.gathered('o-1', seen, found) };
  }

  standing(seen: ReturnType<Olt['poll']>['seen'], ...places: string[]) {
    return this.detection.standing('o-1', seen, { places: new Set(places), at: this.at });
  }
}

test('all terminals of a port are named by how they stand; those of another port that were not asked for are not', () => {
  const olt = new Olt();
  const { seen } = olt.poll({ 1: '++--?', 2: '++++' });
  expect(olt.standing(seen, 'o-1/pon-port/1')).toEqual({
    left: 0,
    bitmaps: [
      {
        ...{ owner: 'o-1/pon-port/1', device: 'o-1', counts: { down: 2, alive: 2, unknown: 1 } },
        down: [{ cause: 'LOS', severity: 'warning', objects: ['ont/1.2', 'ont/1.3'] }],
        ...{ alive: ['ont/1.0', 'ont/1.1'], unknown: ['ont/1.4'] },
      },
    ],
  });
  expect(olt.standing(seen, 'o-1/ont/2.3').bitmaps).toMatchObject([
    { owner: 'o-1/pon-port/2', counts: { alive: 4 }, alive: ['ont/2.3'], unknown: [] },
  ]);
  expect(olt.standing(seen, 'o-1/ont/9.9', 'elsewhere').bitmaps).toEqual([]);
});

test('terminals that are interfaces are called as traps and the topology call them, also in bitmaps of changes', () => {
  const olt = new Olt(true);
  olt.poll({ 1: '+'.repeat(10) });
  const { seen, gathered } = olt.poll({ 1: `${'-'.repeat(9)}+` });
  expect(gathered.rest).toEqual([]);
  expect(gathered.bitmaps).toMatchObject([
    { owner: 'o-1/if/1', cause: 'LOS', counts: { down: 9, alive: 1, unknown: 0 } },
  ]);
  expect(gathered.bitmaps[0]?.children[0]?.object).toBe('if/10');
  expect(olt.standing(seen, 'o-1/if/1').bitmaps).toMatchObject([
    { owner: 'o-1/if/1', alive: ['if/19'], counts: { down: 9, alive: 1 } },
  ]);
});

test('a port that is down and one that was never up are told apart', () => {
  const olt = new Olt();
  olt.poll({}, { 1: 'up', 2: 'up', 3: 'down' });
  olt.at = after(olt.at, seconds(60));
  olt.poll({}, { 1: 'up', 2: 'down', 3: 'down' });
  olt.at = after(olt.at, seconds(60));
  const { seen } = olt.poll({}, { 1: 'up', 2: 'down', 3: 'down' });
  expect(olt.standing(seen, 'o-1/if/1', 'o-1/if/2', 'o-1/if/3').bitmaps).toEqual([
    {
      ...{ owner: 'olt-1', device: 'o-1', counts: { down: 1, alive: 1, unknown: 0 } },
      ...{
        down: [{ cause: 'LINK_DOWN', severity: 'minor', objects: ['if/2'] }],
        alive: ['if/1'],
        unknown: [],
      },
    },
  ]);
});

test('what a notification said just now is not contradicted by a reading that may be older', () => {
  const olt = new Olt(true, compileDetectionRules(documents).value);
  const poll = () => olt.poll({ 1: '++' }, { 10: 'up', 11: 'up' });
  poll();
  const varbinds = [{ oid: '1.3.6.1.2.1.2.2.1.1.10', value: 10 }];
  const trap = { device, address: '192.0.2.1', trapOid: '1.3.6.1.6.3.1.1.5.3', varbinds };
  expect(olt.detection.trap(trap, olt.at)).toMatchObject([{ resource: 'o-1/if/10', event: 'raise' }]);
  olt.at = after(olt.at, seconds(3));
  expect(olt.standing(poll().seen, 'o-1/if/1').bitmaps).toMatchObject([
    { counts: { down: 1, alive: 1 }, down: [], alive: ['if/11'], unknown: [] },
  ]);
  olt.at = after(olt.at, seconds(11));
  expect(olt.standing(poll().seen, 'o-1/if/1').bitmaps).toMatchObject([{ alive: ['if/10', 'if/11'] }]);
});

test('a large port is several bitmaps with the same counts, a very large one is cut', () => {
  const olt = new Olt();
  const { seen } = olt.poll({ 1: '+'.repeat(600) });
  const { bitmaps } = olt.standing(seen, 'o-1/pon-port/1');
  expect(bitmaps.map(({ alive }) => alive.length)).toEqual([mostChildren, mostChildren, 88]);
  expect(new Set(bitmaps.map(({ counts }) => counts.alive))).toEqual(new Set([600]));
  const huge = olt.poll({ 1: '+'.repeat(64 * mostChildren + 5) });
  expect(olt.standing(huge.seen, 'o-1/pon-port/1')).toMatchObject({ left: 5 });
});

test('a device nobody watches has nothing to say', () => {
  const { seen } = new Olt().poll({ 1: '+' });
  const detection = new Detection(compileDetectionRules([]).value);
  expect(detection.standing('o-9', seen, { places: new Set(['o-9/if/1']), at: start }).bitmaps).toEqual([]);
});
