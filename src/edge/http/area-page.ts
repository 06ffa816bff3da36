/** Pages for everybody: what is out in an area, and which works are planned. Made from one reading of the news, whoever asks. */
import type { Instant } from '../../base/instant.ts';
import type { AreaNews, AreaOutage, PublicNews, WorksNews } from './area-port.ts';
import { areaWords } from './area-words.ts';
import type { Language } from './contract.ts';
import { escapeHtml, htmlDocument } from './page-frame.ts';
import { publicStyle } from './public-style.ts';
import { groupOf, publicWords } from './public-words.ts';

/** One reading of the news, in one language. */
export interface Edition {
  readonly news: PublicNews;
  readonly at: Instant;
  readonly language: Language;
}

export function areaPage(area: AreaNews, edition: Edition): string {
  const say = areaWords[edition.language];
  const works = edition.news.works.filter(({ areas }) => areas.includes(area.slug));
  const quiet = `<div class="box"><p class="big">${say.quiet}</p></div>`;
  const outages = area.outages.map((outage) => outageBox(outage, edition));
  const body = [
    `<p class="small">${stamp(edition)}</p><h1>${escapeHtml(area.name)}</h1>`,
    outages.length === 0 ? quiet : outages.join(''),
    `<p class="small">${say.alone}</p>`,
    works.length === 0
      ? ''
      : `<h2>${say.works}</h2>${works.map((one) => worksBox(one, edition)).join('')}<p class="small">${say.worksMeans}</p>`,
    `<p><a href="../areas${chosen(edition)}">${say.areasTitle}</a></p><p><a href="../works${chosen(edition)}">${say.allWorks}</a></p>`,
    `<p class="small row"><a href="${area.slug}/outages.atom${chosen(edition)}">${say.follow}</a><a href="${area.slug}/works.ics${chosen(edition)}">${say.calendar}</a></p>`,
    footer(edition),
  ].join('');
  return htmlDocument({ language: edition.language, title: area.name, body }, publicStyle);
}

/** All areas, those with something out first. */
export function areasPage(edition: Edition): string {
  const say = areaWords[edition.language];
  const byName = new Intl.Collator(edition.language);
  const all = [...edition.news.areas.values()].sort((a, b) => byName.compare(a.name, b.name));
  const link = ({ slug, name }: AreaNews): string =>
    `<a href="area/${slug}${chosen(edition)}">${escapeHtml(name)}</a>`;
  const out = all.filter(({ outages }) => outages.length > 0);
  const quiet = all.filter(({ outages }) => outages.length === 0);
  // There may be hundreds: those where nothing is out take a line, not a box.
  const list = [
    out.length === 0
      ? ''
      : `<div class="box"><h2 class="top">${say.someOut}</h2><p class="row">${out.map(link).join('')}</p></div>`,
    quiet.length === 0 ? '' : `<h2>${say.allQuiet}</h2><p class="row">${quiet.map(link).join('')}</p>`,
  ].join('');
  const body = [
    `<p class="small">${stamp(edition)}</p><h1>${say.areasTitle}</h1>`,
    all.length === 0 ? `<p>${say.noAreas}</p>` : list,
    `<p class="small">${say.alone}</p><p><a href="works${chosen(edition)}">${say.allWorks}</a></p>`,
    `<p class="small row"><a href="outages.atom${chosen(edition)}">${say.follow}</a><a href="works.ics${chosen(edition)}">${say.calendar}</a></p>`,
    footer(edition),
  ].join('');
  return htmlDocument({ language: edition.language, title: say.areasTitle, body }, publicStyle);
}

export function worksListPage(edition: Edition): string {
  const say = areaWords[edition.language];
  const { works } = edition.news;
  const isRunning = ({ from }: WorksNews): boolean => from <= edition.at;
  const part = (title: string, some: readonly WorksNews[]): string =>
    some.length === 0
      ? ''
      : `<h2>${title}</h2>${some.map((one) => worksBox(one, edition, { withAreas: true })).join('')}`;
  const list = [
    part(say.running, works.filter(isRunning)),
    part(
      say.ahead,
      works.filter((one) => !isRunning(one)),
    ),
    `<p class="small">${say.worksMeans}</p>`,
  ].join('');
  const none = `<div class="box"><p class="big">${say.noWorks}</p></div>`;
  const head = `<p class="small">${stamp(edition)}</p><h1>${say.worksTitle}</h1>`;
  const body = `${head}${works.length === 0 ? none : list}${footer(edition)}`;
  return htmlDocument({ language: edition.language, title: say.worksTitle, body }, publicStyle);
}

