// What records of the spool say: to the line, and to who reads the journal.
import { expect, test } from 'vitest';
import { deviceIndex } from '../../../src/app/center/device-index.ts';
import { evidenceOfSpooled, meaningOfSpooled } from '../../../src/app/center/spooled.ts';
import { inputLine, pendingLine } from '../../../src/app/cli/journal-line.ts';
import type { DeviceConfig } from '../../../src/app/config/config.ts';
import { instant } from '../../../src/base/instant.ts';
import { Detection, type DetectionRules } from '../../../src/detect/detect.ts';
import { encodeSyslog, type SyslogRecord } from '../../../src/edge/syslog/syslog.ts';
import { encodeTrap } from '../../../src/edge/trap/trap.ts';
import { decodeInput, encodeInput } from '../../../src/flow/record.ts';

const at = instant(Date.UTC(2026, 0, 1));
const rules: DetectionRules = {
  reachability: { cause: 'UNREACHABLE', severity: 'major', raiseAfter: 3, clearAfter: 2 },
  interfaces: {
    cause: 'LINK_DOWN',
    severity: 'minor',
    roles: {},
    downFor: 2,
    upFor: 1,
    settleMs: 0 as never,
  },
  thresholds: [],
  ratios: [],
  baselines: [],
  states: [],
  traps: new Map(),
  syslog: [
    {
      id: 'down',
      contains: ['SNMP_TRAP_LINK_DOWN'],
      event: 'raise',
      cause: 'LINK_DOWN',
      severity: 'minor',
      by: { name: 'port', behind: 'ifName ' },
    },
  ],
  unknownTrapsEndAfterMs: 1_000 as never,
  hintsEndAfterMs: 1_000 as never,
  probableCauses: new Map(),
};
const device = { id: 'r-1', address: '192.0.2.1', resource: 'router-1' } as DeviceConfig;
const means = (bytes: Uint8Array) =>
  meaningOfSpooled(bytes, { detection: new Detection(rules), deviceOf: deviceIndex([device]) });
const record: SyslogRecord = {
  at,
  from: '192.0.2.1:514',
  address: '192.0.2.1',
  facility: 3,
  severity: 4,
  deviceAt: instant(at - 2_000),
  host: 'r1',
  app: 'mib2d',
  messageId: 'SNMP_TRAP_LINK_DOWN',
  data: { 'alarm.perceivedSeverity': 'major' },
  text: 'ifIndex 550, ifAdminStatus up(1), ifOperStatus down(2), ifName ae1',
};

test('a line that a rule knows is observed of its device, with what the message says of itself', () => {
  const { observations, evidence } = means(encodeSyslog(record));
  expect(observations).toEqual([
    {
      event: 'raise',
      resource: 'router-1',
      cause: 'LINK_DOWN',
      by: 'r-1/port/ae1',
      severity: 'minor',
      source: 'syslog',
      device: 'r-1',
      deviceAt: record.deviceAt,
      attributes: {
        'alarm.perceivedSeverity': 'major',
        line: `SNMP_TRAP_LINK_DOWN: ${record.text}`,
      },
    },
  ]);
  const { from, facility, severity, host, app, text } = record;
  expect(evidence).toEqual({ kind: 'syslog', from, facility, severity, host, app, text });
});

test('a line that no rule knows proves that its device lives', () => {
  const { observations } = means(encodeSyslog({ ...record, messageId: undefined }));
  expect(observations).toEqual([{ event: 'alive', resource: 'router-1', source: 'syslog', device: 'r-1' }]);
});

test('a message of the journal is printed with its own severity and that of the alarm, after the way over the disk', () => {
  const { observations, evidence } = means(encodeSyslog(record));
  const bytes = encodeInput(at, { kind: 'observation', observation: observations[0]!, evidence });
  const { input } = decodeInput(bytes);
  expect(inputLine({ sequence: 7, at, input, isRepeat: false })).toMatchObject({
    seq: 7,
    at: '2026-01-01T00:00:00.000Z',
    kind: 'syslog',
    from: '192.0.2.1:514',
    facility: 3,
    severity: 4,
    host: 'r1',
    app: 'mib2d',
    text: record.text,
    event: 'raise',
    perceivedSeverity: 'minor',
  });
});

test('what waits in the spool is printed for what it is', () => {
  expect(pendingLine(encodeSyslog(record))).toMatchObject({ kind: 'syslog', seq: null, text: record.text });
  const trap = { at, from: '192.0.2.1:1', address: '192.0.2.1', version: 'v2c', inform: true } as const;
  const bytes = encodeTrap({ ...trap, trapOid: '1.3.6', varbinds: [] });
  expect(pendingLine(bytes)).toMatchObject({ kind: 'trap', inform: true, trapOid: '1.3.6', pending: true });
  expect(means(bytes).evidence).toEqual({ from: trap.from, inform: true, trapOid: '1.3.6', varbinds: [] });
});

test('of a long text the journal keeps a kibibyte and no half sign', () => {
  const kept = (text: string): string => {
    const { evidence } = evidenceOfSpooled(encodeSyslog({ ...record, text }));
    return evidence.kind === 'syslog' ? evidence.text : '';
  };
  expect(kept('a'.repeat(1_024))).toBe('a'.repeat(1_024));
  expect(kept('a'.repeat(1_025))).toBe('a'.repeat(1_024));
  expect(kept(`a${'й'.repeat(1_000)}`)).toBe(`a${'й'.repeat(511)}`);
});

test('a notification that parts changed names its device, also where it raises nothing', () => {
  const oid = '1.3.6.1.2.1.47.2.0.1';
  const rule = { id: 'parts', oid, event: 'ignore' as const, when: [], attributes: {}, rediscover: true };
  const detection = new Detection({ ...rules, traps: new Map([[oid, [rule]]]) });
  const bytes = encodeTrap({
    ...{ at, from: '192.0.2.1:162', address: '192.0.2.1', version: 'v2c', inform: false },
    ...{ trapOid: oid, varbinds: [] },
  });
  const told = meaningOfSpooled(bytes, { detection, deviceOf: deviceIndex([device]) });
  expect([told.changed, told.observations.map(({ event }) => event)]).toEqual([['r-1'], ['alive']]);
  expect(meaningOfSpooled(bytes, { detection, deviceOf: () => [] }).changed).toEqual([]);
});
