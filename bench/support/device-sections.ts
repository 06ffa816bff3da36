/** The sections of a truth file that are about terminals, modems, lines and neighbours, compared with a reading. */
import type { DeviceReading, MetricReading, ObjectReading } from '../../src/model/reading.ts';
import { shown, shownReading, type Tally } from './device-truth.ts';

type Row = Readonly<Record<string, unknown>>;
export type Sections = Readonly<Record<string, unknown>>;

export function compareSections(truth: Sections, reading: DeviceReading, tally: Tally): void {
  const byOid = new Map(reading.readings.map((found) => [found.oid, found]));
  comparePon(truth['pon'] as Readonly<Record<string, readonly PonTable[]>> | undefined, byOid, tally);
  compareDocsis(truth['docsis'] as Readonly<Record<string, readonly Row[]>> | undefined, byOid, tally);
  compareDsl((truth['dsl'] ?? []) as readonly Row[], reading, tally);
  const peers = [...((truth['bgpPeers'] ?? truth['bgpPeersStd'] ?? []) as readonly Row[])];
  compareObjects({ subject: 'bgpPeers', kind: 'bgp-peer', rows: peers, keys: ['peer'] }, reading, tally);
  const neighbours = (truth['ospfNeighbours'] ?? []) as readonly Row[];
  compareObjects(
    { subject: 'ospfNeighbours', kind: 'ospf-neighbour', rows: neighbours, keys: ['neighbor'] },
    reading,
    tally,
  );
  const adjacencies = (truth['isisAdjacencies'] ?? []) as readonly Row[];
  compareObjects(
    { subject: 'isisAdjacencies', kind: 'isis-adjacency', rows: adjacencies, keys: ['address', 'systemId'] },
    reading,
    tally,
  );
  compareLinks((truth['neighboursRaw'] ?? []) as readonly Row[], reading, tally);
}

interface PonTable {
  readonly table: string;
  readonly rows: readonly Row[];
}

/** Column of a field, by table. */
const ponColumns: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  '1.3.6.1.4.1.6321.1.2.4.2.6.1.1': {
    operStatusRaw: 4,
    ontRxPowerDbm: 6,
    ontTxPowerDbm: 7,
    oltRxPowerDbm: 8,
  },
  '1.3.6.1.4.1.41112.1.5.6.2.1': { onlineRaw: 3, ontTxPowerDbm: 8, ontRxPowerDbm: 9 },
  '1.3.6.1.4.1.2011.6.128.1.1.2.23.1': {
    temperatureCel: 1,
    voltageV: 2,
    txBiasMa: 3,
    txPowerDbm: 4,
    rxPowerDbm: 5,
  },
  '1.3.6.1.4.1.37950.1.1.5.12.2.1.8.1': {
    temperatureCel: 3,
    voltageV: 4,
    biasMa: 5,
    ontTxPowerDbm: 6,
    ontRxPowerDbm: 7,
  },
  '1.3.6.1.4.1.3902.1012.3.11.4.1': { distanceM: 2 },
};

type ByOid = ReadonlyMap<string, MetricReading>;

/** A level that the truth lacks must not be a number here either. */
function comparePon(
  pon: Readonly<Record<string, readonly PonTable[]>> | undefined,
  byOid: ByOid,
  tally: Tally,
): void {
  for (const { table, rows } of Object.values(pon ?? {}).flat()) {
    for (const row of rows) {
      for (const [field, column] of Object.entries(ponColumns[table] ?? {})) {
        const oid = `${table}.${column}.${row['index']}`;
        const found = byOid.get(oid);
        const isRight = field.endsWith('Raw')
          ? String(found?.raw) === String(row[field])
          : isNumber(found, row[field]);
        tally.judge(isRight, {
          subject: 'pon',
          place: oid,
          expected: `${field} ${shown(row[field])}`,
          got: shownReading(found),
        });
      }
    }
  }
}

function isNumber(found: MetricReading | undefined, expected: unknown): boolean {
  if (typeof expected !== 'number') return typeof found?.value !== 'number';
  if (typeof found?.value !== 'number') return false;
  const isMilli = /^m[VA]$/.test(found.unit) && expected < 50 && found.value > 100;
  return (
    Math.abs((isMilli ? found.value / 1_000 : found.value) - expected) <=
    Math.max(0.02, Math.abs(expected) * 0.005)
  );
}

const docsisColumns: Readonly<
  Record<string, readonly (readonly [field: string, oids: readonly string[]])[]>
> = {
  signalQuality: [
    ['unerroreds', ['1.1.4.1.2', '1.1.4.1.8']],
    ['correcteds', ['1.1.4.1.3', '1.1.4.1.9']],
    ['uncorrectables', ['1.1.4.1.4', '1.1.4.1.10']],
    ['snrDb', ['1.1.4.1.5']],
  ],
  downstream: [['powerDbmV', ['1.1.1.1.6']]],
  modem: [
    ['txPowerDbmV', ['1.2.2.1.3']],
    ['t3', ['1.2.2.1.12']],
    ['t4', ['1.2.2.1.13']],
  ],
};

