// Syslog messages: the examples of the RFCs, what vendors send, and bytes that are nothing.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import { parseSyslog, type SyslogMessage } from '../../../src/edge/syslog/message.ts';
import { decodeSyslog, encodeSyslog, isSyslogRecord } from '../../../src/edge/syslog/syslog-record.ts';
import { encodeTrap } from '../../../src/edge/trap/trap.ts';

const parse = (text: string): SyslogMessage | undefined => {
  const found = parseSyslog(Buffer.from(text, 'utf8'));
  // What is absent is compared too.
  const nothing = { deviceAt: undefined, host: undefined, app: undefined, messageId: undefined };
  return found && { ...nothing, data: undefined, ...found };
};
const at = (iso: string): number => Date.parse(iso);
const byteOrderMark = '\ufeff';

describe('RFC 5424 section 6.5', () => {
  test('an example without structured data gives header and text, without its byte order mark', () => {
    expect(
      parse(
        `<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - ${byteOrderMark}'su root' failed for lonvick on /dev/pts/8`,
      ),
    ).toEqual({
      facility: 4,
      severity: 2,
      deviceAt: at('2003-10-11T22:14:15.003Z'),
      host: 'mymachine.example.com',
      app: 'su',
      messageId: 'ID47',
      data: undefined,
      text: "'su root' failed for lonvick on /dev/pts/8",
    });
  });

  test('a stamp with another zone and microseconds is the same clock', () => {
    expect(
      parse(
        "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make the do-nuts.",
      ),
    ).toMatchObject({
      facility: 20,
      severity: 5,
      deviceAt: at('2003-08-24T12:14:15.000Z'),
      host: '192.0.2.1',
      app: 'myproc',
      text: "%% It's time to make the do-nuts.",
    });
  });

  test('structured data is kept by element and name, with text and without', () => {
    const element = '[exampleSDID@32473 iut="3" eventSource="Application" eventID="1011"]';
    const head = '<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47';
    const data = {
      'exampleSDID@32473.iut': '3',
      'exampleSDID@32473.eventSource': 'Application',
      'exampleSDID@32473.eventID': '1011',
    };
    expect(parse(`${head} ${element} ${byteOrderMark}An application event log entry...`)).toMatchObject({
      data,
      text: 'An application event log entry...',
    });
    expect(parse(`${head} ${element}[examplePriority@32473 class="high"]`)).toMatchObject({
      data: { ...data, 'examplePriority@32473.class': 'high' },
      text: '',
    });
  });

  test('data that breaks the form of section 6.3.5 stays in the text', () => {
    const head = '<165>1 - - - - -';
    for (const broken of ['[a b="c] d', '[a b=c] d', '[a b="c"]x', '[', '[ a] d', '[a b="c"', 'x']) {
      expect(parse(`${head} ${broken}`)).toMatchObject({ data: undefined, text: broken });
    }
    expect(parse(`${head} [a b="1 \\"2\\" \\] \\\\ \\n"] d`)).toMatchObject({
      data: { 'a.b': '1 "2" ] \\ \\n' },
      text: 'd',
    });
    expect(parse(`${head} [origin ip="192.0.2.1" ip="192.0.2.129"]`)?.data).toEqual({
      'origin.ip': '192.0.2.1, 192.0.2.129',
    });
  });

  test('a stamp that the RFC calls invalid or that is no day is no hint', () => {
    for (const stamp of [
      '2003-08-24T05:14:15.000000003-07:00',
      '2003-02-30T05:14:15Z',
      '2003-08-24T05:14:15',
      '-',
    ])
      expect(parse(`<165>1 ${stamp} h a - - - x`)).toMatchObject({
        deviceAt: undefined,
        host: 'h',
        text: 'x',
      });
  });
});

test('the fields of an X.733 alarm (RFC 5674 section 4) are kept by their names', () => {
  const alarm =
    '[alarm resource="su root" probableCause="unauthorizedAccessAttempt" perceivedSeverity="major" eventType="securityServiceOrMechanismViolation"]';
  expect(
    parse(`<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 ${alarm} An alarm`),
  ).toMatchObject({
    data: {
      'alarm.resource': 'su root',
      'alarm.probableCause': 'unauthorizedAccessAttempt',
      'alarm.perceivedSeverity': 'major',
      'alarm.eventType': 'securityServiceOrMechanismViolation',
    },
  });
});

