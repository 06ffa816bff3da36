import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { hours, minutes, seconds } from '../../src/base/instant.ts';
import type { Command } from '../../src/flow/input.ts';
import type { LineSnapshot } from '../../src/flow/line-snapshot.ts';
import type { StaffId } from '../../src/model/ids.ts';
import type { Task } from '../../src/model/task.ts';
import { cityContents, keyAt } from '../support/line-city.ts';
import { dayArbitrary, play } from '../support/line-inputs.ts';
import { freshLine, LineRun } from '../support/line-run.ts';
import { automationsOf } from '../support/shipped-automations.ts';
import { terminals } from '../support/small-city.ts';

const branch = terminals('1-1-1');
const words = (text: string): string => `{ en: "${text}", ru: "${text}" }`;
const task = (text = 'x'): string => `task: { skill: care, due: 1h, text: ${words(text)} }`;
const one = (id: string, keys: string, ...actions: readonly string[]): string =>
  `  - { id: ${id}, ${keys}, do: [${(actions.length === 0 ? [task()] : actions).map((action) => `{ ${action} }`).join(', ')}] }\n`;

function runWith(...automations: readonly string[]): LineRun {
  const { value, problems } = automationsOf(`automations:\n${automations.join('')}`);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const run = new LineRun(freshLine(cityContents({}, value)));
  return run.put({ kind: 'automationSet', automations: 'own' });
}

const order = (run: LineRun, command: Command): LineRun => run.put({ kind: 'command', by: 'olga', command });
const actsOf = (run: LineRun) => run.applied.flatMap(({ acts }) => acts ?? []);
const postsOf = (run: LineRun) =>
  run.applied.flatMap(({ effects }) =>
    effects.flatMap((effect) => (effect.kind === 'webhook' ? [effect.post] : [])),
  );
/** Tasks that automations asked for, each in its last state. */
const errandsOf = (run: LineRun): readonly Task[] => [
  ...new Map(
    run
      .changes('task')
      .filter((change) => change.task.automation !== undefined)
      .map((change) => [change.task.id, change.task]),
  ).values(),
];
const cut = (run: LineRun): LineRun => run.observe('raise', branch, { cause: 'LOS' }).pass(minutes(1));
const mend = (run: LineRun): LineRun => run.observe('clear', branch, { cause: 'LOS' });
const rootOf = (run: LineRun) => run.changes('incident').at(-1)!.incident;

describe('a task', () => {
  const opened = one(
    'look',
    'on: [incidentOpened, incidentGrew], where: "subscribers >= 8 && !acknowledged", after: 10m',
    task('{title}, {root}: {subscribers}'),
  );

  test('is opened for an incident that nobody has acknowledged in time, with words in both languages', () => {
    const run = cut(runWith(opened).begin());
    expect(errandsOf(run)).toEqual([]);
    run.pass(minutes(12));
    expect(errandsOf(run)).toMatchObject([
      {
        ...{ kind: 'errand', skill: 'care', automation: 'look', state: 'queued', incident: rootOf(run).id },
        words: { en: 'Splitter or its cable, s1-1-1: 8', ru: 'Сплиттер или его кабель, s1-1-1: 8' },
      },
    ]);
    expect(errandsOf(run)[0]!.dueAt - errandsOf(run)[0]!.createdAt).toBe(hours(1));
    expect(run.pass(hours(3)) && errandsOf(run)).toHaveLength(1);
  });

  test('is not opened for one whose alarm somebody took', () => {
    const run = cut(runWith(opened).begin());
    const { alarm } = run.changes('alarm').findLast((change) => change.alarm.incident !== undefined)!;
    order(run, { kind: 'acknowledgeAlarm', alarm: alarm.id }).pass(hours(1));
    expect(errandsOf(run)).toEqual([]);
  });

  test('is not opened for one that ended before, and cancelled for one that ends', () => {
    expect(errandsOf(mend(cut(runWith(opened).begin())).pass(hours(1)))).toEqual([]);
    const run = mend(cut(runWith(opened).begin()).pass(minutes(30))).pass(minutes(5));
    expect(errandsOf(run)).toMatchObject([{ state: 'cancelled' }]);
  });

  test('goes to the first skill that anybody has', () => {
    const skilled = one('s', 'on: incidentOpened', task().replace('care', '[lead, ip, fibre]'));
    const run = runWith(skilled).begin();
    const member = { skills: ['ip', 'fibre'], state: 'available', limit: 9 } as const;
    run.put({ kind: 'staffChange', staff: { id: 'olga' as StaffId, ...member } });
    expect(errandsOf(cut(run))).toMatchObject([{ skill: 'ip', assignee: 'olga', state: 'accepted' }]);
    expect(errandsOf(cut(runWith(skilled).begin()))).toMatchObject([{ skill: 'fibre', state: 'queued' }]);
  });
});

