/** A profile of one table and a device of a few rows, for tests of what a profile can say. */
import { expect } from 'vitest';
import { formatProblem } from '../../src/base/problem.ts';
import {
  compileProfiles,
  groundedProfile,
  type Profile,
  profileSchema,
  readDevice,
} from '../../src/collect/collect.ts';
import type { VarbindValue } from '../../src/collect/session.ts';
import { re2Pattern } from '../../src/edge/files/re2-pattern.ts';
import { documentCheck, parseYaml } from '../../src/edge/files/yaml-document.ts';
import type { DeviceReading, MetricReading } from '../../src/model/reading.ts';
import { deviceOf } from './device-of-rows.ts';

export const entry = '1.3.6.1.4.1.99.1';
export const other = '1.3.6.1.4.1.99.2';

const check = documentCheck(profileSchema);

export function compiledLab(yaml: string): {
  readonly profile: Profile | undefined;
  readonly problems: string[];
} {
  const { value, problems } = parseYaml('lab.yaml', yaml);
  const found = [...problems, ...check(value)];
  if (found.length > 0) return { profile: undefined, problems: found.map(formatProblem) };
  const compiled = compileProfiles([value], re2Pattern);
  return { profile: compiled.value.byId.get('lab'), problems: compiled.problems.map(formatProblem) };
}

/** `table` is what stands below the table's name, in flow form. */
export const labTable = (table: string, identity = '{ vendor: Lab }'): string =>
  `id: lab\nidentity: ${identity}\ntables:\n  lab: { oid: ${entry}, ${table} }\n`;

export async function readLab(
  yaml: string,
  rows: Readonly<Record<string, VarbindValue>>,
  sysObjectID?: string,
): Promise<DeviceReading> {
  const { profile, problems } = compiledLab(yaml);
  expect(problems).toEqual([]);
  const at = '1970-01-01T00:00:00.000Z';
  const answer = await readDevice(deviceOf(rows), groundedProfile(profile!, sysObjectID), { at });
  if (answer.kind !== 'reading') throw new Error(answer.problem.kind);
  return answer.reading;
}

/** What one metric makes of one cell in column 1. */
export async function readMetric(
  metric: string,
  value: VarbindValue,
  beside: Readonly<Record<string, VarbindValue>> = {},
): Promise<Partial<MetricReading> | undefined> {
  const yaml = labTable(`object: { kind: sensor }, metrics: [{ col: 1, ${metric} }]`);
  const { readings } = await readLab(yaml, { [`${entry}.1.7`]: value, ...beside });
  return readings[0];
}
