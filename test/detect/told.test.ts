/** A notification is a hint: what the poll of the same thing finds counts, and nothing that was raised so stays for ever. */
import { describe, expect, test } from 'vitest';
import { Alarms } from '../../src/alarm/alarm.ts';
import { type Instant, instant } from '../../src/base/instant.ts';
import { compileDetectionRules, Detection, type WatchedDevice } from '../../src/detect/detect.ts';
import { parseYaml } from '../../src/edge/files/yaml-document.ts';
import { resourceId } from '../../src/model/ids.ts';
import type { ObjectAlarm } from '../../src/model/object-alarm.ts';
import type { Observation } from '../../src/model/observation.ts';
import { SeenMaker, type SeenObject } from '../support/device-seen.ts';

const text = `format: detection/1
hintsEndAfter: 2h
traps:
  - { id: psu, oid: 1.3.6.1.9.1, raise: PSU_FAIL, severity: major, by: { name: entity, of: [{ value: 1.3.6.1.9.9 }] }, clearedBy: 1.3.6.1.9.2 }
  - { id: mains, oid: 1.3.6.1.9.3, raise: MAINS_FAIL, severity: major }
  - { id: lost, oid: 1.3.6.1.9.4, raise: LOS, part: { name: ont, of: [{ value: 1.3.6.1.9.9 }] } }
  - { id: change, oid: 1.3.6.1.9.5, ignore: true, rediscover: true }
syslog:
  - { id: psu-line, contains: [power failed], raise: PSU_FAIL, severity: minor, by: { name: psu, behind: unit } }
`;
const rules = compileDetectionRules([parseYaml('r.yaml', text).value]).value;
const device: WatchedDevice = { id: 'r-1', resource: resourceId('router-1') };
const second = (n: number): Instant => instant(1_700_000_000_000 + n * 1_000);

const stateAlarm = (state: string, word: string, cause: string): ObjectAlarm => ({
  ...{ kind: 'state', cause, polls: 1, when: undefined, unless: undefined },
  ...{ state, is: [word], severity: 'critical' },
});

/** One device with its detection and the alarms that come of it. */
class Plant {
  readonly detection = new Detection(rules);
  readonly #alarms = new Alarms();
  readonly #maker = new SeenMaker();
  #seconds = 0;

  constructor() {
    this.poll({ psu: { '9': 'ok' }, ont: { '3.17': 'up' }, mains: 'ok' });
  }

  at(seconds: number): this {
    this.#seconds = seconds;
    this.#take(this.detection.wake(second(seconds)));
    return this;
  }

  trap(number: number, value?: string): this {
    const varbinds = value === undefined ? [] : [{ oid: '1.3.6.1.9.9.0', value }];
    const trap = { device, address: '192.0.2.1', trapOid: `1.3.6.1.9.${number}`, varbinds };
    return this.#take(this.detection.trap(trap, second(this.#seconds)));
  }

  line(words: string): this {
    return this.#take(
      this.detection.syslog({ device, address: '192.0.2.1', text: words }, second(this.#seconds)),
    );
  }

  poll(found: { psu?: Record<string, string>; ont?: Record<string, string>; mains?: string }): this {
    const objects = (kind: string, state: string, words: Record<string, string> = {}): SeenObject[] =>
      Object.entries(words).map(([index, word]) => ({ id: `${kind}/${index}`, states: { [state]: word } }));
    const tables = [
      {
        table: 'psus',
        kind: 'psu',
        objects: objects('psu', 'psu.state', found.psu),
        alarms: [stateAlarm('psu.state', 'failed', 'PSU_FAIL')],
      },
      {
        table: 'onts',
        kind: 'ont',
        objects: objects('ont', 'ont.state', found.ont),
        alarms: [stateAlarm('ont.state', 'down', 'LOS')],
      },
      ...(found.mains === undefined
        ? []
        : [
            {
              table: 'mains',
              kind: 'mains',
              objects: objects('mains', 'mains.state', { 0: found.mains }),
              alarms: [stateAlarm('mains.state', 'absent', 'MAINS_FAIL')],
            },
          ]),
    ];
    const seen = this.#maker.seen({ upTime: this.#seconds * 100 + 1_000_000, tables });
    return this.#take(this.detection.polled(device, seen, second(this.#seconds)));
  }

  get raised(): string[] {
    return [...this.#alarms.raised()].map(
      ({ resource, cause, by, sources }) => `${resource} ${cause}${by ? ` ${by}` : ''} [${sources.join()}]`,
    );
  }

  #take(observations: readonly Observation[]): this {
    for (const observation of observations) this.#alarms.observe(observation, second(this.#seconds));
    return this;
  }
}

