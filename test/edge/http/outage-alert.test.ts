/** What other systems read of outages and works: Common Alerting Protocol 1.2, Atom and iCalendar, whatever names there are. */
import { expect, test } from 'vitest';
import { type Instant, instant } from '../../../src/base/instant.ts';
import type { Edition } from '../../../src/edge/http/area-page.ts';
import type { PublicNews, PublicOutage, WorksNews } from '../../../src/edge/http/area-port.ts';
import { outageAlert, outageFeed } from '../../../src/edge/http/outage-alert.ts';
import { worksCalendar } from '../../../src/edge/http/works-calendar.ts';
import { escapeXml } from '../../../src/edge/http/xml.ts';

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
  ...{ versions: [at(1)], areas: ['sever'] },
  ...change,
});

const edition = (outages: readonly PublicOutage[], works: readonly WorksNews[] = []): Edition => {
  const areas: PublicNews['areas'] = new Map([['sever', { slug: 'sever', name: hostile, outages: [] }]]);
  return { news: { areas, works, outages }, at: at(60), language: 'en' };
};

const alertOf = (one: PublicOutage): string => outageAlert(one, edition([one]), publisher);
const partOf = (xml: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];

test('an outage is an alert first, then updates that name the messages before, and at its end a cancel of them all', () => {
  const first = alertOf(outage());
  expect(partOf(first, 'identifier')).toBe(`a5af.1.131.${(t0 + 60_000) / 1_000}`);
  expect(partOf(first, 'sender')).toBe('status.isp.example:8443');
  expect(partOf(first, 'sent')).toBe('2026-11-23T12:01:00-00:00');
  expect([partOf(first, 'status'), partOf(first, 'msgType'), partOf(first, 'scope')]).toEqual([
    'Actual',
    'Alert',
    'Public',
  ]);
  expect(first).not.toContain('<references>');
  const second = alertOf(outage({ versions: [at(1), at(9)] }));
  expect(partOf(second, 'msgType')).toBe('Update');
  expect(partOf(second, 'references')).toBe(
    `status.isp.example:8443,${partOf(first, 'identifier')},${partOf(first, 'sent')}`,
  );
  expect(partOf(second, 'identifier')).not.toBe(partOf(first, 'identifier'));
  const last = alertOf(outage({ versions: [at(1), at(9)], endedAt: at(30) }));
  expect(partOf(last, 'msgType')).toBe('Cancel');
  expect(partOf(last, 'references')?.split(' ')).toHaveLength(2);
  expect(partOf(last, 'sent')).toBe('2026-11-23T12:30:00-00:00');
  expect(last).toContain('<urgency>Past</urgency>');
});

test('both languages say the same outage, elements stand in the order of the schema, and expected times that passed are left out', () => {
  const etr = { from: at(60), to: at(120), source: 'table', revision: 1 } as const;
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
  const passed = alertOf(outage({ etr, versions: [at(1), at(121)] }));
  expect(passed).not.toContain('<expires>');
  expect(outageAlert(outage(), edition([]), { ...publisher, isExercise: true })).toContain(
    '<status>Exercise</status>',
  );
});

test('names end no element and bring no letter that XML forbids', () => {
  expect(escapeXml(hostile)).toBe('&lt;/areaDesc&gt;&lt;script&gt;&amp;&quot;&apos;]]&gt;');
  expect(escapeXml('a\u{1f4a1}b\ufffe')).toBe('a\u{1f4a1}b');
  for (const xml of [alertOf(outage()), outageFeed(edition([outage()]), publisher, 'sever')]) {
    expect(xml).not.toContain('<script');
    expect(xml).toContain('&lt;script&gt;');
    const opened = [...xml.matchAll(/<(\w+)(?:\s[^<>]*[^/<>])?>/g)].length;
    expect([...xml.matchAll(/<\/\w+>/g)]).toHaveLength(opened);
  }
});

test('a feed leads to each alert, keeps the id of an outage for ever, and is the same bytes while nothing changes', () => {
  const one = outage({ versions: [at(1), at(9)] });
  const feed = outageFeed(edition([one]), publisher);
  expect(feed).toContain('<id>tag:status.isp.example,2026-11-23:a5af.1.131</id>');
  expect(feed).toContain('<updated>2026-11-23T12:09:00.000Z</updated>');
  expect(feed).toContain(
    'type="application/cap+xml" href="https://status.isp.example:8443/s/alert/a5af.1.131"',
  );
  expect(outageFeed({ ...edition([one]), at: at(90) }, publisher)).toBe(feed);
  expect(outageFeed(edition([{ ...one, areas: [] }]), publisher, 'sever')).not.toContain('<entry>');
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
