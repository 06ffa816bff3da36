import { describe, expect, it } from 'vitest';
import { detectionScalars, detectProfile } from '../../src/collect/collect.ts';
import type { Profile, Profiles } from '../../src/collect/profile.ts';

const profile = (
  id: string,
  sysObjectID: string[],
  sysDescr: string[] = [],
  answers: string[] = [],
): [string, Profile] => [
  id,
  {
    ...{ id, match: { sysObjectID, sysDescr, answers }, identity: {}, tables: [] },
    ...{ file: '', isUnverified: false, measuredTables: [], tests: [] },
  },
];
const profiles: Profiles = {
  byId: new Map([
    profile('generic', []),
    profile('acme/all', ['1.3.6.1.4.1.99']),
    profile('acme/core', ['1.3.6.1.4.1.99'], ['core os', 'core os xl']),
    profile('acme/lab', ['1.3.6.1.4.1.99'], ['os xl']),
    profile('acme/olt', ['1.3.6.1.4.1.99.7', '1.3.6.1.4.1.99.8']),
    profile('card', [], ['supervisor card']),
    profile('host', ['1.3.6.1.4.1.42'], ['linux']),
    profile('relay', [], [], ['1.3.6.1.4.1.66.1.0']),
    profile('storage', ['1.3.6.1.4.1.42'], [], ['1.3.6.1.4.1.77.1.0', '1.3.6.1.4.1.77.2.0']),
  ]),
};
const found = (sysObjectID: string | undefined, sysDescr?: string): string | undefined =>
  detectProfile(profiles, { sysObjectID, sysDescr })?.id;

describe('the profile of a device', () => {
  it.each([
    ['fits the longest object id', '1.3.6.1.4.1.99.8.1', 'anything', 'acme/olt'],
    ['ends at whole numbers of the object id', '1.3.6.1.4.1.99.80', 'anything', 'acme/all'],
    [
      'fits by the description where the object id is shared',
      '1.3.6.1.4.1.99.1',
      'Acme Core OS 3',
      'acme/core',
    ],
    ['fits by the longest part of the description', '1.3.6.1.4.1.99.1', 'Acme Core OS XL 3', 'acme/core'],
    ['goes by the object id before the description', '1.3.6.1.4.1.99.7', 'Acme Core OS 3', 'acme/olt'],
    ['may go by the description alone', '1.3.6.1.2.1.33', 'Supervisor Card 4', 'card'],
    ['is the generic one for a stranger', '1.3.6.1.4.1.5', 'stranger', 'generic'],
  ])('%s', (_rule, sysObjectID, sysDescr, expected) => expect(found(sysObjectID, sysDescr)).toBe(expected));

  it('is the generic one for a device that says nothing about itself', () =>
    expect(found(undefined)).toBe('generic'));

  it('built on a common agent is told by a scalar that it answers', () => {
    const appliance = { sysObjectID: '1.3.6.1.4.1.42.10', sysDescr: 'Linux nas 5.10' };
    expect(detectionScalars(profiles, appliance)).toEqual(['1.3.6.1.4.1.77.1.0', '1.3.6.1.4.1.77.2.0']);
    expect(detectProfile(profiles, appliance)?.id).toBe('host');
    const answered = new Set(['1.3.6.1.4.1.77.2.0']);
    expect(detectProfile(profiles, { ...appliance, answered })?.id).toBe('storage');
  });

  it.each([undefined, '0.0'])('with the object id %s is told by a scalar alone', (sysObjectID) => {
    const nameless = { sysObjectID, sysDescr: undefined };
    expect(detectionScalars(profiles, nameless)).toEqual(['1.3.6.1.4.1.66.1.0']);
    expect(detectProfile(profiles, nameless)?.id).toBe('generic');
    const answered = new Set(['1.3.6.1.4.1.66.1.0']);
    expect(detectProfile(profiles, { ...nameless, answered })?.id).toBe('relay');
  });

  it('of another vendor is asked nothing', () =>
    expect(detectionScalars(profiles, { sysObjectID: '1.3.6.1.4.1.99.7', sysDescr: 'x' })).toEqual([]));
});
