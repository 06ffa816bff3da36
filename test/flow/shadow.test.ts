import { expect, test } from 'vitest';
import { defaultPolicy } from '../../src/app/config/policy.ts';
import { instant, minutes } from '../../src/base/instant.ts';
import { compileCorrelationRules } from '../../src/correlate/correlate.ts';
import { parseYaml } from '../../src/edge/files/yaml-document.ts';
import { Shadow } from '../../src/flow/shadow.ts';
import { resourceId } from '../../src/model/ids.ts';
import { shippedDocuments, shippedRules } from '../support/shipped-rules.ts';
import { cityStartsAt, smallCity } from '../support/small-city.ts';

const topology = smallCity();
const contents = { topology: () => topology, policy: () => defaultPolicy, calendar: () => ({ zones: {} }) };
const withOwn = (text: string) =>
  compileCorrelationRules([
    ...shippedDocuments,
    parseYaml('own.yaml', `format: correlation/1\n${text}`).value,
  ]).value!;

const branch = ['1', '2', '3', '4', '5', '6', '7', '8'].map((place) => `ont-1-1-1-${place}`);

/** The branch goes dark, then an hour later another one tells of it with a word of its own. */
function compared(text: string, since = cityStartsAt) {
  const shadow = new Shadow(contents, { present: shippedRules, changed: withOwn(text) });
  shadow.take({ kind: 'policy', policy: 'p' }, cityStartsAt);
  shadow.take({ kind: 'topologyVersion', version: 1, topology: 't', subscribers: 's' }, cityStartsAt);
  const say = (event: 'raise' | 'clear', cause: string, resources: readonly string[], after: number) => {
    for (const id of resources) {
      const observation = { event, cause, resource: resourceId(id), source: 'trap' } as const;
      shadow.take({ kind: 'observation', observation }, instant(cityStartsAt + after));
    }
  };
  say('raise', 'LOS', branch, 1_000);
  say('clear', 'LOS', branch, minutes(30));
  say(
    'raise',
    'RX_LOST',
    branch.map((id) => id.replace('ont-1', 'ont-2')),
    minutes(60),
  );
  return shadow.end(instant(cityStartsAt + minutes(90)), since);
}

test('the same rules say the same', () => {
  expect(compared('')).toMatchObject({ before: 1, after: 1, same: 1, appeared: [], gone: [], changed: [] });
});

test('what a cause newly known brings to light appears', () => {
  const { appeared, gone, same } = compared('symptoms: { RX_LOST: los }');
  expect({ gone, same }).toEqual({ gone: [], same: 1 });
  expect(appeared).toMatchObject([{ kind: 'splitter', root: 's2-1-1', alarms: 8 }]);
});

test('a cause that is no longer heard is gone', () => {
  expect(compared('symptoms: { LOS: other }').gone).toMatchObject([{ kind: 'splitter', root: 's1-1-1' }]);
});

test('another name of the same fault is told as a change of kind', () => {
  const { changed } = compared('resources: { splitter: { fault: cable } }');
  expect(changed).toMatchObject([{ in: ['kind'], before: { kind: 'splitter' }, after: { kind: 'cable' } }]);
});

test('what began before the span asked for is left out', () => {
  expect(compared('symptoms: { LOS: other }', instant(cityStartsAt + minutes(10)))).toMatchObject({
    before: 0,
    gone: [],
  });
});