describe('a reminder', () => {
  const later = (when: string): string =>
    one(
      'later',
      'on: incidentOpened',
      `reminder: { ${when}, skill: care, due: 5m, text: ${words('{minutes}')} }`,
    );

  test('comes so long after, or when the clock shows the time next', () => {
    const run = cut(runWith(later('after: 30m')).begin());
    expect(errandsOf(run.pass(minutes(28)))).toEqual([]);
    expect(errandsOf(run.pass(minutes(3)))).toMatchObject([{ kind: 'reminder', state: 'queued' }]);
    // The calendar's first zone is two hours ahead of Moscow's noon in UTC.
    const clock = cut(runWith(later('at: "18:30"')).begin());
    expect(errandsOf(clock.pass(minutes(85)))).toEqual([]);
    const [reminder] = errandsOf(clock.pass(minutes(10)));
    expect(new Date(reminder!.createdAt).toISOString()).toBe('2026-01-01T13:30:00.000Z');
  });

  test('does not come when its reason has ended, and waits as long as the line was away', () => {
    expect(errandsOf(mend(cut(runWith(later('after: 30m')).begin())).pass(hours(2)))).toEqual([]);
    const run = cut(runWith(later('after: 30m')).begin()).sleep(hours(5));
    run.put({ kind: 'resumed', stoppedMs: hours(5) });
    expect(errandsOf(run.pass(minutes(25)))).toEqual([]);
    expect(errandsOf(run.pass(minutes(6)))).toHaveLength(1);
  });
});

describe('a draft', () => {
  const drafted = one(
    'letter',
    'on: incidentOpened, after: 5m',
    `draft: { skill: care, due: 1h, text: ${words('We work on it since {started}')} }`,
  );
  const announced = (run: LineRun) => run.tells().filter(({ type }) => type === 'announcement');

  test('tells nobody until a person sends it, and then those who were told', () => {
    const run = cut(runWith(drafted).begin()).pass(minutes(30));
    const [draft] = errandsOf(run);
    expect(draft).toMatchObject({ kind: 'draft', state: 'queued' });
    expect(announced(run)).toEqual([]);
    order(run, { kind: 'sendDraft', task: draft!.id });
    expect(announced(run)).toMatchObject([{ facts: { words: draft!.words }, held: false }]);
    const recipients = announced(run).reduce(
      (sum, { from, to, except }) => sum + to - from - except.length,
      0,
    );
    expect(recipients).toBe(branch.length);
    expect(errandsOf(run)).toMatchObject([{ state: 'done', outcome: 'sent' }]);
    order(run, { kind: 'sendDraft', task: draft!.id });
    expect(announced(run)).toHaveLength(1);
  });

  test('may be about the end, and then goes to all who were told of the outage', () => {
    const run = cut(runWith(drafted.replace('incidentOpened, after: 5m', 'incidentResolved')).begin());
    mend(run.pass(minutes(9))).pass(minutes(2));
    order(run, { kind: 'sendDraft', task: errandsOf(run)[0]!.id });
    const recipients = announced(run).reduce(
      (sum, { from, to, except }) => sum + to - from - except.length,
      0,
    );
    expect(recipients).toBe(branch.length);
  });

  test('stays where nobody was told yet, where the first notice waits for a second person, and where it is dropped', () => {
    const early = cut(runWith(drafted.replace('5m', '0s')).begin());
    const sent = (run: LineRun) => order(run, { kind: 'sendDraft', task: errandsOf(run)[0]!.id });
    // The flap guard of the first notice is a minute.
    expect(announced(sent(early))).toEqual([]);
    expect(errandsOf(early)[0]!.state).toBe('queued');
    const all = [...terminals('1'), ...terminals('2')];
    const held = runWith(drafted)
      .begin({ policy: 'careful' })
      .observe('raise', all, { cause: 'LOS' })
      .pass(minutes(9));
    expect(announced(sent(held))).toEqual([]);
    const dropped = cut(runWith(drafted).begin()).pass(minutes(9));
    order(dropped, { kind: 'finishTask', task: errandsOf(dropped)[0]!.id, outcome: 'dropped' });
    expect(announced(sent(dropped))).toEqual([]);
  });
});

