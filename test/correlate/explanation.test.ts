// What is stored with an incident: what decided it, what speaks against it, and what would change the verdict.
import { describe, expect, test } from 'vitest';
import type { Incident } from '../../src/model/incident.ts';
import { terminals } from '../support/small-city.ts';
import { CityRun } from './city-run.ts';

const explanationOf = (run: CityRun): Incident['explanation'] => {
  const [only] = run.open();
  expect(run.open()).toHaveLength(1);
  return only!.explanation;
};

describe('of a cause on the trees', () => {
  test('what would change it does: so many more dark terminals beside it, and no fewer, make it the wider one', () => {
    const branch = terminals('1-1-1');
    const beside = terminals('1-1-2');
    const { change } = explanationOf(new CityRun().raise(1, 'LOS', branch).to(20));
    const turn = (change as { cause: string; when: string; outside: string; atLeast: number }[])[0];
    expect(turn).toMatchObject({ cause: 's1-1', when: 'dark', below: 's1-1', outside: 's1-1-1' });
    const rootsWith = (more: number): readonly unknown[] =>
      new CityRun()
        .raise(1, 'LOS', [...branch, ...beside.slice(0, more)])
        .to(20)
        .open()
        .map(({ root }) => root);
    expect(rootsWith(turn!.atLeast - 1)).toContain('s1-1-1');
    expect(rootsWith(turn!.atLeast)).toEqual(['s1-1']);
  });

  test('terminals that prove to be alive between a wide cause and a narrow one speak for the narrow one', () => {
    const dark = [...terminals('1-1-1'), ...terminals('1-1-2').slice(0, 2)];
    const { change } = explanationOf(new CityRun().raise(1, 'LOS', dark).to(20));
    expect(change).toContainEqual({
      ...{ cause: 's1-1-1', when: 'alive', below: 's1-1', outside: 's1-1-1', atLeast: 3 },
    });
  });

  test('who was silent when it was stated and spoke since is silent no more', () => {
    const branch = terminals('1-1-1');
    const run = new CityRun().raise(1, 'LOS', branch.slice(0, 5)).to(20);
    expect(explanationOf(run)).toMatchObject({ leaves: 8, spoken: 5, silent: 3 });
    expect(explanationOf(run)).not.toHaveProperty('spokenSince');
    run.raise(30, 'LOS', branch.slice(5, 7)).to(40);
    expect(explanationOf(run)).toMatchObject({ leaves: 8, spoken: 7, silent: 1, spokenSince: 2 });
    // That they are back does not unsay it.
    run.clear(50, 'LOS', branch.slice(5, 7)).to(52);
    expect(explanationOf(run)).toMatchObject({ spoken: 7, silent: 1 });
  });

  test('a device that says itself that it failed has not heard of its terminals', () => {
    const run = new CityRun().raise(1, 'CARD_FAIL', ['olt-1/c1']).to(30);
    expect(explanationOf(run)).toMatchObject({ leaves: 32, spoken: 0, silent: 32 });
  });
});

describe('of a cause in the transport graph', () => {
  test('a link of which one end told names the other, and what would make it more than a link', () => {
    const run = new CityRun().linkDown(1, 'l-34', ['agg-4']).to(10);
    expect(explanationOf(run)).toMatchObject({
      ...{ resources: 1, symptoms: { link: 1 }, evidence: ['l-34 link'] },
      against: { count: 1, of: ['agg-3'] },
      change: [
        { cause: 'agg-3', when: 'silent', of: ['agg-3'] },
        { cause: 'agg-4', when: 'silent', of: ['agg-4'] },
      ],
    });
  });

  test('both ends told: nothing speaks against it, and the other link of its trench would make it the trench', () => {
    const run = new CityRun().linkDown(1, 'l-12', ['agg-1', 'agg-2']).to(10);
    const { against, change } = explanationOf(run);
    expect(against).toEqual({ count: 0, of: [] });
    expect(change).toContainEqual({ cause: 'trench-b', when: 'down', of: ['l-o1'] });
  });

  test('a dead device is no longer one when it answers', () => {
    const run = new CityRun().unreachable(1, ['olt-1']).linkDown(1.5, 'l-o1', ['agg-2']).to(30);
    expect(explanationOf(run)).toMatchObject({
      ...{ symptoms: { link: 1, silent: 1 }, evidence: ['l-o1 link', 'olt-1 silent'] },
      change: [{ cause: 'l-o1', when: 'answers', of: ['olt-1'] }],
    });
  });

  test('a lost collector names what it watches and has not lost', () => {
    const run = new CityRun().unreachable(1, ['col-1', 'agg-1']).to(30);
    expect(explanationOf(run)).toMatchObject({ rule: 'collector', against: { count: 6 } });
  });
});
