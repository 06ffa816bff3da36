import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { instant } from '../../src/base/instant.ts';
import type { Input } from '../../src/flow/input.ts';
import { decodeInput, encodeInput } from '../../src/flow/record.ts';
import { resourceId } from '../../src/model/ids.ts';
import { noticeTypes } from '../../src/model/notice.ts';
import { type Observation, severities } from '../../src/model/observation.ts';

const at = instant(Date.UTC(2026, 0, 1, 12));
const bytesOf = (record: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(record));

describe('what the journal keeps', { timeout: 30_000 }, () => {
  test('every input comes back as it went in', () => {
    fc.assert(
      fc.property(inputs(), times(), (input, when) => {
        const read = decodeInput(encodeInput(when, input));
        expect(canonicalJson(read)).toBe(canonicalJson({ at: when, input }));
      }),
      { numRuns: 150, seed: 11 },
    );
  });

  test('the evidence of a trap is kept whole', () => {
    const evidence = {
      from: '192.0.2.7:51432',
      inform: true,
      trapOid: '1.3.6.1.6.3.1.1.5.3',
      varbinds: [
        { oid: '1.3.6.1.2.1.2.2.1.1.7', type: 'Integer', value: 7 },
        { oid: '1.3.6.1.2.1.31.1.1.1.18.7', type: 'OctetString', value: '\u0000 "__proto__" \ud800' },
      ],
    };
    const spool = { id: 'f'.repeat(32), offset: 2 ** 40 };
    const read = decodeInput(
      encodeInput(at, { kind: 'observation', observation: portDown, evidence, spool }),
    );
    expect(read.input).toMatchObject({ evidence, spool });
  });

  test.each(Object.entries(typicalObservations()))('%s takes at most 120 bytes', (_, observation) => {
    expect(encodeInput(at, { kind: 'observation', observation }).length).toBeLessThanOrEqual(120);
  });
});

describe('what the journal does not take back', () => {
  const codeOf = (bytes: Uint8Array): unknown => {
    try {
      return decodeInput(bytes);
    } catch (error) {
      return (error as { code?: unknown }).code;
    }
  };

  test('an older engine refuses what it would take for something else', () => {
    const versionOf = (command: object): unknown => {
      const list = {
        kind: 'reconcile',
        collector: 'c',
        watches: [],
        below: ['o/ont'],
        active: [],
        ...command,
      };
      const bytes = encodeInput(at, { kind: 'command', by: 'c', command: list } as unknown as Input);
      return JSON.parse(Buffer.from(bytes).toString('utf8')).v;
    };
    expect([versionOf({}), versionOf({ span: { from: 'o/ont/5' } })]).toEqual([1, 3]);
    const order = (command: object): unknown =>
      JSON.parse(
        Buffer.from(encodeInput(at, { kind: 'command', by: 'olga', command } as unknown as Input)).toString(
          'utf8',
        ),
      ).v;
    const shelve = { kind: 'shelveAlarm', alarm: 'a', until: at };
    expect([order(shelve), order({ ...shelve, untilCleared: true })]).toEqual([1, 4]);
    const replied = (reply: object): unknown =>
      JSON.parse(
        Buffer.from(
          encodeInput(at, {
            kind: 'subscriberReply',
            confirmation: 'l.1.9:7',
            channel: 'sms',
            reply,
          } as unknown as Input),
        ).toString('utf8'),
      ).v;
    expect([replied({ kind: 'answer', answer: 'fixed' }), replied({ kind: 'unclear' })]).toEqual([1, 6]);
    expect(order({ kind: 'mergeIncidents', incident: 'a', into: 'b' })).toBe(4);
  });

  test('a record of a newer engine is refused', () => {
    expect(codeOf(bytesOf({ v: 10, at, kind: 'tick' }))).toBe('journal/newer-schema');
    expect(() => decodeInput(bytesOf({ v: 10, at, kind: 'tick' }), 812)).toThrow(
      'record 812 of the journal has schema 10, this engine reads up to 9; start the version that wrote it',
    );
  });

  test.each([
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe)],
    ['half a record', encodeInput(at, { kind: 'tick' }).subarray(0, 9)],
    ['no object', bytesOf(null)],
    ['no schema number', bytesOf({ at, kind: 'tick' })],
    ['a schema that never was', bytesOf({ v: 0.5, at, kind: 'tick' })],
    ['an observation of nothing known', bytesOf({ v: 1, a: at, o: 'x', r: 'olt-1', s: 't' })],
    ['a kind that no engine writes', bytesOf({ v: 1, at, kind: 'toString' })],
    [
      'an order that no engine knows',
      bytesOf({ v: 1, at, kind: 'command', by: 'x', command: { kind: 'explode' } }),
    ],
    [
      'an order without its alarm',
      bytesOf({ v: 4, at, kind: 'command', by: 'x', command: { kind: 'noteAlarm' } }),
    ],
    ['an input without its time', bytesOf({ v: 1, kind: 'tick' })],
    ['receipts that are no list', bytesOf({ v: 1, at, kind: 'receipts', counts: {}, unreachable: [] })],
  ])('%s is an unreadable record', (_, bytes) => {
    expect(codeOf(bytes)).toBe('journal/unreadable-record');
  });
});