function compareDocsis(
  docsis: Readonly<Record<string, readonly Row[]>> | undefined,
  byOid: ByOid,
  tally: Tally,
): void {
  for (const [section, columns] of Object.entries(docsisColumns)) {
    for (const row of docsis?.[section] ?? []) {
      for (const [field, oids] of columns) {
        const found = oids
          .map((oid) => byOid.get(`1.3.6.1.2.1.10.127.${oid}.${row['ifIndex']}`))
          .filter((one) => one !== undefined);
        const expected = row[field];
        // Nothing is heard on an upstream without a modem: 0 dB there is no ratio of anything.
        const isIdle = field === 'snrDb' && expected === 0 && found.every(({ value }) => value === null);
        const isRight =
          isIdle || found.some((one) => isNumber(one, expected) || String(one.value) === String(expected));
        const place = `docsis ${oids[0]}.${row['ifIndex']}`;
        tally.judge(isRight, {
          subject: 'docsis',
          place,
          expected: `${field} ${shown(expected)}`,
          got: shownReading(found[0]),
        });
      }
    }
  }
}

const dslMetrics: Readonly<Record<string, string>> = {
  attainableDownBps: 'dsl.attainable.down',
  attainableUpBps: 'dsl.attainable.up',
  rateXtucBps: 'dsl.rate.down',
  rateXturBps: 'dsl.rate.up',
};

function compareDsl(lines: readonly Row[], reading: DeviceReading, tally: Tally): void {
  for (const line of lines) {
    for (const [field, metric] of Object.entries(dslMetrics)) {
      if (line[field] === undefined) continue;
      const found = reading.readings.filter(
        (one) => one.metric === metric && one.object.split(/[/.]/).includes(String(line['ifIndex'])),
      );
      const isRight = found.some(({ value }) => value === line[field]);
      const place = `${metric} ifIndex ${line['ifIndex']}`;
      tally.judge(isRight, {
        subject: 'dsl',
        place,
        expected: shown(line[field]),
        got: shownReading(found[0]),
      });
    }
  }
}

interface ObjectRows {
  readonly subject: string;
  readonly kind: string;
  readonly rows: readonly Row[];
  /** One of these fields of a row is an attribute of its object or the end of its id. */
  readonly keys: readonly string[];
}

function compareObjects(
  { subject, kind, rows, keys }: ObjectRows,
  reading: DeviceReading,
  tally: Tally,
): void {
  const objects = reading.objects.filter((object) => object.kind === kind);
  for (const row of rows) {
    const wanted = keys.map((key) => plain(row[key]));
    const found = objects.filter((object) => saysOne(object, wanted));
    const states = found.map(({ state }) => state);
    const expected = `${wanted[0]} ${shown(row['state'])}`;
    const got = found.length === 0 ? `none of ${objects.length} objects` : shown(states.join(', '));
    tally.judge(states.includes(row['state'] as string), { subject, place: kind, expected, got });
  }
}

const plain = (value: unknown): string =>
  expanded(String(value ?? ''))
    .toLowerCase()
    .replace(/[.:-]/g, '');
/** Padding and line ends are no part of a name. */
const printed = (text: string | undefined): string => (text ?? '').replace(/[\0-\x1f]/g, '').trim();

/** All 32 digits of an IPv6 address; any other text as it is. */
function expanded(text: string): string {
  if (
    !/^[0-9a-f:]*:[0-9a-f:]*$/i.test(text) ||
    text.split(':').length > 8 ||
    /^..:..:..:..:..:..$/.test(text)
  )
    return text;
  const [head = [], tail = []] = text.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].map((group) => group.padStart(4, '0')).join('');
}

const saysOne = (object: ObjectReading, wanted: readonly string[]): boolean =>
  Object.values(object.attributes).some((value) => wanted.includes(plain(value)));

function compareLinks(rows: readonly Row[], reading: DeviceReading, tally: Tally): void {
  for (const row of rows) {
    const remote = String(row['chassisId'] ?? row['deviceId'] ?? '');
    const port = String(row['portId'] ?? row['devicePort'] ?? '');
    const isRight = reading.links.some(
      (link) =>
        link.protocol === row['protocol'] &&
        link.localPort !== '' &&
        printed(link.remoteChassis) === printed(remote) &&
        printed(link.remotePort) === printed(port),
    );
    const expected = `${remote} ${port}`;
    const at = reading.links.filter(({ remotePort }) => remotePort === port)[0] ?? reading.links[0];
    const place = `local port ${String(row['localPortNum'] ?? row['localIfIndex'])} ${shown(row['localPortId'] ?? '')}`;
    tally.judge(isRight, {
      subject: 'links',
      place,
      expected,
      got: at === undefined ? 'no link' : `${at.localPort}: ${at.remoteChassis} ${at.remotePort}`,
    });
  }
}
