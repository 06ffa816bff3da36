/** What the telephone system says, Russian and English: one breath, for a voice that reads it or recordings by its id. */
import type { Instant } from '../../base/instant.ts';
import type { CallerView, OutageView } from './caller-port.ts';
import type { Language } from './contract.ts';
import { groupOf, publicWords } from './public-words.ts';

const locales: Readonly<Record<Language, string>> = { en: 'en-GB', ru: 'ru' };
const said = {
  en: {
    known: 'We know of it.',
    by: 'We expect it to work again by',
    noEtr: 'We are working out the time and will tell you.',
    unaffected: 'We know of no outage at your address. Please hold for an operator.',
    options: {
      notify: 'Press 1 to be told when it is fixed.',
      differs: 'Press 2 if your case is another one.',
      operator: 'Press 3 for an operator.',
    },
    done: {
      notify: 'We will tell you when it is fixed.',
      differs: 'We look into your case. Please hold for an operator.',
      operator: 'Please hold for an operator.',
    },
  },
  ru: {
    known: 'Мы об этом знаем.',
    by: 'Ожидаем восстановление к',
    noEtr: 'Срок уточняем и сообщим.',
    unaffected: 'Аварии по вашему адресу нет. Соединяем с оператором.',
    options: {
      notify: 'Нажмите 1, чтобы узнать, когда починим.',
      differs: 'Нажмите 2, если у вас другая неисправность.',
      operator: 'Нажмите 3 для связи с оператором.',
    },
    done: {
      notify: 'Мы сообщим, когда починим.',
      differs: 'Разберёмся с вашим случаем. Соединяем с оператором.',
      operator: 'Соединяем с оператором.',
    },
  },
} as const;

export const deflectActions = ['notify', 'differs', 'operator'] as const;
export type DeflectAction = (typeof deflectActions)[number];

export interface Spoken {
  /** Stable: `outage.<group>.etr`, `outage.<group>.noEtr`, `unaffected`. */
  readonly textId: string;
  readonly text: string;
}

const clocks = new Map<string, Intl.DateTimeFormat>();
const mostClocks = 256;

export function spokenOutage(
  outage: OutageView,
  {
    language,
    zone,
    now,
  }: { readonly language: Language; readonly zone: CallerView['zone']; readonly now: Instant },
): Spoken {
  const say = said[language];
  const group = groupOf(outage.kind);
  const { etr } = outage;
  const isAhead = etr !== undefined && etr.to > now;
  const when = isAhead ? `${say.by} ${clockOf(language, zone).format(etr.to)}.` : say.noEtr;
  const text = `${publicWords[language].broken[group]}. ${say.known} ${when}`;
  return { textId: `outage.${group}.${isAhead ? 'etr' : 'noEtr'}`, text };
}

export const spokenUnaffected = (language: Language): Spoken => ({
  textId: 'unaffected',
  text: said[language].unaffected,
});

export const spokenOptions = (language: Language) =>
  deflectActions.map((action, at) => ({
    press: String(at + 1),
    action,
    text: said[language].options[action],
  }));

export const spokenDone = (language: Language, action: DeflectAction): Spoken => ({
  textId: `done.${action}`,
  text: said[language].done[action],
});

/** Making one costs more than all the rest of an answer. */
function clockOf(language: Language, zone: string | undefined): Intl.DateTimeFormat {
  const name = `${language} ${zone ?? ''}`;
  let clock = clocks.get(name);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat(locales[language], {
      hour: '2-digit',
      minute: '2-digit',
      timeZone: zone,
    });
    if (clocks.size < mostClocks) clocks.set(name, clock);
  }
  return clock;
}