const portDown: Observation = {
  event: 'raise',
  resource: resourceId('olt-0105/0/3/12'),
  cause: 'LINK_DOWN',
  severity: 'critical',
  source: 'trap',
  deviceAt: instant(at - 1_500),
  device: 'olt-0105',
};

function typicalObservations(): Record<string, Observation> {
  return {
    'a port that went down, with the clock of the device': portDown,
    'a link that one end reports': {
      event: 'raise',
      resource: resourceId('link-04711'),
      cause: 'LINK_DOWN',
      by: resourceId('agg-0042'),
      severity: 'major',
      source: 'syslog',
    },
    'a dark terminal': {
      event: 'raise',
      resource: resourceId('ont-0105-3-12-117'),
      cause: 'LOS',
      severity: 'major',
      source: 'trap',
      device: 'olt-0105',
    },
    'an alarm of a stream with its id': {
      event: 'clear',
      resource: resourceId('ont-0105-3-12-117'),
      cause: 'DYING_GASP',
      source: 'api',
      record: '20260101-00004711',
    },
    'all below a device unknown': {
      event: 'unknown',
      resource: resourceId('olt-0105'),
      below: true,
      source: 'collector',
    },
  };
}

/** Times before and after the line's own, up to the ends of what JSON keeps exactly. */
const times = () => fc.oneof(fc.nat(), fc.maxSafeNat()).map(instant);

