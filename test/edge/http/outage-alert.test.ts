/** What other systems read of outages and works: Common Alerting Protocol 1.2, Atom and iCalendar, whatever names there are. */
import { expect, test } from 'vitest';
import { type Instant, instant } from '../../../src/base/instant.ts';
import type { Edition } from '../../../src/edge/http/area-page.ts';
import type { PublicNews, PublicOutage, WorksNews } from '../../../src/edge/http/area-port.ts';
import { newAlerts, outageFeed } from '../../../src/edge/http/outage-alert.ts';
import { worksCalendar } from '../../../src/edge/http/works-calendar.ts';
import { escapeXml } from '../../../src/edge/http/xml.ts';
import type { PublicAlert } from '../../../src/model/public-alert.ts';

const t0 = Date.UTC(2026, 10, 23, 12);
const at = (minutes: number): Instant => instant(t0 + minutes * 60_000);
const publisher = { url: 'https://status.isp.example:8443', isExercise: false };
const hostile = `</areaDesc><script>&"'\u0000\ud800]]>`;

const outage = (change: Partial<PublicOutage> = {}): PublicOutage => ({
  ...{
    id: 'a5af.1.131',
    kind: 'feeder',
    startedAt: at(0),
    subscribers: 1_234,
    planned: false,
    suspected: false,
  },
  areas: ['sever'],
  ...change,
});

const edition = (outages: readonly PublicOutage[], works: readonly WorksNews[] = []): Edition => {
  const areas: PublicNews['areas'] = new Map([['sever', { slug: 'sever', name: hostile, outages: [] }]]);
  return { news: { areas, works, outages }, at: at(60), language: 'en' };
};

/** Publishes what stands at each minute, one after the other; newest first. */
function published(...stands: readonly (readonly [minute: number, outages: readonly PublicOutage[]])[]) {
  let alerts: readonly PublicAlert[] = [];
  for (const [minute, outages] of stands)
    alerts = [...newAlerts({ ...edition(outages), at: at(minute) }, alerts, publisher), ...alerts];
  return alerts;
}
const alertOf = (one: PublicOutage, minute = 1): string => published([minute, [one]])[0]!.xml;
const partOf = (xml: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];

test('an outage is an alert first, then updates that name the messages before, and at its end a cancel of them all', () => {
  const changed = outage({ subscribers: 5_000 });
  const stands = [
    [1, [outage()]],
    // What reads the same is no message.
    [2, [outage({ subscribers: 1_233 })]],
    [9, [changed]],
    [30, [{ ...changed, endedAt: at(30) }]],
    [31, [{ ...changed, endedAt: at(30) }]],
    [1_600, []],
  ] as const;
  const alerts = published(...stands);
  const [last, second, first] = alerts.map(({ xml }) => xml);
  expect(alerts.map(({ type }) => type)).toEqual(['Cancel', 'Update', 'Alert']);
  expect(partOf(first!, 'identifier')).toBe(`a5af.1.131.${(t0 + 60_000) / 1_000}`);
  expect(partOf(first!, 'sender')).toBe('status.isp.example:8443');
  expect(partOf(first!, 'sent')).toBe('2026-11-23T12:01:00-00:00');
  expect(['status', 'msgType', 'scope'].map((name) => partOf(first!, name))).toEqual([
    'Actual',
    'Alert',
    'Public',
  ]);
  expect(first).not.toContain('<references>');
  const named = (xml: string) =>
    `status.isp.example:8443,${partOf(xml, 'identifier')},${partOf(xml, 'sent')}`;
  expect(partOf(second!, 'msgType')).toBe('Update');
  expect(partOf(second!, 'references')).toBe(named(first!));
  expect(partOf(second!, 'identifier')).not.toBe(partOf(first!, 'identifier'));
  expect(partOf(last!, 'msgType')).toBe('Cancel');
  expect(partOf(last!, 'references')).toBe(`${named(first!)} ${named(second!)}`);
  expect(partOf(last!, 'sent')).toBe('2026-11-23T12:30:00-00:00');
  expect(last).toContain('<urgency>Past</urgency>');
  expect(last).toContain('<headline>The outage is over</headline>');
});