describe('a post', () => {
  test('names its target by the configuration and carries facts, whatever an alarm says of addresses', () => {
    const run = runWith(
      one(
        'page',
        'on: alarmRaised, where: cause == "FAN_FAIL"',
        `webhook: { to: pager, text: ${words('{resource}')} }`,
      ),
    ).begin();
    const attributes = { url: 'http://169.254.169.254/', to: 'http://127.0.0.1/' };
    run.observe('raise', ['http://127.0.0.1:1/'], { cause: 'FAN_FAIL', attributes });
    const [post] = postsOf(run);
    expect(post).toMatchObject({
      ...{ target: 'pager', automation: 'page', on: 'alarmRaised', subject: { kind: 'alarm' } },
      facts: { cause: 'FAN_FAIL', count: 1, flapping: false },
    });
    expect(JSON.stringify(post)).not.toContain('169.254');
    expect(post!.key).toMatch(/^l\.1\.\d+/);
  });

  test('goes on a "no" and on a low mark, once each', () => {
    const run = cut(
      runWith(
        one('no', 'on: answeredNotFixed', 'webhook: { to: crm }'),
        one('low', 'on: ratedLow, where: "ratingCause == \'late\'"', 'webhook: { to: crm }'),
      ).begin(),
    ).pass(minutes(9));
    mend(run).pass(minutes(30));
    const confirmations = run.changes('confirmation').map(({ confirmation }) => confirmation);
    const of = (terminal: string) =>
      confirmations.find(({ subscriber }) => subscriber === keyAt(terminal))!.id;
    const said = { kind: 'subscriberReply', channel: 'sms' } as const;
    const [first, second] = [of(branch[0]!), of(branch[1]!)];
    for (let i = 0; i < 2; i++)
      run.put({ ...said, confirmation: first, reply: { kind: 'answer', answer: 'notFixed' } });
    run.put({ ...said, confirmation: second, reply: { kind: 'answer', answer: 'fixed' } });
    run.put({ ...said, confirmation: second, reply: { kind: 'rating', score: 1, cause: 'late' } });
    expect(postsOf(run).map(({ automation }) => automation)).toEqual(['no', 'low']);
    expect(postsOf(run)[0]!.facts).toMatchObject({ noes: 1, answer: 'notFixed', kind: 'splitter' });
  });
});

describe('a promise', () => {
  const lapsed = one('lapsed', 'on: etrPassed, once: false');
  const promise = (run: LineRun, inMs: number): LineRun => {
    const to = (run.at + inMs) as typeof run.at;
    return order(run, { kind: 'setEtr', incident: rootOf(run).id, from: to, to });
  };

  test('that lapses is noticed, one that was moved or kept is not', () => {
    const run = promise(cut(runWith(lapsed).begin()), hours(1)).pass(minutes(50));
    promise(run, hours(1)).pass(minutes(50));
    expect(errandsOf(run)).toEqual([]);
    expect(errandsOf(run.pass(minutes(20)))).toHaveLength(1);
    const second = promise(run, hours(1)).pass(hours(2));
    expect(errandsOf(second)).toHaveLength(2);
    const kept = mend(promise(cut(runWith(lapsed).begin()), hours(1)).pass(minutes(50)));
    expect(errandsOf(kept.pass(hours(3)))).toEqual([]);
  });

  test('that is near is noticed once, and no more when another one is made in time', () => {
    const near = one('near', 'on: etrNear, once: false');
    const run = promise(cut(runWith(near).begin()), hours(1)).pass(minutes(39));
    expect(errandsOf(run)).toEqual([]);
    expect(errandsOf(run.pass(minutes(2)))).toHaveLength(1);
    expect(errandsOf(run.pass(minutes(15)))).toHaveLength(1);
    promise(run, hours(1)).pass(minutes(30));
    expect(errandsOf(run)).toHaveLength(1);
    expect(run.changes('task').at(-1)!.task.state).toBe('cancelled');
    expect(errandsOf(run.pass(minutes(20)))).toHaveLength(2);
  });

  test.each([
    ['near', 'etrNear', 41],
    ['lapsed', 'etrPassed', 61],
  ])('that is %s is noticed once, whatever list or automations are read after it', (id, on, afterMinutes) => {
    const set = one(id, `on: ${on}, once: false`);
    const run = promise(cut(runWith(set).begin()), hours(1)).pass(minutes(afterMinutes));
    expect(errandsOf(run)).toHaveLength(1);
    run.put({ kind: 'topologyVersion', version: 2, topology: 'city', subscribers: 'all' }).pass(minutes(1));
    run.put({ kind: 'automationSet', automations: 'own' }).pass(minutes(1));
    expect(errandsOf(run)).toHaveLength(1);
  });

  test('that is made for so soon is news itself', () => {
    const near = one('near', 'on: etrNear, once: false');
    const run = promise(cut(runWith(near).begin()), minutes(10)).pass(minutes(30));
    expect(errandsOf(run)).toEqual([]);
  });

  test('counts when it was made before anybody looked at promises', () => {
    const { value } = automationsOf(`automations:\n${lapsed}`);
    const run = promise(cut(new LineRun(freshLine(cityContents({}, value))).begin()), hours(1));
    run.put({ kind: 'automationSet', automations: 'own' }).pass(hours(2));
    expect(errandsOf(run)).toHaveLength(1);
  });
});

