/** Words of what a subscriber may do on their page beside answering: test the line, ask, say that it is another fault. */
import type { Language } from './contract.ts';

export interface RequestWords {
  readonly lastMessage: string;
  readonly nextNews: string;
  readonly nextUnknown: string;
  readonly note: string;
  readonly test: string;
  readonly testLead: string;
  readonly again: string;
  readonly running: string;
  readonly refused: string;
  readonly tested: string;
  readonly verdict: Readonly<Record<Verdict, string>>;
  readonly part: Readonly<Record<'node' | 'terminal' | 'light', string>>;
  readonly says: Readonly<Record<PartState, string>>;
  readonly ask: string;
  readonly askLead: string;
  readonly send: string;
  readonly answerBy: string;
  readonly late: string;
  readonly you: string;
  readonly we: string;
  readonly differs: string;
  readonly differsLead: string;
  readonly disowned: string;
}

/** `power`: the terminal said that its supply went; `poor`: it answers, at a level at which lines fail. */
export type Verdict = 'alive' | 'poor' | 'dark' | 'power' | 'down' | 'unknown';
export type PartState = 'good' | 'weak' | 'strong' | 'answers' | 'silent' | 'lost';

const en: RequestWords = {
  lastMessage: 'Last message to you:',
  nextNews: 'Next one: when it works, or before this time if it moves:',
  nextUnknown: 'Next one: as soon as we know the time.',
  note: 'From our engineers',
  test: 'Test my line',
  testLead: 'Our equipment looks at your line now. Nothing is changed, it takes a few seconds.',
  again: 'Test again',
  running: 'The test is running. Refresh this page in a few seconds.',
  refused: 'The line cannot be tested right now. Try again in a minute.',
  tested: 'Tested at',
  verdict: {
    alive:
      'Your line works: our equipment sees your terminal. If something does not work, restart your router, or ask us.',
    poor: 'Your terminal answers, but the signal at it is not as it should be: the line may break off. Tell us, and we look into it.',
    dark: 'No light reaches your terminal: the line to you is broken. We have to repair it.',
    power:
      'Your terminal said that its power went. See whether it is plugged in and whether there is electricity.',
    down: 'Your terminal does not answer. See whether it is switched on; if it is, the fault is on our side.',
    unknown: 'We could not see your line this time. That says nothing about it; try again.',
  },
  part: { node: 'Our node', terminal: 'Your terminal', light: 'Signal at your terminal' },
  says: {
    good: 'good',
    weak: 'weak',
    strong: 'too strong',
    answers: 'answers',
    silent: 'does not answer',
    lost: 'out of reach',
  },
  ask: 'Ask us',
  askLead: 'What would you like to know?',
  send: 'Send the question',
  answerBy: 'we answer before',
  late: 'we are late with the answer, sorry',
  you: 'You',
  we: 'We',
  differs: 'It is something else at my place',
  differsLead: 'Is your trouble another one than this outage?',
  disowned:
    'You told us that it is another fault. We look into your case apart from the outage in your area.',
};

const ru: RequestWords = {
  lastMessage: 'Последнее сообщение вам:',
  nextNews: 'Следующее: когда заработает, а если срок сдвинется, то до этого времени:',
  nextUnknown: 'Следующее: как только узнаем срок.',
  note: 'От наших инженеров',
  test: 'Проверить мою линию',
  testLead:
    'Наше оборудование посмотрит на вашу линию прямо сейчас. Ничего не меняется, займёт несколько секунд.',
  again: 'Проверить ещё раз',
  running: 'Проверка идёт. Обновите страницу через несколько секунд.',
  refused: 'Сейчас линию проверить нельзя. Попробуйте через минуту.',
  tested: 'Проверено в',
  verdict: {
    alive:
      'Линия исправна: наше оборудование видит ваш терминал. Если что-то не работает, перезагрузите роутер или спросите нас.',
    poor: 'Терминал отвечает, но сигнал на нём не в норме: связь может обрываться. Напишите нам, и мы разберёмся.',
    dark: 'До вашего терминала не доходит свет: линия к вам повреждена. Чинить её нам.',
    power: 'Терминал сообщил, что у него пропало питание. Проверьте, включён ли он и есть ли электричество.',
    down: 'Терминал не отвечает. Проверьте, включён ли он; если включён, неисправность у нас.',
    unknown: 'В этот раз линию увидеть не удалось. Это ничего о ней не говорит, попробуйте ещё раз.',
  },
  part: { node: 'Наш узел', terminal: 'Ваш терминал', light: 'Сигнал на вашем терминале' },
  says: {
    good: 'в норме',
    weak: 'слабый',
    strong: 'слишком сильный',
    answers: 'отвечает',
    silent: 'не отвечает',
    lost: 'не виден',
  },
  ask: 'Спросить нас',
  askLead: 'Что вы хотите узнать?',
  send: 'Отправить вопрос',
  answerBy: 'ответим до',
  late: 'мы опаздываем с ответом, извините',
  you: 'Вы',
  we: 'Мы',
  differs: 'У меня другая неисправность',
  differsLead: 'Ваша проблема не из-за этой аварии?',
  disowned:
    'Вы сообщили, что у вас другая неисправность. Разбираемся с ней отдельно от аварии в вашем районе.',
};

export const requestWords: Readonly<Record<Language, RequestWords>> = { en, ru };
