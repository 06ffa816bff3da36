/** Planned works as a calendar (RFC 5545, with RFC 7986): an event keeps its UID, its SEQUENCE rises, what is called off says so. */
import { createHash } from 'node:crypto';
import type { Instant } from '../../base/instant.ts';
import { type Edition, roughly } from './area-page.ts';
import type { WorksNews } from './area-port.ts';
import { areaWords } from './area-words.ts';
import { type Publisher, senderOf } from './outage-alert.ts';

export function worksCalendar(edition: Edition, publisher: Publisher, slug?: string): string {
  const { news, language } = edition;
  const say = areaWords[language];
  const works = news.works.filter(({ areas }) => slug === undefined || areas.includes(slug));
  const area = slug === undefined ? undefined : news.areas.get(slug)?.name;
  const name = area === undefined ? say.worksTitle : `${say.worksTitle}: ${area}`;
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//allclear//planned works//EN',
    // What publishes nothing has no method (RFC 5546, 3.2.1 wants an event with it).
    ...(works.length === 0 ? [] : ['METHOD:PUBLISH']),
    `NAME:${escapeText(name)}`,
    `X-WR-CALNAME:${escapeText(name)}`,
    'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
    ...(works.length === 0 ? utcZone : works.flatMap((one) => eventOf(one, edition, publisher))),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

/** Where no works are planned: a calendar has one component at least (RFC 5545, 3.6), and without one programs call it broken. */
const utcZone = [
  ...['BEGIN:VTIMEZONE', 'TZID:Etc/UTC', 'BEGIN:STANDARD', 'DTSTART:19700101T000000'],
  ...['TZOFFSETFROM:+0000', 'TZOFFSETTO:+0000', 'TZNAME:UTC', 'END:STANDARD', 'END:VTIMEZONE'],
];

function eventOf(works: WorksNews, { news, language }: Edition, publisher: Publisher): readonly string[] {
  const say = areaWords[language];
  const names = works.areas.flatMap((slug) => news.areas.get(slug)?.name ?? []);
  const summary = works.isCancelled ? `${say.worksTitle}: ${say.calledOff}` : say.worksTitle;
  return [
    'BEGIN:VEVENT',
    `UID:${uidOf(works)}@${senderOf(publisher)}`,
    // Of the last change and not of this reading, so that equal works are equal bytes.
    `DTSTAMP:${utc(works.changedAt ?? works.from)}`,
    `DTSTART:${utc(works.from)}`,
    `DTEND:${utc(works.to)}`,
    `SEQUENCE:${works.changes}`,
    `STATUS:${works.isCancelled ? 'CANCELLED' : 'CONFIRMED'}`,
    `SUMMARY:${escapeText(summary)}`,
    `DESCRIPTION:${escapeText(`${say.worksMeans} ${say.about(roughly(works.subscribers, language))}`)}`,
    ...(names.length === 0 ? [] : [`LOCATION:${escapeText(names.join(', '))}`]),
    `URL:${publisher.url}/s/works`,
    'TRANSP:TRANSPARENT',
    'CLASS:PUBLIC',
    'END:VEVENT',
  ];
}

/** The operator's own id may name equipment: it is not shown. */
const uidOf = ({ id }: WorksNews): string =>
  createHash('sha256').update(`works ${id}`).digest('hex').slice(0, 32);

const utc = (at: Instant): string => `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

/** TEXT (3.3.11): what separates values is escaped, controls go. */
const escapeText = (text: string): string =>
  text
    .replace(/\r\n?|\n/g, '\n')
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, '')
    .replace(/[\\;,]/g, '\\$&')
    .replaceAll('\n', '\\n');

/** Lines of 75 octets at most, never cut within a letter (3.1). */
function folded(line: string): string {
  const parts: string[] = [];
  let part = '';
  let octets = 0;
  for (const letter of line) {
    const size = Buffer.byteLength(letter);
    if (octets + size > 75) {
      parts.push(part);
      // The blank that begins a folded line counts.
      part = ' ';
      octets = 1;
    }
    part += letter;
    octets += size;
  }
  return [...parts, part].join('\r\n');
}
