import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../src/base/problem.ts';
import {
  compileProfiles,
  detectProfile,
  type Pattern,
  type Profiles,
  planOf,
  profileSchema,
} from '../../src/collect/collect.ts';
import { documentCheck, parseYaml } from '../../src/edge/files/yaml-document.ts';

const check = documentCheck(profileSchema);

function compiled(files: Readonly<Record<string, string>>): { profiles: Profiles; printed: string[] } {
  const parsed = Object.entries(files).map(([file, text]) => parseYaml(file, text));
  const broken = parsed.flatMap(({ value, problems }) => [...problems, ...check(value)]);
  const sound = parsed.map(({ value }) => value).filter((document) => check(document).length === 0);
  const { value, problems } = compileProfiles(sound);
  return { profiles: value, printed: [...broken, ...problems].map(formatProblem) };
}

const base = `id: base/fans
tables:
  fans:
    oid: 1.3.6.1.4.1.99.1.1
    object: { kind: fan, name: [label] }
    attributes: { label: { col: 2 }, place: { join: 1.3.6.1.4.1.99.2.1.7 } }
    states: [{ col: 3, name: fan.state, map: { 1: ok, 2: failed } }]
    metrics: [{ col: 4, name: hw.fan_speed, unit: '{rev}/min', null: [-1], range: [0, 30000] }]
`;
const family = `id: acme/switch
extends: [base/fans]
match: { sysObjectID: [1.3.6.1.4.1.99] }
identity: { vendor: Acme }
`;

