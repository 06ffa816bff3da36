/** The part of the subscriber's page that they do something with: news and their times, the line test, questions, another fault. */
import type { Instant } from '../../base/instant.ts';
import type { OwnLineTest } from './own-line-tests.ts';
import { escapeHtml } from './page-frame.ts';
import type { LinkView } from './ports.ts';
import type { RequestWords } from './request-words.ts';

/** How times are written on this page. */
export interface Moments {
  readonly now: Instant;
  readonly time: (at: Instant) => string;
}

export const maxQuestionLength = 1_000;
const questionsShown = 5;

/** When they heard of it last, when they hear of it next, and what the engineers say. */
export function news(link: LinkView, say: RequestWords, { now, time }: Moments): string {
  const etr = link.incident?.impact?.etr;
  const last =
    link.lastMessageAt === undefined
      ? ''
      : `<p class="small">${say.lastMessage} ${time(link.lastMessageAt)}</p>`;
  const next = etr === undefined || etr.to <= now ? say.nextUnknown : `${say.nextNews} ${time(etr.to)}`;
  return `${last}<p class="small">${next}</p>`;
}

export const noteOf = ({ note }: LinkView, say: RequestWords): string =>
  note === undefined
    ? ''
    : `<div class="box"><p class="small">${say.note}</p><p>${escapeHtml(note)}</p></div>`;

export function lineTest(test: OwnLineTest | undefined, say: RequestWords, { time }: Moments): string {
  const button = `<form method="post" class="second"><button name="test" value="line">${test === undefined ? say.test : say.again}</button></form>`;
  if (test === undefined) return `<h2>${say.test}</h2><p class="small">${say.testLead}</p>${button}`;
  if (test.verdict === 'running') return `<h2>${say.test}</h2><div class="box"><p>${say.running}</p></div>`;
  const said = test.verdict === 'refused' ? say.refused : say.verdict[test.verdict];
  const parts = test.parts.map(
    ({ part, says, dBm }) =>
      `<li class="${says === 'good' || says === 'answers' ? 'done' : 'next'}">${say.part[part]}: ${say.says[says]}${
        dBm === undefined ? '' : ` (${dBm.toFixed(1)} dBm)`
      }</li>`,
  );
  const list = parts.length === 0 ? '' : `<ol>${parts.join('')}</ol>`;
  return `<h2>${say.test}</h2><div class="box"><p>${said}</p>${list}<p class="small">${say.tested} ${time(test.at)}</p></div>${button}`;
}

export function questions(link: LinkView, say: RequestWords, { now, time }: Moments): string {
  const asked = (link.questions ?? [])
    .slice(-questionsShown)
    .map(({ at, text, answer, answeredAt, dueAt }) => {
      const due = dueAt > now ? `${say.answerBy} ${time(dueAt)}` : say.late;
      const reply =
        answer === undefined || answeredAt === undefined
          ? `<p class="small">${say.we}: ${due}</p>`
          : `<p class="small">${say.we}, ${time(answeredAt)}</p><p>${escapeHtml(answer)}</p>`;
      return `<div class="box"><p class="small">${say.you}, ${time(at)}</p><p>${escapeHtml(text)}</p>${reply}</div>`;
    });
  return (
    `<h2>${say.ask}</h2>${asked.join('')}<form method="post" class="second"><label class="field">${say.askLead}` +
    `<textarea name="question" rows="3" required maxlength="${maxQuestionLength}"></textarea></label><button>${say.send}</button></form>`
  );
}

/** Only while there is an outage that it could be mistaken for. */
export function another(link: LinkView, say: RequestWords): string {
  const incident = link.incident?.incident;
  if (incident === undefined || incident.state === 'closed' || incident.resolvedAt !== undefined) return '';
  if (link.ticket?.notOf?.includes(incident.id) === true)
    return `<div class="box"><p>${say.disowned}</p></div>`;
  return `<form method="post" class="second"><p class="small">${say.differsLead}</p><button name="case" value="differs">${say.differs}</button></form>`;
}