describe('bounds', () => {
  test('a flood of alarms gets as many tasks as the bound says, and what was stopped is counted', () => {
    const run = runWith(one('all', 'on: alarmRaised, limit: { most: 7, per: 10m }')).begin();
    for (let n = 0; n < 300; n++) run.observe('raise', [`box-${n}`], { cause: 'FAN_FAIL' });
    expect(errandsOf(run)).toHaveLength(7);
    expect(run.line.automations(run.at)).toMatchObject([{ state: 'stopped', acted: 7, stopped: 293 }]);
    run.pass(minutes(11));
    expect(run.line.automations(run.at)).toMatchObject([{ state: 'active', stoppedAt: undefined }]);
    run.observe('raise', ['box-new'], { cause: 'FAN_FAIL' });
    expect(errandsOf(run)).toHaveLength(8);
  });

  test('in shadow it counts and does nothing', () => {
    const run = cut(
      runWith(one('quiet', 'on: incidentOpened, shadow: true', task(), 'webhook: { to: pager }')).begin(),
    );
    expect(run.line.automations(run.at)).toMatchObject([{ state: 'shadow', acted: 0, wouldHave: 1 }]);
    expect(actsOf(run).map(({ result, action }) => [result, action])).toEqual([
      ['shadow', 'task'],
      ['shadow', 'webhook'],
    ]);
    expect([errandsOf(run), postsOf(run)]).toEqual([[], []]);
  });

  test('tasks that automations asked for bring no further ones, however they end', () => {
    const every = 'on: [taskOpened, taskOverdue, taskDone, taskCancelled], once: false';
    const run = cut(runWith(one('echo', every), one('first', 'on: incidentOpened')).begin()).pass(hours(5));
    const asked = errandsOf(run).filter(({ automation }) => automation === 'echo').length;
    // The repair of the incident was opened, and overdue.
    expect(asked).toBe(2);
    for (const { id } of errandsOf(run)) order(run, { kind: 'finishTask', task: id, outcome: 'done' });
    run.pass(hours(5));
    expect(errandsOf(run).filter(({ automation }) => automation === 'echo')).toHaveLength(asked);
  });

  test('at each change or once', () => {
    const flapping = (run: LineRun): LineRun => {
      for (let n = 0; n < 3; n++)
        run
          .observe('raise', ['box'], { cause: 'FAN_FAIL', record: `r${n}` })
          .pass(hours(1))
          .observe('clear', ['box'], { cause: 'FAN_FAIL', record: `c${n}` })
          .pass(hours(1));
      return run;
    };
    const raised = flapping(runWith(one('a', 'on: alarmRaised')).begin());
    // Its end was the end of the reason, so each raise is a new one.
    expect(errandsOf(raised)).toHaveLength(3);
    const rated = 'on: [etrChanged]';
    const promised = (run: LineRun): LineRun => {
      for (let n = 1; n <= 3; n++) {
        const to = (run.at + hours(n)) as typeof run.at;
        order(run, { kind: 'setEtr', incident: rootOf(run).id, from: to, to });
      }
      return run;
    };
    const [once, each] = ['', ', once: false'].map((more) =>
      errandsOf(promised(cut(runWith(one('a', `${rated}${more}`)).begin()))),
    );
    expect([once!.length, each!.length]).toEqual([1, 3]);
  });
});