describe('profiles', () => {
  it('take over the tables of what they extend', () => {
    const { profiles, printed } = compiled({ 'a.yaml': base, 'b.yaml': family });
    expect(printed).toEqual([]);
    const profile = profiles.byId.get('acme/switch');
    expect(profile?.tables.map(({ name }) => name)).toEqual(['fans']);
    expect(profile?.identity).toEqual({ vendor: { kind: 'constant', text: 'Acme' } });
  });

  it('replace a table of the same name', () => {
    const own = `${family}tables:\n  fans: { oid: 1.3.6.1.4.1.99.5, object: { kind: fan }, metrics: [{ col: 1, name: x, unit: V }] }\n`;
    const { profiles } = compiled({ 'a.yaml': base, 'b.yaml': own });
    expect(profiles.byId.get('acme/switch')?.tables[0]?.columns).toEqual(['1.3.6.1.4.1.99.5.1']);
  });

  it('poll numbers and states every interval, names only in a full reading', () => {
    const { profiles } = compiled({ 'a.yaml': base });
    const profile = profiles.byId.get('base/fans')!;
    expect(profile.tables[0]?.columns).toEqual([
      ...['1.3.6.1.4.1.99.1.1.3', '1.3.6.1.4.1.99.1.1.4', '1.3.6.1.4.1.99.1.1.2', '1.3.6.1.4.1.99.2.1.7'],
    ]);
    const { profile: lean } = planOf(profile);
    expect(lean.tables[0]?.columns).toEqual(['1.3.6.1.4.1.99.1.1.3', '1.3.6.1.4.1.99.1.1.4']);
    expect(lean.tables[0]?.attributes).toEqual([]);
  });

  it.each<[string, string, string]>([
    [
      'a unit that UCUM does not know',
      base.replace("'{rev}/min'", 'Cell'),
      'a.yaml:8:51  error  "Cell" is no UCUM unit known here\n    did you mean "Cel"?',
    ],
    [
      'an unknown key',
      base.replace('kind: fan', 'knd: fan'),
      'a.yaml:5:15  error  unknown key "knd"\n    did you mean "kind"?',
    ],
    [
      'a metric without a unit',
      base.replace(" unit: '{rev}/min',", ''),
      'a.yaml:8:15  error  "unit" is missing',
    ],
    [
      'a range that is none',
      base.replace('[0, 30000]', '[9, 1]'),
      'a.yaml:8:83  error  the range begins at 9 and ends below it, at 1',
    ],
    [
      'a name from an attribute that is not there',
      base.replace('[label]', '[lable]'),
      'a.yaml:5:33  error  this table has no attribute, index part or let "lable"\n    did you mean "label"?',
    ],
    [
      'an OID that is none',
      base.replace('oid: 1.3.6.1.4.1.99.1.1', 'oid: iso.3.6'),
      'a.yaml:4:10  error  "tables.fans.oid" is "iso.3.6": it must match pattern',
    ],
    [
      'an attribute of no column',
      base.replace('label: { col: 2 }', 'label: { as: text }'),
      'a.yaml:6:26  error  it needs one of "col", "join", "index" and "let"',
    ],
  ])('with %s are reported at the place and left out', (_what, text, expected) => {
    const { profiles, printed } = compiled({ 'a.yaml': text, 'ok.yaml': 'id: sound\n' });
    expect(printed).toHaveLength(expected.includes('knd') ? 2 : 1);
    expect(printed.find((line) => line.startsWith(expected)) ?? printed).toContain(expected);
    expect([...profiles.byId.keys()]).toEqual(['sound']);
  });

  it('may fill only fields that interfaces have', () => {
    const ports = `id: ports
tables:
  ifTable:
    oid: 1.3.6.1.2.1.2.2.1
    object: { kind: interface }
    attributes: { ifDesc: { col: 2 } }
    metrics: [{ col: 5, name: speed, unit: bit/s }, { col: 10, name: inOctets, unit: By, kind: counter }]
`;
    expect(compiled({ 'a.yaml': ports }).printed).toEqual([
      'a.yaml:6:27  error  interfaces have no field "ifDesc"\n    did you mean "ifDescr"?',
      'a.yaml:7:31  error  interfaces have no field "speed"\n    known: speedBps, discontinuityTicks; other readings about an interface come with "is: \'interface/{ifIndex}\'"',
    ]);
  });

  it('that extend what is not there, or themselves, are left out', () => {
    const { profiles, printed } = compiled({
      'a.yaml': 'id: one\nextends: [base/fanz]\n',
      'b.yaml': 'id: two\nextends: [three]\n',
      'c.yaml': 'id: three\nextends: [two]\n',
      'd.yaml': base,
    });
    expect(printed).toEqual([
      'a.yaml:2:11  error  there is no profile "base/fanz"\n    did you mean "base/fans"?',
      'b.yaml:2:11  error  "two" extends itself',
      'c.yaml:2:11  error  "three" extends itself',
    ]);
    expect([...profiles.byId.keys()]).toEqual(['base/fans']);
  });

  it('of one id: the first holds, the second is a problem', () => {
    const { profiles, printed } = compiled({ 'a.yaml': 'id: one\n', 'b.yaml': 'id: one\nextends: [x]\n' });
    expect(printed).toEqual(['b.yaml:1:5  error  a profile "one" exists already in a.yaml']);
    expect(profiles.byId.size).toBe(1);
  });

  describe('judged before', () => {
    const patterned = `id: acme/olt
extends: [base/fans]
match: { sysObjectID: [1.3.6.1.4.1.99.7] }
identity: { version: { get: 1.3.6.1.4.1.99.9.0, re: 'V(.*)' } }
tests: [{ rows: { 1.3.6.1.4.1.99.9.0: [octets, V2] }, expect: { version: '2' } }]
`;

    function load(files: Readonly<Record<string, string>>, known: readonly string[]) {
      const asked: string[] = [];
      const documents = Object.entries(files).map(([file, text]) => parseYaml(file, text).value);
      const compiler = (text: string): Pattern => {
        asked.push(text);
        return () => undefined;
      };
      const judged = new Set(documents.filter(({ file }) => known.includes(file)));
      return { ...compileProfiles(documents, compiler, judged), asked, documents, compiler };
    }

    it('are matched without being compiled, and compiled once when asked for', () => {
      const { value, asked } = load({ 'a.yaml': base, 'b.yaml': patterned }, ['a.yaml', 'b.yaml']);
      const device = { sysObjectID: '1.3.6.1.4.1.99.7.1', sysDescr: '' };
      const profile = detectProfile(value, device)!;
      expect([profile.id, asked]).toEqual(['acme/olt', []]);
      expect(profile.identity['version']).toMatchObject({ kind: 'get' });
      expect(profile.identity).toBe(profile.identity);
      expect(asked).toEqual(['V(.*)']);
      expect(profile.tables[0]).toBe(value.byId.get('base/fans')!.tables[0]);
      expect(profile.measuredTables).toBe(profile.measuredTables);
    });

    it('read a device as those that are compiled at once', () => {
      const { value, documents, compiler } = load({ 'a.yaml': base, 'b.yaml': patterned }, [
        'a.yaml',
        'b.yaml',
      ]);
      const atOnce = compileProfiles(documents, compiler).value;
      expect(JSON.stringify([...value.byId])).toBe(JSON.stringify([...atOnce.byId]));
    });

    it('are judged anew when they extend what nobody judged', () => {
      const changed = { 'a.yaml': base.replace("'{rev}/min'", 'Cell'), 'b.yaml': patterned };
      const { value, problems } = load(changed, ['b.yaml']);
      expect(problems.map(formatProblem)).toEqual([
        'a.yaml:8:51  error  "Cell" is no UCUM unit known here\n    did you mean "Cel"?',
      ]);
      expect([...value.byId.keys()]).toEqual([]);
    });

    it('are compiled at once for one of the operator that extends them, whose mistakes are told', () => {
      const own = `id: own/olt\nextends: [acme/olt]\nidentity: { serial: { get: 1.3.6.1.4.1.99.8.0 } }\ntables: { t: { oid: 1.3.6.1.4.1.99.5 } }\n`;
      const known = ['a.yaml', 'b.yaml'];
      const { value, problems } = load({ 'a.yaml': base, 'b.yaml': patterned, 'own.yaml': own }, known);
      expect(problems.map(formatProblem)).toEqual([
        'own.yaml:4:14  error  table "t" says what its rows are with "object", "link", "relation" or "counts"',
      ]);
      expect([...value.byId.keys()]).toEqual(['base/fans', 'acme/olt']);
    });
  });
});