function inputs(): fc.Arbitrary<Input> {
  const text = fc.string({ unit: 'binary', maxLength: 12 });
  const resource = text.map(resourceId);
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const attributes = fc.dictionary(fc.oneof(text, fc.constantFrom('__proto__', 'v', 'o')), text, {
    maxKeys: 3,
  });
  const observation = fc.record({
    event: fc.constantFrom('raise', 'clear', 'alive', 'unknown'),
    resource,
    cause: maybe(text),
    by: maybe(resource),
    below: fc.constantFrom(undefined, true),
    severity: maybe(fc.constantFrom(...severities)),
    source: fc.constantFrom('trap', 'poll', 'syslog', 'reply', 'collector', 'api'),
    deviceAt: maybe(times()),
    record: maybe(text),
    device: maybe(text),
    attributes: maybe(attributes),
  });
  const varbind = fc.record({ oid: text, type: text, value: fc.oneof(text, fc.integer()) });
  const evidence = fc.record({
    from: text,
    inform: fc.boolean(),
    trapOid: text,
    varbinds: fc.array(varbind, { maxLength: 3 }),
  });
  const kind = <K extends Input['kind']>(name: K, fields: object = {}) =>
    fc.record({ kind: fc.constant(name), ...fields });
  const state = fc.constantFrom('sent', 'delivered', 'failed', 'expired');
  const type = fc.constantFrom(...noticeTypes);
  const status = fc.constantFrom('held', 'inProgress', 'closed');
  const count = fc.record({ incident: text, type, state, count: fc.nat() });
  const unreachable = fc.record({ incident: text, type, subscriber: fc.nat(2 ** 32 - 1) });
  const spool = fc.record({ id: text, offset: fc.maxSafeNat() });
  const staff = {
    id: text,
    skills: fc.array(text),
    state: fc.constantFrom('available', 'off'),
    limit: fc.nat(),
  };
  const counts = fc.record({ down: fc.nat(), alive: fc.nat(), unknown: fc.nat() });
  const bitmap = { owner: text, device: text, cause: text, counts };
  const children = fc.array(fc.record({ object: text, name: maybe(text), facts: maybe(attributes) }));
  const objects = fc.array(text, { maxLength: 3 });
  const down = fc.array(fc.record({ cause: text, objects }), { maxLength: 2 });
  return fc.oneof(
    kind('observation', { observation, evidence: maybe(evidence), spool: maybe(spool) }),
    kind('bitmap', { bitmap: fc.record({ ...bitmap, event: fc.constantFrom('raise', 'clear'), children }) }),
    kind('fullBitmap', {
      bitmap: fc.record({ ...bitmap, at: times(), down, alive: objects, unknown: objects }),
    }),
    kind('topologyVersion', { version: fc.nat(), topology: text, subscribers: text }),
    kind('command', { by: text, command: commands(text) }),
    kind('subscriberContact', {
      subscriber: fc.nat(),
      channel: fc.constantFrom('phone', 'ivr'),
      contact: text,
    }),
    kind('subscriberReply', {
      confirmation: text,
      channel: fc.constantFrom('sms', 'web'),
      reply: replies(text),
    }),
    kind('deskUpdate', { ticket: text, status: maybe(status), external: maybe(text) }),
    kind('receipts', { counts: fc.array(count), unreachable: fc.array(unreachable) }),
    kind('testResult', { subscriber: fc.nat(), result: fc.constantFrom('good', 'bad', 'impossible') }),
    kind('staffChange', { staff: fc.record(staff) }),
    ...(['ruleSet', 'policy', 'calendar'] as const).map((name) =>
      kind(name, { [name === 'ruleSet' ? 'rules' : name]: text }),
    ),
    kind('plan', { basedOn: fc.nat(), assignments: fc.array(fc.record({ task: text, staff: text })) }),
    kind('continue', {
      rest: fc.record({ room: fc.constantFrom('notify', 'confirm', 'ticket'), token: text }),
    }),
    kind('resumed', { stoppedMs: fc.nat() }),
    kind('clockStepped', { byMs: fc.integer() }),
    kind('tick'),
  ) as fc.Arbitrary<Input>;
}

function commands(text: fc.Arbitrary<string>): fc.Arbitrary<object> {
  const order = (kind: string, fields: object) => fc.record({ kind: fc.constant(kind), ...fields });
  const active = fc.record({ resource: text, cause: text, by: fc.option(text, { nil: undefined }) });
  return fc.oneof(
    order('acknowledgeAlarm', { alarm: text }),
    order('unacknowledgeAlarm', { alarm: text }),
    order('shelveAlarm', {
      ...{ alarm: text, until: times() },
      untilCleared: fc.constantFrom(undefined, true),
    }),
    order('noteAlarm', { alarm: text, note: text }),
    order('placeAlarm', { incident: text, alarm: text, belongs: fc.boolean() }),
    order('splitIncident', {
      ...{ incident: text, alarms: fc.array(text) },
      root: fc.option(text, { nil: undefined }),
    }),
    order('mergeIncidents', { incident: text, into: text }),
    order('clearAlarm', { alarm: text }),
    order('setEtr', { incident: text, from: times(), to: times() }),
    order('approveNotices', { incident: text }),
    order('refuseNotices', { incident: text }),
    order('stopNotices', {}),
    order('resumeNotices', {}),
    order('setTicketStatus', { ticket: text, status: fc.constantFrom('pending', 'resolved') }),
    order('finishTask', { task: text, outcome: fc.constantFrom('fixed', 'noAnswer') }),
    order('returnTask', { task: text }),
    order('reconcile', {
      ...{ collector: text, watches: fc.array(text), active: fc.array(active) },
      below: fc.option(fc.array(text), { nil: undefined }),
      span: fc.option(fc.record({ from: text }), { nil: undefined }),
      unseen: fc.option(fc.array(text), { nil: undefined }),
    }),
  );
}

function replies(text: fc.Arbitrary<string>): fc.Arbitrary<object> {
  return fc.oneof(
    fc.record({ kind: fc.constant('answer'), answer: fc.constantFrom('fixed', 'notFixed', 'contactMe') }),
    fc.record({
      kind: fc.constant('rating'),
      score: fc.nat(10),
      cause: fc.option(text, { nil: undefined }),
      contact: fc.option(text, { nil: undefined }),
    }),
    fc.constant({ kind: 'stop' }),
  );
}
