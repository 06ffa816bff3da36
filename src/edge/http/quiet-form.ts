/** On the subscriber's page: when they do not want to be woken, without script. */
import { ownQuietHours } from '../../model/quiet-hours.ts';
import type { Language } from './contract.ts';
import type { LinkView } from './ports.ts';

interface QuietWords {
  readonly title: string;
  readonly lead: string;
  readonly usual: string;
  readonly off: string;
  readonly own: string;
  readonly from: string;
  readonly to: string;
  readonly save: string;
}

const words: Readonly<Record<Language, QuietWords>> = {
  en: {
    title: 'Messages at night',
    lead: 'What happens in these hours we write in the morning, in one message.',
    usual: 'As usual',
    off: 'Write at any hour',
    own: 'Do not disturb me',
    from: 'from',
    to: 'until',
    save: 'Save',
  },
  ru: {
    title: 'Сообщения ночью',
    lead: 'О том, что случилось в эти часы, напишем утром одним сообщением.',
    usual: 'Как обычно',
    off: 'Пишите в любое время',
    own: 'Не беспокоить',
    from: 'с',
    to: 'до',
    save: 'Сохранить',
  },
};

const quarterSeconds = 900;

export function quietForm({ quietHours = '' }: LinkView, language: Language): string {
  const say = words[language];
  const chosen = quietHours === '' ? 'usual' : quietHours === 'off' ? 'off' : 'own';
  const [from = '22:00', to = '08:00'] = chosen === 'own' ? quietHours.split('-') : [];
  const choice = (value: typeof chosen): string =>
    `<label class="pick"><input type="radio" name="quiet" value="${value}"${value === chosen ? ' checked' : ''}> ${say[value]}</label>`;
  const clock = (name: 'from' | 'to', value: string): string =>
    `<label>${say[name]} <input type="time" name="${name}" value="${value}" step="${quarterSeconds}"></label>`;
  return (
    `<h2>${say.title}</h2><form method="post" class="second">` +
    `<fieldset><legend class="small">${say.lead}</legend>${choice('usual')}${choice('off')}${choice('own')}` +
    `<p class="hours">${clock('from', from)} ${clock('to', to)}</p></fieldset><button>${say.save}</button></form>`
  );
}

/** Empty for the policy's; undefined where the form says nothing that can be read. */
export function chosenQuiet(form: URLSearchParams): string | undefined {
  switch (form.get('quiet')) {
    case 'usual':
      return '';
    case 'off':
      return 'off';
    case 'own': {
      const hours = ownQuietHours(`${form.get('from') ?? ''}-${form.get('to') ?? ''}`);
      // No hours at all are a choice of their own.
      const [from, to] = hours?.split('-') ?? [];
      return from === to ? undefined : hours;
    }
    default:
      return undefined;
  }
}