describe('the poll decides', () => {
  test('a fault that a poll finds under another name is one alarm, and ends with the polls', () => {
    const plant = new Plant().at(60).trap(1, '9');
    expect(plant.raised).toEqual(['router-1 PSU_FAIL r-1/entity/9 [trap]']);
    plant.at(71).poll({ psu: { '9': 'failed' } });
    expect(plant.raised).toEqual(['r-1/psu/9 PSU_FAIL [poll]']);
    plant.at(130).poll({ psu: { '9': 'ok' } });
    expect(plant.raised).toEqual([]);
  });

  test('what a poll finds good ends although no clear came', () => {
    const plant = new Plant()
      .at(60)
      .trap(1, '9')
      .at(71)
      .poll({ psu: { '9': 'ok' } });
    expect(plant.raised).toEqual([]);
  });

  test('a reading that may be older than the notification decides nothing', () => {
    const plant = new Plant()
      .at(60)
      .trap(1, '9')
      .at(65)
      .poll({ psu: { '9': 'ok' } });
    expect(plant.raised).toEqual(['router-1 PSU_FAIL r-1/entity/9 [trap]']);
  });

  test('a part that the poll did not see is neither good nor bad', () => {
    const plant = new Plant()
      .at(60)
      .trap(1, '8')
      .trap(1, '9')
      .at(71)
      .poll({ psu: { '8': 'ok' } });
    expect(plant.raised).toEqual(['router-1 PSU_FAIL r-1/entity/9 [trap]']);
  });

  test('a notification under the name of the polled object is the same alarm', () => {
    const plant = new Plant()
      .at(60)
      .trap(4, '3.17')
      .at(71)
      .poll({ ont: { '3.17': 'down' } });
    expect(plant.raised).toEqual(['r-1/ont/3.17 LOS [poll,trap]']);
    expect(plant.at(10_000).raised).toEqual(['r-1/ont/3.17 LOS [poll]']);
    expect(plant.poll({ ont: { '3.17': 'up' } }).raised).toEqual([]);
  });

  test('a word about the whole device is decided by whatever of it has the cause', () => {
    const plant = new Plant().at(60).trap(3).at(71).poll({ mains: 'absent' });
    expect(plant.raised).toEqual(['r-1/mains/0 MAINS_FAIL [poll]']);
    const good = new Plant().at(60).trap(3).at(71).poll({ mains: 'ok' });
    expect(good.raised).toEqual([]);
  });

  test('a line of syslog is a hint like a notification', () => {
    const plant = new Plant()
      .at(60)
      .line('power failed unit 9')
      .at(71)
      .poll({ psu: { '9': 'ok' } });
    expect(plant.raised).toEqual([]);
  });

  test('what was told outlives a restart', () => {
    const plant = new Plant().at(60).trap(1, '9');
    plant.detection.restore(JSON.parse(JSON.stringify(plant.detection.snapshot())));
    expect(plant.at(71).poll({ psu: { '9': 'ok' } }).raised).toEqual([]);
  });
});

describe('a lost clear', () => {
  test('ends by its time what no poll can see, and each repetition begins the time anew', () => {
    const plant = new Plant().at(0).trap(1, '77').at(3_600).trap(1, '77');
    expect(plant.at(7_300).raised).toEqual(['router-1 PSU_FAIL r-1/entity/77 [trap]']);
    expect(plant.at(3_600 + 7_200).raised).toEqual([]);
    expect(plant.detection.wakeAt).toBeUndefined();
  });

  test('a clear that comes leaves nothing to wait for', () => {
    const plant = new Plant().at(0).trap(1, '77').at(30).trap(2, '77');
    expect(plant.raised).toEqual([]);
    expect(plant.detection.wakeAt).toBeUndefined();
  });

  test('holds for lines of syslog too', () => {
    expect(new Plant().at(0).line('power failed unit 5').at(7_200).raised).toEqual([]);
  });
});

test('thousands of hints are held within a bound, and each ends by its time', () => {
  const plant = new Plant().at(0);
  for (let i = 0; i < 1_500; i++) plant.trap(1, `x${i}`);
  expect(plant.detection.refused).toBe(500);
  expect(plant.raised).toHaveLength(1_500);
  expect(plant.at(7_200).raised).toEqual([]);
});

test('a change of parts asks for a whole reading and raises nothing', () => {
  const { detection } = new Plant();
  const trap = { device, address: '192.0.2.1', trapOid: '1.3.6.1.9.5', varbinds: [] };
  expect([detection.trap(trap, second(1)), detection.asksForDiscovery(trap)]).toEqual([[], true]);
});
