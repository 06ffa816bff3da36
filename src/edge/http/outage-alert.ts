/**
 * An outage as an alert of the Common Alerting Protocol 1.2 (OASIS, 1 July 2010): a message for each version of it, which
 * names those before, and a last one that cancels them. Made of the same news as the pages: no household, no person.
 */
import type { Instant } from '../../base/instant.ts';
import { type Edition, roughly } from './area-page.ts';
import type { PublicOutage } from './area-port.ts';
import { areaWords } from './area-words.ts';
import type { Language } from './contract.ts';
import { groupOf, publicWords } from './public-words.ts';
import { element, xmlHead } from './xml.ts';

/** Whose word it is: the public address, and whether this is no real network. */
export interface Publisher {
  /** Without a slash at the end. */
  readonly url: string;
  readonly isExercise: boolean;
}

/** As many messages before it are named. */
const mostReferences = 20;
/** Of so many people a fault of a network is more than an annoyance. */
const moderateFrom = 1_000;

/** Neither blanks, commas nor < and & may stand in it (CAP 1.2, 3.2.1). */
export const senderOf = ({ url }: Publisher): string => new URL(url).host.replace(/[\s,<&]/g, '');

/** CAP wants an offset and forbids Z (3.3.2): UTC is -00:00. */
const capTime = (at: Instant): string => `${new Date(at).toISOString().slice(0, 19)}-00:00`;

const idOf = (outage: PublicOutage, at: Instant): string =>
  `${outage.id.replace(/[^\w.-]/g, '-')}.${Math.floor(at / 1_000)}`;

/** When its newest message was sent. */
const sentAt = ({ versions, endedAt }: PublicOutage): Instant => endedAt ?? versions.at(-1)!;

export function outageAlert(
  outage: PublicOutage,
  { news }: Pick<Edition, 'news'>,
  publisher: Publisher,
): string {
  const sender = senderOf(publisher);
  const sent = sentAt(outage);
  const earlier = outage.versions
    .filter((at) => at < sent || outage.endedAt !== undefined)
    .slice(-mostReferences);
  const type = outage.endedAt !== undefined ? 'Cancel' : earlier.length > 0 ? 'Update' : 'Alert';
  const references = earlier.map((at) => `${sender},${idOf(outage, at)},${capTime(at)}`).join(' ');
  const areas = outage.areas.flatMap((slug) => {
    const area = news.areas.get(slug);
    if (area === undefined) return [];
    const code = `<geocode>${element('valueName', 'allclear-area')}${element('value', slug)}</geocode>`;
    return [`<area>${element('areaDesc', area.name)}${code}</area>`];
  });
  const identifier = outage.endedAt === undefined ? idOf(outage, sent) : `${idOf(outage, sent)}.end`;
  const infos = (['ru', 'en'] as const).map(
    (language) => `<info>${infoOf(outage, language, publisher)}${areas.join('')}</info>`,
  );
  return [
    `${xmlHead}<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">`,
    element('identifier', identifier),
    element('sender', sender),
    element('sent', capTime(sent)),
    element('status', publisher.isExercise ? 'Exercise' : 'Actual'),
    element('msgType', type),
    element('scope', 'Public'),
    ...(references === '' ? [] : [element('references', references)]),
    element('incidents', outage.id.replace(/\s/g, '-')),
    ...infos,
    '</alert>',
  ].join('');
}

/** In the order of the schema. */
function infoOf(outage: PublicOutage, language: Language, publisher: Publisher): string {
  const { etr, endedAt, startedAt, planned, suspected, subscribers } = outage;
  const sent = sentAt(outage);
  const { alert, about } = areaWords[language];
  const isOver = endedAt !== undefined;
  const expires = etr !== undefined && etr.to > sent && !isOver ? etr.to : undefined;
  const description = isOver
    ? alert.over
    : `${sentence(about(roughly(subscribers, language)))}. ${alert.looked}`;
  return [
    element('language', language),
    element('category', 'Infra'),
    element('event', alert.event),
    element('responseType', isOver ? 'AllClear' : 'None'),
    element('urgency', isOver ? 'Past' : planned ? 'Expected' : 'Immediate'),
    element('severity', subscribers >= moderateFrom ? 'Moderate' : 'Minor'),
    element('certainty', suspected ? 'Possible' : 'Observed'),
    element('effective', capTime(sent)),
    element('onset', capTime(startedAt)),
    ...(expires === undefined ? [] : [element('expires', capTime(expires))]),
    element('senderName', senderOf(publisher)),
    element('headline', headlineOf(outage, language)),
    element('description', description),
    ...(isOver ? [] : [element('instruction', areaWords[language].alone)]),
    element('web', `${publisher.url}/s/areas`),
  ].join('');
}

const sentence = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** As the pages call it. */
function headlineOf({ planned, suspected, kind, endedAt }: PublicOutage, language: Language): string {
  const { broken } = publicWords[language];
  if (endedAt !== undefined) return areaWords[language].alert.over;
  return planned ? areaWords[language].worksTitle : suspected ? broken.unclear : broken[groupOf(kind)];
}

/** Outages as an Atom feed (RFC 4287), of one area or of all; each entry leads to its alert. */
export function outageFeed(edition: Edition, publisher: Publisher, slug?: string): string {
  const { news, language, at } = edition;
  const path = slug === undefined ? '/s/outages.atom' : `/s/area/${slug}/outages.atom`;
  const page = slug === undefined ? '/s/areas' : `/s/area/${slug}`;
  const say = areaWords[language];
  const name = slug === undefined ? undefined : news.areas.get(slug)?.name;
  const outages = news.outages.filter(({ areas }) => slug === undefined || areas.includes(slug));
  const updated = Math.max(...outages.map(sentAt), 0);
  const link = (rel: string, href: string, type: string): string =>
    element('link', '', { rel, type, href: `${publisher.url}${href}` });
  const day = (outage: PublicOutage): string => new Date(outage.startedAt).toISOString().slice(0, 10);
  const entries = outages.map((outage) =>
    [
      '<entry>',
      // An id is for ever (RFC 4287, 4.2.6): a tag (RFC 4151) outlives addresses.
      element('id', `tag:${senderOf(publisher).replace(/:\d+$/, '')},${day(outage)}:${outage.id}`),
      element('title', headlineOf(outage, language)),
      element('updated', new Date(sentAt(outage)).toISOString()),
      element('published', new Date(outage.versions[0]!).toISOString()),
      ...outage.areas.map((one) =>
        element('category', '', { term: one, label: news.areas.get(one)?.name ?? one }),
      ),
      link('alternate', page, 'text/html'),
      link('related', `/s/alert/${encodeURIComponent(outage.id)}`, 'application/cap+xml'),
      element(
        'summary',
        outage.endedAt === undefined ? say.about(roughly(outage.subscribers, language)) : say.alert.over,
      ),
      '</entry>',
    ].join(''),
  );
  return [
    `${xmlHead}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${language}">`,
    element('id', `${publisher.url}${path}`),
    element('title', name === undefined ? say.outagesTitle : `${say.outagesTitle}: ${name}`),
    element('updated', new Date(updated === 0 ? startOfDay(at) : updated).toISOString()),
    `<author>${element('name', senderOf(publisher))}</author>`,
    link('self', path, 'application/atom+xml'),
    link('alternate', page, 'text/html'),
    ...entries,
    '</feed>',
  ].join('');
}

/** An empty feed changes once a day, not with each reading. */
const startOfDay = (at: Instant): number => at - (at % 86_400_000);