test('what touches too few to be told, or was another outage, is cancelled; when it is told again it begins anew', () => {
  const alerts = published([1, [outage()]], [2, []], [3, []], [4, [outage()]], [5, [outage({ etr })]]);
  expect(alerts.map(({ type }) => type)).toEqual(['Update', 'Alert', 'Cancel', 'Alert']);
  const [update, again, cancel, first] = alerts.map(({ xml }) => xml);
  expect(partOf(cancel!, 'references')).toContain(partOf(first!, 'identifier'));
  expect(cancel).toContain('<headline>This message no longer holds</headline>');
  expect(cancel).not.toContain('AllClear');
  expect(again).not.toContain('<references>');
  expect(partOf(update!, 'references')?.split(' ')).toHaveLength(1);
});

test('what was over before anybody was told is no message, and two changes of one second are two', () => {
  expect(published([1, [outage({ endedAt: at(1) })]])).toEqual([]);
  const [later, sooner] = published([1, [outage()]], [1, [outage({ suspected: true })]]);
  expect(later!.revision).toBe(sooner!.revision + 1);
});

const etr = { from: at(60), to: at(120), source: 'table', revision: 1 } as const;

test('both languages say the same outage, elements stand in the order of the schema, and expected times that passed are left out', () => {
  const xml = alertOf(outage({ etr }));
  const infos = xml.split('<info>').slice(1);
  expect(infos.map((info) => partOf(info, 'language'))).toEqual(['ru', 'en']);
  expect(infos.map((info) => partOf(info, 'headline'))).toEqual([
    'Нет связи: повреждён кабель',
    'No service: a cable is damaged',
  ]);
  const order = [...infos[1]!.matchAll(/<(\w+)[ >]/g)].map(([, name]) => name);
  expect(order).toEqual([
    ...[
      'language',
      'category',
      'event',
      'responseType',
      'urgency',
      'severity',
      'certainty',
      'effective',
      'onset',
    ],
    ...['expires', 'senderName', 'headline', 'description', 'instruction', 'web'],
    ...['area', 'areaDesc', 'geocode', 'valueName', 'value'],
  ]);
  expect(infos[1]).toContain('<expires>2026-11-23T14:00:00-00:00</expires>');
  expect(infos[1]).toContain('<description>About 1,200 customers. We are working on it.</description>');
  const passed = alertOf(outage({ etr }), 121);
  expect(passed).not.toContain('<expires>');
  const [exercise] = newAlerts(edition([outage()]), [], { ...publisher, isExercise: true });
  expect(exercise!.xml).toContain('<status>Exercise</status>');
});

test('names end no element and bring no letter that XML forbids', () => {
  expect(escapeXml(hostile)).toBe('&lt;/areaDesc&gt;&lt;script&gt;&amp;&quot;&apos;]]&gt;');
  expect(escapeXml('a\u{1f4a1}b\ufffe')).toBe('a\u{1f4a1}b');
  for (const xml of [alertOf(outage()), feedOf([outage()], 'sever')]) {
    expect(xml).not.toContain('<script');
    expect(xml).toContain('&lt;script&gt;');
    const opened = [...xml.matchAll(/<(\w+)(?:\s[^<>]*[^/<>])?>/g)].length;
    expect([...xml.matchAll(/<\/\w+>/g)]).toHaveLength(opened);
  }
});

const feedOf = (outages: readonly PublicOutage[], slug?: string): string =>
  outageFeed(edition(outages), { alerts: published([1, outages]), publisher, slug });

