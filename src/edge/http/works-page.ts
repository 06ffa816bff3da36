/** Planned works on the subscriber's page: from when to when there is no service, whether that moved, or was called off. */
import type { Instant } from '../../base/instant.ts';
import type { Language } from './contract.ts';
import type { LinkView } from './link-view.ts';
import type { Moments } from './request-page.ts';

interface WorksWords {
  readonly ahead: string;
  readonly running: string;
  readonly over: string;
  readonly cancelled: string;
  readonly outOf: string;
  readonly from: string;
  readonly until: string;
  readonly moved: string;
  readonly staysOn: string;
  readonly endedAt: string;
  readonly stillOut: string;
}

const words: Readonly<Record<Language, WorksWords>> = {
  en: {
    ahead: 'Planned works at your address',
    running: 'Planned works are under way',
    over: 'Planned works are over',
    cancelled: 'The planned works are called off',
    outOf: 'No service',
    from: 'from',
    until: 'until',
    moved: 'The time has moved; before it was',
    staysOn: 'Service stays on. They were planned',
    endedAt: 'over since',
    stillOut: 'Service should be back. If it is not, test your line here or write to us.',
  },
  ru: {
    ahead: 'Плановые работы по вашему адресу',
    running: 'Идут плановые работы',
    over: 'Плановые работы закончены',
    cancelled: 'Плановые работы отменены',
    outOf: 'Связи не будет',
    from: 'с',
    until: 'до',
    moved: 'Время изменилось; раньше было',
    staysOn: 'Связь не прервётся. Работы намечались',
    endedAt: 'закончены в',
    stillOut: 'Связь должна работать. Если её нет, проверьте линию здесь же или напишите нам.',
  },
};

/** Titles of works are written for staff and name equipment: they are not shown. */
export function worksPart(
  { works, incident }: LinkView,
  { language, now, time }: Moments & { readonly language: Language },
): string {
  if (works === undefined) return '';
  const say = words[language];
  const heading = (text: string): string =>
    incident === undefined ? `<h1>${text}</h1>` : `<h2>${text}</h2>`;
  const between = (times: { readonly from: Instant; readonly to: Instant }): string =>
    `${say.from} ${time(times.from)} ${say.until} ${time(times.to)}`;
  if (works.isCancelled) return `${heading(say.cancelled)}<p>${say.staysOn} ${between(works)}.</p>`;
  const endedAt = works.endedAt ?? (works.to <= now ? works.to : undefined);
  if (endedAt !== undefined)
    return `${heading(say.over)}<p class="small">${say.endedAt} ${time(endedAt)}</p><p>${say.stillOut}</p>`;
  const title = works.from <= now ? say.running : say.ahead;
  const moved =
    works.before === undefined ? '' : `<p class="small">${say.moved} ${between(works.before)}</p>`;
  return `${heading(title)}<div class="box"><p>${say.outOf}</p><p class="big">${between(works)}</p>${moved}</div>`;
}
