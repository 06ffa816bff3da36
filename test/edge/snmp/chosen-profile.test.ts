/** Which profile a device is read with, by what it says and by a scalar that only its family has. */
import { expect, test } from 'vitest';
import { compileProfiles } from '../../../src/collect/collect.ts';
import type { Answer, Oid, Session, VarbindValue } from '../../../src/collect/session.ts';
import { parseYaml } from '../../../src/edge/files/yaml-document.ts';
import { chosenProfile } from '../../../src/edge/snmp/poll.ts';

const scalar = '1.3.6.1.4.1.99999.1.0';
const profiles = compileProfiles(
  [
    'id: test/agent\nmatch: { sysObjectID: [1.3.6.1.4.1.99998] }\n',
    'id: generic\n',
    `id: test/relay\nmatch: { answers: [${scalar}] }\n`,
    `id: test/appliance\nmatch: { sysObjectID: [1.3.6.1.4.1.99998], answers: [${scalar}] }\n`,
  ].map((text) => parseYaml('profile.yaml', text).value),
).value;

type Said = VarbindValue | 'silence';

/** An agent that says its sysObjectID and what it has of the scalar. */
const agent = (said: Said, oid: Oid): Session => ({
  async get(oids: readonly Oid[]): Promise<Answer> {
    if (!oids.includes(scalar)) {
      const value = { type: 'oid', oid } as const;
      return { varbinds: [{ oid: '1.3.6.1.2.1.1.2.0', value }], problem: undefined };
    }
    if (said === 'silence') return { varbinds: [], problem: { kind: 'timeout' } };
    return { varbinds: [{ oid: scalar, value: said }], problem: undefined };
  },
  walk: async () => ({ varbinds: [], problem: { kind: 'timeout' } }),
  fill: () => undefined,
  close: () => undefined,
});

const chosen = async (said: Said, oid = '1.3.6.1.4.1.99998.1'): Promise<string> => {
  const outcome = await chosenProfile(agent(said, oid), { profiles, profile: 'auto' });
  return 'kind' in outcome ? outcome.kind : outcome.profile.id;
};

test('of devices on one agent the scalar of its maker tells the appliance', async () => {
  expect(await chosen({ type: 'integer', number: 1 })).toBe('test/appliance');
  expect(await chosen({ type: 'noSuchObject' })).toBe('test/agent');
});

test('a lost question makes no other device of it', async () => {
  expect(await chosen('silence')).toBe('problem');
});

test('a device without an object id is told by the scalar alone, and may keep silent about it', async () => {
  expect(await chosen({ type: 'integer', number: 1 }, '0.0')).toBe('test/relay');
  expect(await chosen('silence', '0.0')).toBe('generic');
});