test('a feed leads to each message, the newest first, and is the same bytes while nothing changes', () => {
  const alerts = published([1, [outage()]], [9, [outage({ suspected: true })]]);
  const feed = outageFeed(edition([outage()]), { alerts, publisher });
  expect([...feed.matchAll(/<id>tag:([^<]*)</g)].map(([, id]) => id)).toEqual(
    alerts.map(({ revision }) => `status.isp.example,2026-11-23:a5af.1.131.${revision}`),
  );
  expect(feed).toContain('<updated>2026-11-23T12:09:00.000Z</updated>');
  for (const { revision } of alerts)
    expect(feed).toContain(
      `type="application/cap+xml" href="https://status.isp.example:8443/s/alert/a5af.1.131/${revision}"`,
    );
  expect(outageFeed({ ...edition([outage()]), at: at(90) }, { alerts, publisher })).toBe(feed);
  expect(feedOf([outage({ areas: [] })], 'sever')).not.toContain('<entry>');
  const many = published(
    ...Array.from({ length: 150 }, (_, n) => [n, [outage({ suspected: n % 2 === 0 })]] as const),
  );
  expect(outageFeed(edition([]), { alerts: many, publisher }).match(/<entry>/g)).toHaveLength(100);
});

const works = (change: Partial<WorksNews> = {}): WorksNews => ({
  ...{ id: 'olt-7; replace card', isCancelled: false, changes: 0, changedAt: at(-60), areas: ['sever'] },
  ...{ from: at(600), to: at(780), subscribers: 80 },
  ...change,
});
const lines = (one: WorksNews): string[] =>
  worksCalendar(edition([], [one]), publisher)
    .replaceAll('\r\n ', '')
    .split('\r\n');

test('works are an event whose name stays when it moves or is called off, and whose sequence rises', () => {
  const [before, moved, off] = [
    works(),
    works({ changes: 1, from: at(700) }),
    works({ changes: 2, isCancelled: true }),
  ].map(lines);
  const uid = before!.find((line) => line.startsWith('UID:'))!;
  expect(uid).toMatch(/^UID:[0-9a-f]{32}@status\.isp\.example:8443$/);
  expect(moved).toContain(uid);
  expect(off).toContain(uid);
  expect(before).toEqual(
    expect.arrayContaining([
      'SEQUENCE:0',
      'STATUS:CONFIRMED',
      'DTSTART:20261123T220000Z',
      'DTEND:20261124T010000Z',
      'DTSTAMP:20261123T110000Z',
    ]),
  );
  expect(moved).toEqual(expect.arrayContaining(['SEQUENCE:1', 'DTSTART:20261123T234000Z']));
  expect(off).toEqual(expect.arrayContaining(['SEQUENCE:2', 'STATUS:CANCELLED']));
});

test('no line of a calendar is longer than 75 octets, none is cut within a letter, and names add no lines', () => {
  const areas: PublicNews['areas'] = new Map([
    [
      'sever',
      { slug: 'sever', name: `Щёлково${'я'.repeat(200)};,\\\r\nSTATUS:CANCELLED\u0007`, outages: [] },
    ],
  ]);
  const calendar = worksCalendar(
    { ...edition([], [works()]), language: 'ru', news: { areas, works: [works()], outages: [] } },
    publisher,
  );
  const written = calendar.split('\r\n');
  expect(written.at(-1)).toBe('');
  for (const line of written) {
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(line).not.toContain('\ufffd');
  }
  expect(written.filter((line) => line.startsWith('STATUS'))).toEqual(['STATUS:CONFIRMED']);
  const place = calendar
    .replaceAll('\r\n ', '')
    .split('\r\n')
    .find((line) => line.startsWith('LOCATION'));
  expect(place).toBe(`LOCATION:Щёлково${'я'.repeat(200)}\\;\\,\\\\\\nSTATUS:CANCELLED`);
  expect(calendar).not.toContain('olt-7');
});

test('a calendar without works is a calendar all the same', () => {
  const empty = worksCalendar(edition([]), publisher).split('\r\n');
  expect(empty.slice(0, 3)).toEqual([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//allclear//planned works//EN',
  ]);
  expect(empty.at(-2)).toBe('END:VCALENDAR');
  expect(empty.filter((line) => line.startsWith('BEGIN:'))).toEqual([
    ...['BEGIN:VCALENDAR', 'BEGIN:VTIMEZONE', 'BEGIN:STANDARD'],
  ]);
  expect(empty).not.toContain('METHOD:PUBLISH');
  expect(worksCalendar(edition([], [works()]), publisher)).toContain('METHOD:PUBLISH');
});
