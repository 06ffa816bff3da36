/**
 * An outage as an alert of the Common Alerting Protocol 1.2 (OASIS, 1 July 2010): a message for each version of it, which
 * names those before, and a last one that cancels them. Made of the same news as the pages: no household, no person.
 */
import { type Instant, instant } from '../../base/instant.ts';
import type { PublicAlert, PublicFacts } from '../../model/public-alert.ts';
import { type Edition, roughly } from './area-page.ts';
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
/** Of one feed; older messages still have their addresses. */
const mostEntries = 100;
/** Of so many people a fault of a network is more than an annoyance. */
const moderateFrom = 1_000;

/** Neither blanks, commas nor < and & may stand in it (CAP 1.2, 3.2.1). */
export const senderOf = ({ url }: Publisher): string => new URL(url).host.replace(/[\s,<&]/g, '');

/** CAP wants an offset and forbids Z (3.3.2): UTC is -00:00. */
const capTime = (at: Instant): string => `${new Date(at).toISOString().slice(0, 19)}-00:00`;

const identifierOf = ({ outage, revision }: Pick<PublicAlert, 'outage' | 'revision'>): string =>
  `${outage.replace(/[^\w.-]/g, '-')}.${revision}`;

/** What there is to publish now, newer than all that was: nothing where the newest message of each outage still holds. */
export function newAlerts(
  edition: Edition,
  published: readonly PublicAlert[],
  publisher: Publisher,
): readonly PublicAlert[] {
  const { news, at } = edition;
  const before = new Map<string, PublicAlert[]>();
  for (const one of published) before.set(one.outage, [...(before.get(one.outage) ?? []), one]);
  const known = new Map(news.outages.map((outage) => [outage.id, outage]));
  const made = (id: string, type: PublicAlert['type'], facts: PublicFacts): PublicAlert => {
    const earlier = before.get(id) ?? [];
    const revision = Math.max(Math.floor(at / 1_000), (earlier[0]?.revision ?? 0) + 1);
    const frame = { type, outage: id, revision, sentAt: instant(revision * 1_000), facts };
    return { ...frame, xml: outageAlert(frame, { edition, publisher, earlier: runOf(earlier) }) };
  };
  const gone = [...before].flatMap(([id, [last]]) =>
    last!.type === 'Cancel' || known.has(id) ? [] : [made(id, 'Cancel', last!.facts)],
  );
  const said = news.outages.flatMap(({ id, ...facts }) => {
    const last = before.get(id)?.[0];
    const isOpen = last !== undefined && last.type !== 'Cancel';
    if (facts.endedAt !== undefined) return isOpen ? [made(id, 'Cancel', facts)] : [];
    if (!isOpen) return [made(id, 'Alert', facts)];
    return wordsOf(last.facts) === wordsOf(facts) ? [] : [made(id, 'Update', facts)];
  });
  return [...gone, ...said];
}

/** Those since it became known, or became known again: newest first. */
function runOf(earlier: readonly PublicAlert[]): readonly PublicAlert[] {
  const cancelled = earlier.findIndex(({ type }) => type === 'Cancel');
  return (cancelled < 0 ? earlier : earlier.slice(0, cancelled)).slice(0, mostReferences);
}

/** Equal where a reader is told the same. */
const wordsOf = ({ kind, startedAt, etr, subscribers, planned, suspected, areas }: PublicFacts): string =>
  JSON.stringify([kind, startedAt, etr?.to, roughly(subscribers, 'en'), planned, suspected, areas]);

/** `earlier`: messages that it names, newest first. */
function outageAlert(
  alert: Omit<PublicAlert, 'xml'>,
  {
    edition: { news },
    publisher,
    earlier,
  }: {
    readonly edition: Pick<Edition, 'news'>;
    readonly publisher: Publisher;
    readonly earlier: readonly Pick<PublicAlert, 'outage' | 'revision' | 'sentAt'>[];
  },
): string {
  const sender = senderOf(publisher);
  const references = earlier
    .toReversed()
    .map((one) => `${sender},${identifierOf(one)},${capTime(one.sentAt)}`)
    .join(' ');
  const areas = alert.facts.areas.flatMap((slug) => {
    const area = news.areas.get(slug);
    if (area === undefined) return [];
    const code = `<geocode>${element('valueName', 'allclear-area')}${element('value', slug)}</geocode>`;
    return [`<area>${element('areaDesc', area.name)}${code}</area>`];
  });
  const infos = (['ru', 'en'] as const).map(
    (language) => `<info>${infoOf(alert, language, publisher)}${areas.join('')}</info>`,
  );
  return [
    `${xmlHead}<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">`,
    element('identifier', identifierOf(alert)),
    element('sender', sender),
    element('sent', capTime(alert.sentAt)),
    element('status', publisher.isExercise ? 'Exercise' : 'Actual'),
    element('msgType', alert.type),
    element('scope', 'Public'),
    ...(references === '' ? [] : [element('references', references)]),
    element('incidents', alert.outage.replace(/\s/g, '-')),
    ...infos,
    '</alert>',
  ].join('');
}

