import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { formatProblem } from '../../src/base/problem.ts';
import {
  detectionOids,
  detectProfile,
  groundedProfile,
  judgeTest,
  type Profile,
  type ProfileTest,
  readDevice,
} from '../../src/collect/collect.ts';
import { loadProfiles } from '../../src/edge/files/profiles.ts';
import { deviceOf } from './device-of-rows.ts';

const folder = join(fileURLToPath(import.meta.url), '../../../collectors');
const { value: profiles, problems } = await loadProfiles([folder]);
const at = '1970-01-01T00:00:00.000Z';

/** What the test finds otherwise, with its place in the file. */
async function failuresOf(profile: Profile, test: ProfileTest): Promise<string[]> {
  const rows = Object.fromEntries((test.rows ?? []).map(({ oid, value }) => [oid, value]));
  const [id, descr] = [rows[detectionOids.sysObjectID], rows[detectionOids.sysDescr]];
  const sysObjectID = id?.type === 'oid' ? id.oid : undefined;
  const sysDescr = descr?.type === 'octets' ? new TextDecoder().decode(descr.bytes) : undefined;
  const isChosen = sysObjectID !== undefined && profile.match.sysObjectID.length > 0;
  const answered = new Set(Object.keys(rows));
  const chosen = isChosen ? detectProfile(profiles, { sysObjectID, sysDescr, answered }) : profile;
  if (chosen !== profile) return [`${profile.id}: a test's device is taken for ${chosen?.id}`];
  const answer = await readDevice(deviceOf(rows), groundedProfile(profile, sysObjectID), { at });
  return answer.kind === 'reading' ? judgeTest(test, answer.reading).map(formatProblem) : [profile.id];
}

it('all profiles that are shipped are sound', () => {
  expect(problems.map(formatProblem)).toEqual([]);
});

it('each shipped profile reads the made-up devices in its file as it says', async () => {
  const found: string[] = [];
  for (const profile of profiles.byId.values()) {
    for (const test of profile.tests)
      if (test.rows !== undefined) found.push(...(await failuresOf(profile, test)));
  }
  expect(found).toEqual([]);
});