function outageBox(outage: AreaOutage, edition: Edition): string {
  const { broken, say } = publicWords[edition.language];
  const area = areaWords[edition.language];
  const title = outage.planned
    ? area.worksTitle
    : outage.suspected
      ? broken.unclear
      : broken[groupOf(outage.kind)];
  const since = `${say.since} ${timeText(outage.startedAt, edition)} · ${area.about(roughly(outage.subscribers, edition.language))}`;
  const checking = outage.suspected && !outage.planned ? `<p>${area.checking}</p>` : '';
  return `<div class="box"><h2 class="top">${title}</h2><p class="small">${since}</p>${checking}${until(outage, edition)}</div>`;
}

/** A range that lies ahead; a time that passed is never shown. */
function until({ etr }: AreaOutage, edition: Edition): string {
  const { say } = publicWords[edition.language];
  const area = areaWords[edition.language];
  if (etr === undefined || etr.to <= edition.at) return `<p>${area.noEtr}</p>`;
  const text = `${dayWord(etr.to, edition) ?? say.today} ${say.until} ${clocks(edition.language).hour.format(etr.to)}`;
  return `<p>${area.etr}</p><p class="big">${text}</p>`;
}

function worksBox(works: WorksNews, edition: Edition, { withAreas = false } = {}): string {
  const say = areaWords[edition.language];
  const when = say.worksWhen(timeText(works.from, edition), timeText(works.to, edition));
  const links = works.areas.flatMap((slug) => {
    const name = edition.news.areas.get(slug)?.name;
    return name === undefined ? [] : [`<a href="area/${slug}${chosen(edition)}">${escapeHtml(name)}</a>`];
  });
  const where = withAreas && links.length > 0 ? `<p class="row">${links.join('')}</p>` : '';
  const many = say.about(roughly(works.subscribers, edition.language));
  const called = works.isCancelled ? `<p>${say.calledOff}</p>` : '';
  return `<div class="box"><p><b>${when}</b></p>${called}${where}<p class="small">${many}</p></div>`;
}

function footer({ language }: Edition): string {
  const { say } = publicWords[language];
  const other = language === 'ru' ? 'en' : 'ru';
  return `<p class="foot"><a href="?lang=${other}" lang="${other}">${say.other}</a><a href="?lang=${language}">${say.refresh}</a></p>`;
}

const chosen = ({ language }: Edition): string => `?lang=${language}`;

const stamp = (edition: Edition): string =>
  `${areaWords[edition.language].asOf} ${clocks(edition.language).hour.format(edition.at)}`;

/** Two digits: nobody is counted by it. */
export function roughly(count: number, language: Language): string {
  const step = Math.max(10, 10 ** (Math.floor(Math.log10(Math.max(1, count))) - 1));
  return clocks(language).number.format(Math.round(count / step) * step);
}

/** Of a day that is not today with its day. */
function timeText(at: Instant, edition: Edition): string {
  const text = clocks(edition.language).hour.format(at);
  const day = dayWord(at, edition);
  return day === undefined ? text : `${day} ${text}`;
}

/** Undefined today. */
function dayWord(at: Instant, edition: Edition): string | undefined {
  const { day, key } = clocks(edition.language);
  const its = key.format(at);
  if (its === key.format(edition.at)) return undefined;
  const isTomorrow = its === key.format(edition.at + 86_400_000);
  return isTomorrow ? publicWords[edition.language].say.tomorrow : day.format(at);
}

interface Clocks {
  readonly hour: Intl.DateTimeFormat;
  readonly day: Intl.DateTimeFormat;
  readonly key: Intl.DateTimeFormat;
  readonly number: Intl.NumberFormat;
}

const made = new Map<Language, Clocks>();

/** Times are those of the operator's machine: an area is in its zone. */
function clocks(language: Language): Clocks {
  const known = made.get(language);
  if (known !== undefined) return known;
  const locale = { en: 'en-GB', ru: 'ru' }[language];
  const fresh = {
    hour: new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }),
    day: new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long' }),
    key: new Intl.DateTimeFormat('en', { dateStyle: 'short' }),
    number: new Intl.NumberFormat(locale, { useGrouping: 'always' } as Intl.NumberFormatOptions),
  };
  made.set(language, fresh);
  return fresh;
}
