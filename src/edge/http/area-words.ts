/** What the pages of areas and of works say, Russian and English; faults are called as on the subscriber's own page. */
import type { Language } from './contract.ts';

interface AreaWords {
  readonly quiet: string;
  readonly alone: string;
  readonly about: (rounded: string) => string;
  readonly checking: string;
  readonly works: string;
  readonly worksTitle: string;
  readonly noWorks: string;
  readonly worksMeans: string;
  readonly running: string;
  readonly ahead: string;
  readonly worksWhen: (from: string, to: string) => string;
  readonly allWorks: string;
  readonly asOf: string;
  readonly etr: string;
  readonly noEtr: string;
  readonly unknownArea: string;
  readonly unknownHint: string;
  readonly noNews: string;
  readonly calledOff: string;
  readonly areasTitle: string;
  readonly outagesTitle: string;
  readonly someOut: string;
  readonly allQuiet: string;
  readonly noAreas: string;
  readonly follow: string;
  readonly calendar: string;
  readonly alert: {
    readonly event: string;
    readonly looked: string;
    readonly over: string;
    readonly withdrawn: string;
  };
}

export const areaWords: Readonly<Record<Language, AreaWords>> = {
  en: {
    quiet: 'We know of no outage here now',
    alone:
      'Faults of single homes are not listed here. If it does not work for you, write or call us: we test your line.',
    about: (rounded) => `about ${rounded} customers`,
    checking: 'Several customers have reported it. We are looking into it.',
    works: 'Planned works here',
    worksTitle: 'Planned works',
    noWorks: 'No works are planned',
    worksMeans: 'During these times the connection may fail for a while.',
    running: 'Under way now',
    ahead: 'Planned',
    worksWhen: (from, to) => `${from} to ${to}`,
    allWorks: 'All planned works',
    asOf: 'As of',
    etr: 'Expected to work again',
    noEtr: 'We are working out the time; it will stand here.',
    unknownArea: 'We know no such area',
    unknownHint: 'Please look at the address once more.',
    noNews: 'The news cannot be read just now. Please try again in a moment.',
    calledOff: 'Called off: service stays on.',
    areasTitle: 'How it stands, area by area',
    outagesTitle: 'Outages',
    someOut: 'Something is out in',
    allQuiet: 'No outage known in',
    noAreas: 'No areas are known. Use the link in our message to see how it stands at your address.',
    follow: 'Follow outages (Atom)',
    calendar: 'Works in your calendar',
    alert: {
      event: 'Communications outage',
      looked: 'We are working on it.',
      over: 'The outage is over',
      withdrawn: 'This message no longer holds',
    },
  },
  ru: {
    quiet: 'Сейчас мы не знаем об авариях здесь',
    alone:
      'Неполадки в отдельных квартирах и домах здесь не показаны. Если у вас не работает, напишите или позвоните нам: проверим вашу линию.',
    about: (rounded) => `около ${rounded} абонентов`,
    checking: 'Об этом сообщили несколько абонентов. Проверяем.',
    works: 'Плановые работы здесь',
    worksTitle: 'Плановые работы',
    noWorks: 'Плановых работ нет',
    worksMeans: 'В это время связь может пропадать.',
    running: 'Идут сейчас',
    ahead: 'Запланированы',
    worksWhen: (from, to) => `${from} – ${to}`,
    allWorks: 'Все плановые работы',
    asOf: 'По состоянию на',
    etr: 'Ожидаем восстановление',
    noEtr: 'Уточняем срок, он появится здесь.',
    unknownArea: 'Такого района мы не знаем',
    unknownHint: 'Проверьте, пожалуйста, адрес страницы.',
    noNews: 'Сейчас не удалось прочитать новости. Попробуйте ещё раз через минуту.',
    calledOff: 'Отменены: связь не прервётся.',
    areasTitle: 'Как дела по районам',
    outagesTitle: 'Аварии',
    someOut: 'Есть неполадки',
    allQuiet: 'Об авариях не знаем',
    noAreas: 'Районы не заданы. Что у вас по адресу, видно по ссылке из нашего сообщения.',
    follow: 'Следить за авариями (Atom)',
    calendar: 'Работы в вашем календаре',
    alert: {
      event: 'Перебой связи',
      looked: 'Мы это исправляем.',
      over: 'Авария устранена',
      withdrawn: 'Сообщение больше не действует',
    },
  },
};
