/** The subscriber's page: one HTML answer without script that says what is broken, until when, and asks when it is time. */
import type { Instant } from '../../base/instant.ts';
import type { Incident } from '../../model/incident.ts';
import type { Language } from './contract.ts';
import type { OwnLineTest } from './own-line-tests.ts';
import { escapeHtml, htmlDocument } from './page-frame.ts';
import type { LinkView } from './ports.ts';
import { chatForm } from './public-chat.ts';
import { publicStyle } from './public-style.ts';
import { groupOf, type PublicWords, publicWords, ratingCauses } from './public-words.ts';
import { quietForm } from './quiet-form.ts';
import { another, lineTest, type Moments, news, noteOf, questions } from './request-page.ts';
import { requestWords } from './request-words.ts';
import { worksPart } from './works-page.ts';

/** 24 hours and day before month in English too. */
const locales: Readonly<Record<Language, string>> = { en: 'en-GB', ru: 'ru' };

export interface PublicMoment {
  readonly language: Language;
  readonly now: Instant;
  /** Bots that news may come by. */
  readonly bots?: readonly string[] | undefined;
  /** What the subscriber's own line test said. */
  readonly test?: OwnLineTest | undefined;
}

export function subscriberPage(link: LinkView, moment: PublicMoment): string {
  const words = publicWords[moment.language];
  const { ticket } = link;
  const number =
    ticket === undefined ? '' : `<p class="small">${words.say.request} ${escapeHtml(ticket.id)}</p>`;
  const body = [
    number,
    situation(link, words, moment),
    asking(link, words, moment),
    doing(link, moment),
    chatForm(moment.bots ?? [], moment.language),
    footer(words, moment.language),
  ].join('');
  return htmlDocument({ language: moment.language, title: words.say.title, body }, publicStyle);
}

function doing(link: LinkView, moment: PublicMoment): string {
  const say = requestWords[moment.language];
  const moments: Moments = { now: moment.now, time: (at) => time(at, link, moment) };
  return [
    another(link, say),
    lineTest(moment.test, say, moments),
    questions(link, say, moments),
    quietForm(link, moment.language),
  ].join('');
}

/** A page of one sentence, for links that open nothing and forms that could not be taken. */
export function shortPage(language: Language, title: string, sentence: string, withWayBack = false): string {
  const back = withWayBack ? `<p><a href="">${publicWords[language].say.back}</a></p>` : '';
  const body = `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(sentence)}</p>${back}`;
  return htmlDocument({ language, title, body }, publicStyle);
}

function situation(link: LinkView, words: PublicWords, moment: PublicMoment): string {
  const { say } = words;
  const incident = link.incident?.incident;
  const works = worksPart(link, { ...moment, time: (at) => time(at, link, moment) });
  if (incident === undefined) return works === '' ? `<h1>${say.noIncident}</h1>` : works;
  const group = groupOf(incident.kind);
  const isOver =
    incident.resolvedAt !== undefined && incident.state !== 'open' && incident.state !== 'uncertain';
  if (link.isBack === true && !isOver) return `<h1>${say.backTitle}</h1><p>${say.backLead}</p>${works}`;
  const title = isOver ? say.fixedTitle : words.broken[group];
  const from = `${say.since} ${time(incident.startedAt, link, moment)}`;
  const times = isOver ? `${from} · ${say.fixedAt} ${time(incident.resolvedAt!, link, moment)}` : from;
  const planned = incident.planned ? `<p>${say.planned}</p>` : '';
  const open = isOver ? '' : `${expected(link, words, moment)}${remotely(link, words)}`;
  const more = requestWords[moment.language];
  const told = isOver ? '' : news(link, more, { now: moment.now, time: (at) => time(at, link, moment) });
  const note = noteOf(link, more);
  return `<h1>${title}</h1><p class="small">${times}</p>${planned}${open}${note}${steps(link, incident, words, moment)}${told}${works}`;
}

/** A range that still lies ahead, or the honest sentence that there is none; a passed time is never shown. */
function expected(link: LinkView, { say }: PublicWords, moment: PublicMoment): string {
  const etr = link.incident?.impact?.etr;
  if (etr === undefined || etr.to <= moment.now) return `<div class="box"><p>${say.noEtr}</p></div>`;
  const format = new Intl.DateTimeFormat(locales[moment.language], {
    hour: '2-digit',
    minute: '2-digit',
    timeZone: link.timeZone,
  });
  const day = dayWord(etr.to, link, moment);
  const isOneDay = day === dayWord(etr.from, link, moment);
  const range =
    etr.from <= moment.now || !isOneDay || etr.from === etr.to
      ? `${day} ${say.until} ${format.format(etr.to)}`
      : `${day} ${format.formatRange(etr.from, etr.to)}`;
  const moved = etr.revision > 1 ? `<p class="small">${say.moved} ${etr.revision - 1}</p>` : '';
  return `<div class="box"><p>${say.expected}</p><p class="big">${escapeHtml(range)}</p>${moved}</div>`;
}

function remotely(link: LinkView, { say }: PublicWords): string {
  const way = link.remote === undefined ? '' : link.remote ? `${say.remoteYes} ` : `${say.remoteNo} `;
  return `<p>${way}${say.nothingToDo}</p>`;
}

