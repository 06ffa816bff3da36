/** Rule sets and policies as older versions kept them: what they lack is taken from the program, what they say stays. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ContentStore } from '../../../src/app/center/content-store.ts';
import { defaultPolicy } from '../../../src/app/config/policy.ts';
import { openContents } from '../../../src/edge/disk/contents.ts';
import { shippedRules } from '../../support/shipped-rules.ts';

let folder: string;
let store: ContentStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'allclear-contents-'));
  store = new ContentStore(await openContents({ folder: join(folder, 'contents') }), folder, shippedRules);
});
afterEach(() => rm(folder, { recursive: true }));

test('rules that know no patterns and lack a share judge with those of now, and keep their own', async () => {
  const { patterns: _, silence, ...rest } = shippedRules;
  const { mute: _mute, ...shares } = silence;
  const then = { ...rest, silence: { ...shares, leaf: -1 }, symptoms: { LOS: 'los' }, resources: {} };
  const hash = await store.putJson({ format: 'allclear-rules/2', correlation: then, files: [] });
  await store.loadNamed({ topologyVersion: 0, rules: hash });
  expect(store.rules(hash)).toEqual({
    ...{ ...then, patterns: shippedRules.patterns },
    silence: { ...silence, leaf: -1 },
  });
});

test('a policy of fewer fields is completed, and quiet hours that were off stay off', async () => {
  const { flap: _, ...rest } = defaultPolicy;
  const { quietHours: _quiet, ...notify } = defaultPolicy.notify;
  const hash = await store.putJson({ ...rest, notify: { ...notify, capPerDay: 99 } });
  await store.loadNamed({ topologyVersion: 0, policy: hash });
  expect(store.policy(hash)).toEqual({
    ...defaultPolicy,
    notify: { ...defaultPolicy.notify, capPerDay: 99, quietHours: undefined },
  });
});