test('what a device says of itself is put in as it is, once and cut', () => {
  const run = runWith(
    one('say', 'on: alarmRaised', task('{resource} {attributes.name} {attributes.none}|')),
  ).begin();
  const name = `{resource} {title}\n\u202e${'x'.repeat(500)}`;
  run.observe('raise', ['box'], { cause: 'FAN_FAIL', attributes: { name } });
  const text = errandsOf(run)[0]!.words!.en;
  expect(text).toMatch(/^box \{resource\} \{title\} x+… \|$/);
  expect(text.length).toBeLessThan(140);
});

test('automations that changed leave what was asked for, and do not wait on', () => {
  const { value } = automationsOf(
    `automations:\n${one('now', 'on: incidentOpened')}${one('wait', 'on: incidentOpened, after: 1h')}`,
  );
  const sets: Record<string, typeof value> = { both: value, none: { automations: [], titles: {} } };
  const contents = { ...cityContents(), automations: (name: string) => sets[name]! };
  const run = cut(
    new LineRun(freshLine(contents)).put({ kind: 'automationSet', automations: 'both' }).begin(),
  );
  run.put({ kind: 'automationSet', automations: 'none' }).pass(hours(2));
  expect(errandsOf(run)).toMatchObject([{ automation: 'now', state: 'queued' }]);
  expect(run.line.automations(run.at)).toEqual([]);
});

describe('whatever happens in a day', { timeout: 30_000 }, () => {
  const busy = [
    one(
      'a',
      'on: [incidentOpened, incidentGrew, causeChanged, incidentResolved], after: 3m',
      task('{root} {etr}'),
    ),
    one('b', 'on: [alarmRaised, alarmCleared], limit: { most: 3, per: 10m }', 'webhook: { to: x }'),
    one(
      'c',
      'on: [ticketOpened, ticketReopened, answeredNotFixed, rated, taskOverdue, taskDone], once: false',
      task(),
    ),
    one(
      'd',
      'on: [etrPassed, etrChanged], where: subscribers > 1',
      `reminder: { after: 7m, skill: ip, due: 1m, text: ${words('{minutes}')} }`,
    ),
    one('e', 'on: incidentOpened', `draft: { skill: ip, due: 1m, text: ${words('{started}')} }`),
  ];
  const { value } = automationsOf(`automations:\n${busy.join('')}`);
  const contents = cityContents({}, value);
  const begun = (): LineRun =>
    new LineRun(freshLine(contents)).put({ kind: 'automationSet', automations: 'own' }).begin();

  test('nothing throws, a replay does the same, and a restored line goes on as if it had never stopped', () => {
    let acted = 0;
    fc.assert(
      fc.property(dayArbitrary(60), fc.nat(), (steps, cutAt) => {
        const whole = play(begun(), steps);
        acted += actsOf(whole).length;
        expect(whole.applied.find(({ failed }) => failed !== undefined)?.failed).toBeUndefined();
        const at = 4 + (cutAt % (whole.inputs.length - 3));
        const first = freshLine(contents);
        const before = whole.inputs
          .slice(0, at)
          .map(({ sequence, at, input }) => first.apply(sequence, at, input));
        expect(canonicalJson(before)).toBe(canonicalJson(whole.applied.slice(0, at)));
        const restored = freshLine(contents);
        restored.restore(JSON.parse(JSON.stringify(first.snapshot())) as LineSnapshot);
        const after = whole.inputs
          .slice(at)
          .map(({ sequence, at, input }) => restored.apply(sequence, at, input));
        expect(canonicalJson(after)).toBe(canonicalJson(whole.applied.slice(at)));
        expect(canonicalJson(restored.snapshot())).toBe(canonicalJson(whole.line.snapshot()));
        expect(restored.wakeAt).toBe(whole.line.wakeAt);
      }),
      { numRuns: 10, seed: 11, endOnFailure: false },
    );
    expect(acted).toBeGreaterThan(100);
  });

  test('conditions are not asked and nothing is kept where no automation is in force', () => {
    const run = cut(new LineRun().begin()).pass(seconds(1));
    expect(run.applied.every(({ acts }) => acts === undefined)).toBe(true);
  });
});
