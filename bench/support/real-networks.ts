/** The recorded alarm logs of real networks beside the project, read in place: alarms, neighbours, experts' causes. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface RecordedAlarm {
  readonly type: number;
  readonly device: number;
  /** Seconds from the beginning of the log. */
  readonly from: number;
  /** Where the clocks disagreed this lies before `from`. */
  readonly to: number;
}

export interface RealNetwork {
  readonly name: string;
  /** By start. */
  readonly alarms: readonly RecordedAlarm[];
  /** Pairs of devices; empty where nobody published them. */
  readonly links: readonly (readonly [number, number])[];
  /** Pairs of types, cause first. */
  readonly causes: readonly (readonly [number, number])[];
}

const recordings = '../shared/data/correlation';

const places = [
  {
    name: '24V, 439 microwave devices',
    folder: 'gcastle-alarm/24V_439N_Microwave',
    ...{ alarms: 'Alarm.csv', links: 'topology_edges.csv', causes: 'dag_edges.csv' },
  },
  {
    name: '18V, 55 wireless devices',
    folder: 'gcastle-alarm/18V_55N_Wireless',
    ...{ alarms: 'Alarm.csv', links: undefined, causes: 'dag_edges.csv' },
  },
  {
    name: 'sample, 45 devices',
    folder: 'neurips2023-csl-sample',
    ...{ alarms: 'alarm.csv', links: 'topology_edges.csv', causes: 'true_graph_edges.csv' },
  },
] as const;

/** Those whose recordings lie beside the project. */
export function realNetworks(): readonly RealNetwork[] {
  if (!existsSync(recordings)) return [];
  return places.map(({ name, folder: own, alarms, links, causes }) => {
    const read = (file: string): string => readFileSync(join(recordings, own, file), 'utf8');
    return {
      name,
      alarms: parseAlarms(read(alarms)),
      links: links === undefined ? [] : parsePairs(read(links)),
      causes: parsePairs(read(causes)),
    };
  });
}

/** `alarm_id,device_id,start_timestamp,end_timestamp` behind a header line; rows of anything else are left out. */
export function parseAlarms(csv: string): readonly RecordedAlarm[] {
  return rowsOf(csv, 4)
    .map(([type, device, from, to]) => ({ type: type!, device: device!, from: from!, to: to! }))
    .sort((a, b) => a.from - b.from);
}

/** The first two columns behind a header line. */
export function parsePairs(csv: string): readonly (readonly [number, number])[] {
  return rowsOf(csv, 2).map(([a, b]) => [a!, b!] as const);
}

function rowsOf(csv: string, columns: number): readonly (readonly number[])[] {
  return csv
    .split(/\r?\n/)
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(',').slice(0, columns).map(Number))
    .filter((row) => row.length === columns && row.every(Number.isFinite));
}