/** In the order of the schema. */
function infoOf(alert: Omit<PublicAlert, 'xml'>, language: Language, publisher: Publisher): string {
  const { type, sentAt: sent, facts } = alert;
  const { etr, startedAt, planned, suspected, subscribers } = facts;
  const { alert: say, about } = areaWords[language];
  const isOver = type === 'Cancel';
  const expires = etr !== undefined && etr.to > sent && !isOver ? etr.to : undefined;
  const description = isOver
    ? endingOf(facts, language)
    : `${sentence(about(roughly(subscribers, language)))}. ${say.looked}`;
  return [
    element('language', language),
    element('category', 'Infra'),
    element('event', say.event),
    element('responseType', facts.endedAt !== undefined ? 'AllClear' : 'None'),
    element('urgency', isOver ? 'Past' : planned ? 'Expected' : 'Immediate'),
    element('severity', subscribers >= moderateFrom ? 'Moderate' : 'Minor'),
    element('certainty', suspected ? 'Possible' : 'Observed'),
    element('effective', capTime(sent)),
    element('onset', capTime(startedAt)),
    ...(expires === undefined ? [] : [element('expires', capTime(expires))]),
    element('senderName', senderOf(publisher)),
    element('headline', headlineOf(alert, language)),
    element('description', description),
    ...(isOver ? [] : [element('instruction', areaWords[language].alone)]),
    element('web', `${publisher.url}/s/areas`),
  ].join('');
}

const sentence = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** It is repaired, or touches so few that nobody is told of it any more, or was another's. */
const endingOf = ({ endedAt }: PublicFacts, language: Language): string =>
  endedAt === undefined ? areaWords[language].alert.withdrawn : areaWords[language].alert.over;

/** As the pages call it. */
function headlineOf({ type, facts }: Pick<PublicAlert, 'type' | 'facts'>, language: Language): string {
  const { broken } = publicWords[language];
  const { planned, suspected, kind } = facts;
  if (type === 'Cancel') return endingOf(facts, language);
  return planned ? areaWords[language].worksTitle : suspected ? broken.unclear : broken[groupOf(kind)];
}

/** Messages about outages as an Atom feed (RFC 4287), of one area or of all, newest first; each entry leads to its message. */
export function outageFeed(
  edition: Edition,
  {
    alerts,
    publisher,
    slug,
  }: {
    readonly alerts: readonly PublicAlert[];
    readonly publisher: Publisher;
    readonly slug?: string | undefined;
  },
): string {
  const { news, language, at } = edition;
  const path = slug === undefined ? '/s/outages.atom' : `/s/area/${slug}/outages.atom`;
  const page = slug === undefined ? '/s/areas' : `/s/area/${slug}`;
  const say = areaWords[language];
  const name = slug === undefined ? undefined : news.areas.get(slug)?.name;
  const shown = alerts
    .filter(({ facts }) => slug === undefined || facts.areas.includes(slug))
    .slice(0, mostEntries);
  const link = (rel: string, href: string, type: string): string =>
    element('link', '', { rel, type, href: `${publisher.url}${href}` });
  const entries = shown.map((alert) => {
    const { outage, revision, sentAt, type, facts } = alert;
    const sent = new Date(sentAt).toISOString();
    return [
      '<entry>',
      // An id is for ever (RFC 4287, 4.2.6): a tag (RFC 4151) outlives addresses.
      element(
        'id',
        `tag:${senderOf(publisher).replace(/:\d+$/, '')},${sent.slice(0, 10)}:${identifierOf(alert)}`,
      ),
      element('title', headlineOf(alert, language)),
      element('updated', sent),
      element('published', sent),
      ...facts.areas.map((one) =>
        element('category', '', { term: one, label: news.areas.get(one)?.name ?? one }),
      ),
      link('alternate', page, 'text/html'),
      link('related', `/s/alert/${encodeURIComponent(outage)}/${revision}`, 'application/cap+xml'),
      element(
        'summary',
        type === 'Cancel' ? endingOf(facts, language) : say.about(roughly(facts.subscribers, language)),
      ),
      '</entry>',
    ].join('');
  });
  return [
    `${xmlHead}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${language}">`,
    element('id', `${publisher.url}${path}`),
    element('title', name === undefined ? say.outagesTitle : `${say.outagesTitle}: ${name}`),
    element('updated', new Date(shown[0]?.sentAt ?? startOfDay(at)).toISOString()),
    `<author>${element('name', senderOf(publisher))}</author>`,
    link('self', path, 'application/atom+xml'),
    link('alternate', page, 'text/html'),
    ...entries,
    '</feed>',
  ].join('');
}

/** An empty feed changes once a day, not with each reading. */
const startOfDay = (at: Instant): number => at - (at % 86_400_000);