test.each([
  // RFC 3164 section 5.4
  [
    "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8",
    {
      facility: 4,
      severity: 2,
      host: 'mymachine',
      app: 'su',
      text: "'su root' failed for lonvick on /dev/pts/8",
    },
  ],
  [
    "<165>Aug 24 05:34:00 CST 1987 mymachine myproc[10]: %% It's time to make the do-nuts.",
    {
      facility: 20,
      severity: 5,
      host: 'mymachine',
      app: 'myproc',
      text: "%% It's time to make the do-nuts.",
    },
  ],
  ['<13>Feb  5 17:32:18 10.0.0.99 Use the BFG!', { host: '10.0.0.99', app: undefined, text: 'Use the BFG!' }],
  ['<13>Use the BFG!', { host: undefined, app: undefined, text: 'Use the BFG!' }],
  [
    '<13>2003-10-11T22:14:15.003Z mymachine su[7]: x',
    { deviceAt: at('2003-10-11T22:14:15.003Z'), host: 'mymachine', app: 'su', text: 'x' },
  ],
  [
    '<187>343: .Sep 21 09:22:01.678: %LINK-3-UPDOWN: Interface Gi1/0/12, changed state to up',
    {
      facility: 23,
      severity: 3,
      host: undefined,
      text: '%LINK-3-UPDOWN: Interface Gi1/0/12, changed state to up',
    },
  ],
  [
    '<189>44: *Mar  1 00:01:02.003 MSK: %SYS-5-CONFIG_I: Configured',
    { host: undefined, text: '%SYS-5-CONFIG_I: Configured' },
  ],
  [
    '<189>: 2020 Jul 29 17:07:29 EDT: %ETHPORT-5-IF_UP: Interface Ethernet1/1 is up',
    { host: undefined, text: '%ETHPORT-5-IF_UP: Interface Ethernet1/1 is up' },
  ],
  [
    '<188>Mar 23 2015 08:45:46 S1 %%01IFNET/4/IF_STATE(l)[7]:Interface Eth0/0/1 has turned into DOWN state.',
    { host: 'S1', text: '%%01IFNET/4/IF_STATE(l)[7]:Interface Eth0/0/1 has turned into DOWN state.' },
  ],
  [
    '<28>Apr  9 12:41:18 r1 mib2d[4086]: SNMP_TRAP_LINK_DOWN: ifIndex 550',
    { host: 'r1', app: 'mib2d', text: 'SNMP_TRAP_LINK_DOWN: ifIndex 550' },
  ],
  ['<30>interface,info ether5 link down', { host: undefined, text: 'interface,info ether5 link down' }],
  ['<30>Sep 23 10:16:13 cron: x', { host: undefined, app: 'cron', text: 'x' }],
])('%s', (line, expected) => {
  expect(parse(line)).toMatchObject(expected);
});

test('what has no priority or one that does not exist is no syslog', () => {
  for (const line of [
    '',
    '\n',
    'Use the BFG!',
    '<192>x',
    '<>x',
    '<00>x',
    '<007>x',
    '<1',
    '<-1>x',
    '< 1>x',
    '<1234>x',
  ])
    expect(parse(line)).toBeUndefined();
  expect(parse('<191>')).toMatchObject({ facility: 23, severity: 7, text: '' });
});

test('controls, ends of lines and turned text are shown and never passed on', () => {
  expect(parse('<13>a\n{"level":60}\x1b[2J\u202eb\u2028c\td\r\n\0')?.text).toBe(
    'a\\u000a{"level":60}\\u001b[2J\\u202eb\\u2028c\td',
  );
  expect(parseSyslog(Buffer.from('<13>\xff\xfe caf\xe9', 'latin1'))?.text).toBe('\ufffd\ufffd caf\ufffd');
});

test('whatever bytes come, the parts are bounded, of one line, and survive the spool', () => {
  const pieces = fc.constantFrom(
    ...[
      '<34>',
      '<34>1 ',
      '2003-10-11T22:14:15Z ',
      'Oct 11 22:14:15 ',
      '- ',
      '[a',
      ' b="',
      '"]',
      '\\',
      ' ',
      '12: ',
    ],
    ...['host ', 'su[1]: ', '\0', '\n', '\x1b', '\u202e', '\ufeff', '\ud800', 'й', '__proto__'],
  );
  const texts = fc.array(pieces, { maxLength: 60 }).map((parts) => Buffer.from(parts.join('')));
  const bytes = fc.uint8Array({ maxLength: 300 }).map((tail) => Buffer.concat([Buffer.from('<13>'), tail]));
  fc.assert(
    fc.property(fc.oneof(texts, bytes), (message) => {
      const found = parseSyslog(message);
      if (found === undefined) return;
      const record = { at: instant(1), from: '192.0.2.1:1', address: '192.0.2.1', ...found };
      const kept = encodeSyslog(record);
      expect(isSyslogRecord(kept)).toBe(true);
      expect(decodeSyslog(kept)).toEqual(JSON.parse(JSON.stringify(record)));
      expect(JSON.stringify(found)).not.toMatch(/[\0-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/);
      expect(found.text.length).toBeLessThanOrEqual(8_192);
    }),
  );
});

test('a message of one sign repeated is read in no time that grows with its square', () => {
  for (const sign of ['\n', ' ', '[', '"', '\\', '0', ':', 'a ', '[a b="', ' b=""']) {
    for (const head of ['<13>', '<13>1 - - - - - ', '<13>1 - - - - - [a', 'Oct 11 22:14:15 '])
      parse(head + sign.repeat(8_192 / sign.length));
  }
});

test('a spooled notification is told from a spooled message', () => {
  const trap = {
    at: instant(1),
    from: 'a:1',
    address: 'a',
    version: 'v2c',
    inform: false,
    trapOid: '1.3',
  } as const;
  const bytes = encodeTrap({ ...trap, varbinds: [] });
  expect(isSyslogRecord(bytes)).toBe(false);
  for (const bad of ['{', '{}', 'null', Buffer.from(bytes).toString()])
    expect(() => decodeSyslog(Buffer.from(bad))).toThrow(
      expect.objectContaining({ code: 'syslog/unreadable-record' }),
    );
});