function steps(link: LinkView, incident: Incident, words: PublicWords, moment: PublicMoment): string {
  const { say } = words;
  const isOver = incident.resolvedAt !== undefined;
  const isAsked = link.confirmation?.askedAt !== undefined;
  const done = (at: Instant, what: string): string =>
    `<li class="done">${time(at, link, moment)} ${what}</li>`;
  const items = [
    done(incident.startedAt, incident.suspected === true ? say.reported : say.noticed),
    incident.decidedAt === undefined ? '' : done(incident.decidedAt, say.found),
    isOver
      ? done(incident.resolvedAt, say.repaired)
      : `<li class="now">${words.doing[groupOf(incident.kind)]}</li>`,
    isAsked ? '' : `<li class="${isOver ? 'now' : 'next'}">${say.willAsk}</li>`,
  ];
  return `<h2>${say.happening}</h2><ol>${items.join('')}</ol>`;
}

/** The question, or what happens after its answer. */
function asking(link: LinkView, words: PublicWords, moment: PublicMoment): string {
  const { say } = words;
  const { confirmation } = link;
  if (confirmation?.askedAt === undefined) return '';
  const due = link.task === undefined ? undefined : time(link.task.dueAt, link, moment);
  switch (confirmation.state) {
    case 'CONFIRMED':
    case 'CLOSED':
      return `<div class="box"><p>${say.thanks}</p></div>${rating(link, words)}${buttons([['notFixed', say.lateNo]], true)}`;
    case 'STILL_OUT':
    case 'ESCALATED': {
      const when = due === undefined ? '' : `<p class="big">${say.answerBy} ${say.until} ${due}</p>`;
      const rest = buttons([
        ['fixed', say.worksNow],
        ['contactMe', say.contactMe],
      ]);
      return `<div class="box"><p>${say.reopened}</p>${when}</div>${rest}`;
    }
    case 'CALLBACK_QUEUED':
    case 'CALLBACK_ACTIVE': {
      const when = due === undefined ? '' : `<p class="big">${say.callBy} ${say.until} ${due}</p>`;
      return `<div class="box">${when}<p>${say.callSoon}</p></div>${buttons([['fixed', say.worksNow]])}`;
    }
    case 'SUPERSEDED':
      return `<div class="box"><p>${say.newOutage}</p></div>`;
    default:
      return `<h2>${say.ask}</h2>${buttons([
        ['fixed', say.fixed],
        ['notFixed', say.notFixed],
        ['contactMe', say.contactMe],
      ])}`;
  }
}

/** The first one stands out, unless another form of the page asks for more. */
function buttons(answers: readonly (readonly [string, string])[], isSecondary = false): string {
  const rows = answers.map(([answer, text]) => `<button name="answer" value="${answer}">${text}</button>`);
  return `<form method="post"${isSecondary ? ' class="second"' : ''}>${rows.join('')}</form>`;
}

function rating(link: LinkView, { say, causes }: PublicWords): string {
  const given = link.confirmation?.rating;
  if (given !== undefined) return `<p>${say.rated} <b>${given.score}</b></p>`;
  const { toRate = 'asked' } = link.confirmation ?? {};
  if (toRate !== 'asked') return '';
  const marks = Array.from(
    { length: 11 },
    (_, mark) =>
      `<label><input type="radio" name="rating" value="${mark}" required><span>${mark}</span></label>`,
  );
  const options = ratingCauses.map((cause) => `<option value="${cause}">${causes[cause]}</option>`);
  return (
    `<form method="post"><fieldset><legend>${say.rate}</legend><div class="marks">${marks.join('')}</div>` +
    `<p class="ends"><span>0 ${say.worst}</span><span>10 ${say.best}</span></p></fieldset>` +
    `<label class="field">${say.cause}<select name="cause"><option value="">${say.noCause}</option>${options.join('')}</select></label>` +
    `<label class="field">${say.comment}<textarea name="comment" rows="3" maxlength="2000"></textarea></label>` +
    `<button>${say.send}</button></form>`
  );
}

function footer({ say }: PublicWords, language: Language): string {
  const other = language === 'ru' ? 'en' : 'ru';
  return `<p class="foot"><a href="?lang=${other}" lang="${other}">${say.other}</a><a href="?lang=${language}">${say.refresh}</a></p>`;
}

/** Clock time, with its day where that is not today. */
function time(at: Instant, link: LinkView, moment: PublicMoment): string {
  const clock = new Intl.DateTimeFormat(locales[moment.language], {
    hour: '2-digit',
    minute: '2-digit',
    timeZone: link.timeZone,
  });
  const text = clock.format(at);
  if (dayKey(at, link) === dayKey(moment.now, link)) return escapeHtml(text);
  return escapeHtml(`${dayWord(at, link, moment)} ${text}`);
}

function dayWord(at: Instant, link: LinkView, moment: PublicMoment): string {
  const { say } = publicWords[moment.language];
  if (dayKey(at, link) === dayKey(moment.now, link)) return say.today;
  if (dayKey(at, link) === dayKey((moment.now + 86_400_000) as Instant, link)) return say.tomorrow;
  return new Intl.DateTimeFormat(locales[moment.language], {
    day: 'numeric',
    month: 'long',
    timeZone: link.timeZone,
  }).format(at);
}

const dayKey = (at: Instant, link: LinkView): string =>
  new Intl.DateTimeFormat('en', { dateStyle: 'short', timeZone: link.timeZone }).format(at);
