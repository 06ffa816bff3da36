/** What subscribers read, Russian and English: plain words, no blame, never "technical reasons" (design pages.md section 8). */
import type { Language } from './contract.ts';

/** Fault kinds as a subscriber understands them; every other kind is `unclear`. */
const groups = {
  cut: ['riser', 'feeder', 'cable', 'duct', 'link', 'water'],
  line: ['drop'],
  equipment: ['splitter', 'pon-port', 'card', 'node-down', 'amplifier', 'ingress'],
  power: ['house-power', 'area-power', 'site-power'],
  platform: ['service', 'config'],
} as const;

type Group = keyof typeof groups | 'unclear';

export const ratingCauses = ['network', 'cpe', 'engineer', 'information', 'repeat', 'other'] as const;
type RatingCause = (typeof ratingCauses)[number];

export interface PublicWords {
  readonly broken: Readonly<Record<Group, string>>;
  readonly doing: Readonly<Record<Group, string>>;
  readonly causes: Readonly<Record<RatingCause, string>>;
  readonly say: Readonly<Record<Phrase, string>>;
}

type Phrase =
  | 'title'
  | 'request'
  | 'planned'
  | 'noIncident'
  | 'fixedTitle'
  | 'backTitle'
  | 'backLead'
  | 'since'
  | 'fixedAt'
  | 'expected'
  | 'between'
  | 'until'
  | 'today'
  | 'tomorrow'
  | 'noEtr'
  | 'moved'
  | 'happening'
  | 'noticed'
  | 'reported'
  | 'found'
  | 'repaired'
  | 'willAsk'
  | 'remoteYes'
  | 'remoteNo'
  | 'nothingToDo'
  | 'ask'
  | 'fixed'
  | 'notFixed'
  | 'contactMe'
  | 'thanks'
  | 'lateNo'
  | 'reopened'
  | 'answerBy'
  | 'callBy'
  | 'callSoon'
  | 'worksNow'
  | 'newOutage'
  | 'rate'
  | 'worst'
  | 'best'
  | 'cause'
  | 'noCause'
  | 'comment'
  | 'send'
  | 'rated'
  | 'other'
  | 'refresh'
  | 'unknownTitle'
  | 'unknown'
  | 'limited'
  | 'often'
  | 'notAsked'
  | 'badForm'
  | 'retry'
  | 'back';

const en: PublicWords = {
  broken: {
    cut: 'No service: a cable is damaged',
    line: 'No service: the line to your home is disturbed',
    equipment: 'No service: equipment of ours has failed',
    power: 'No service: the power supply is down',
    platform: 'A service of ours has failed',
    unclear: 'The connection is disturbed',
  },
  doing: {
    cut: 'we repair the damaged section',
    line: 'we repair your line',
    equipment: 'we repair or replace the equipment',
    power: 'we wait for power and check our equipment',
    platform: 'we bring the service back',
    unclear: 'we look for the cause',
  },
  causes: {
    network: 'Internet, TV or phone',
    cpe: 'Router or terminal',
    engineer: 'Visit of the engineer',
    information: 'What we told you, or when',
    repeat: 'It happens again and again',
    other: 'Something else',
  },
  say: {
    title: 'My request',
    request: 'Request',
    planned: 'Planned works: you were told before',
    noIncident: 'We know of no outage at your address now',
    fixedTitle: 'We have repaired it',
    backTitle: 'Your service is back',
    backLead:
      'We still work on it for others. If it does not work for you, test your line here or write to us.',
    since: 'since',
    fixedAt: 'repaired',
    expected: 'Expected to work again',
    between: 'between',
    until: 'before',
    today: 'today',
    tomorrow: 'tomorrow',
    noEtr: 'We are working out the time and write as soon as we know it.',
    moved: 'Times corrected so far:',
    happening: 'What is happening',
    noticed: 'we noticed it ourselves',
    reported: 'subscribers near you told us',
    found: 'cause found',
    repaired: 'repaired',
    willAsk: 'we check your line and ask you',
    remoteYes: 'We can solve it from here, nobody needs to come.',
    remoteNo: 'It cannot be solved remotely: somebody of ours has to go there.',
    nothingToDo: 'You need do nothing.',
    ask: 'Does it work for you?',
    fixed: 'Yes, it works',
    notFixed: 'No, it does not',
    contactMe: 'Call me',
    thanks: 'Thank you: noted that it works.',
    lateNo: 'It does not work again',
    reopened: 'Your request is open again: we test your line and look for the cause.',
    answerBy: 'You hear from us',
    callBy: 'We call you',
    callSoon: 'We call you. You need do nothing until then.',
    worksNow: 'It works now',
    newOutage: 'There is a new outage. We write about it separately.',
    rate: 'How was the repair, from 0 to 10?',
    worst: 'bad',
    best: 'very good',
    cause: 'What was it about, in your eyes?',
    noCause: 'no choice',
    comment: 'Anything else? (optional)',
    send: 'Send',
    rated: 'Your mark:',
    other: 'Русский',
    refresh: 'Refresh',
    unknownTitle: 'This link does not work',
    unknown: 'It is wrong or too old. The newest message from us has a new one.',
    limited: 'Too many wrong links came in. Wait a minute and try again.',
    often: 'Many answers came in from this page. Wait a minute and send again.',
    notAsked: 'The repair is still under way. We ask you as soon as it is done.',
    badForm: 'This form could not be read.',
    retry: 'Your answer could not be saved just now. Please send it again.',
    back: 'Back to my request',
  },
};

const ru: PublicWords = {
  broken: {
    cut: 'Нет связи: повреждён кабель',
    line: 'Нет связи: неисправна линия к вам',
    equipment: 'Нет связи: вышло из строя наше оборудование',
    power: 'Нет связи: отключено электропитание',
    platform: 'Не работает один из наших сервисов',
    unclear: 'Связь нарушена',
  },
  doing: {
    cut: 'чиним повреждённый участок',
    line: 'чиним вашу линию',
    equipment: 'чиним или меняем оборудование',
    power: 'ждём электричества и проверяем оборудование',
    platform: 'восстанавливаем сервис',
    unclear: 'ищем причину',
  },
  causes: {
    network: 'Интернет, ТВ или телефон',
    cpe: 'Роутер или терминал',
    engineer: 'Визит мастера',
    information: 'Что и когда нам сообщили',
    repeat: 'Повторяется снова и снова',
    other: 'Другое',
  },
  say: {
    title: 'Моя заявка',
    request: 'Заявка',
    planned: 'Плановые работы: мы предупреждали заранее',
    noIncident: 'Сейчас мы не знаем об аварии по вашему адресу',
    fixedTitle: 'Мы всё починили',
    backTitle: 'У вас связь восстановлена',
    backLead: 'У других мы ещё чиним. Если у вас не работает, проверьте линию здесь же или напишите нам.',
    since: 'с',
    fixedAt: 'починили',
    expected: 'Ожидаем восстановление',
    between: 'между',
    until: 'до',
    today: 'сегодня',
    tomorrow: 'завтра',
    noEtr: 'Уточняем срок и напишем, как только узнаем.',
    moved: 'Срок уточняли раз:',
    happening: 'Что происходит',
    noticed: 'заметили сами',
    reported: 'сообщили абоненты рядом с вами',
    found: 'нашли причину',
    repaired: 'починили',
    willAsk: 'проверим вашу линию и спросим вас',
    remoteYes: 'Решаем удалённо, приезжать не нужно.',
    remoteNo: 'Удалённо решить нельзя: нужен выезд наших людей.',
    nothingToDo: 'Вам ничего делать не нужно.',
    ask: 'У вас всё работает?',
    fixed: 'Да, работает',
    notFixed: 'Нет, не работает',
    contactMe: 'Позвоните мне',
    thanks: 'Спасибо! Записали, что всё работает.',
    lateNo: 'Снова не работает',
    reopened: 'Заявка снова открыта: проверяем вашу линию и ищем причину.',
    answerBy: 'Ответим вам',
    callBy: 'Позвоним вам',
    callSoon: 'Мы вам позвоним. До этого ничего делать не нужно.',
    worksNow: 'Уже работает',
    newOutage: 'Произошла новая авария. О ней напишем отдельно.',
    rate: 'Как вы оцените ремонт, от 0 до 10?',
    worst: 'плохо',
    best: 'отлично',
    cause: 'В чём, по-вашему, было дело?',
    noCause: 'не выбрано',
    comment: 'Хотите добавить? (необязательно)',
    send: 'Отправить',
    rated: 'Ваша оценка:',
    other: 'English',
    refresh: 'Обновить',
    unknownTitle: 'Ссылка не работает',
    unknown: 'Она неверна или устарела. В нашем последнем сообщении есть новая.',
    limited: 'Слишком много неверных ссылок. Подождите минуту и попробуйте снова.',
    often: 'С этой страницы пришло много ответов. Подождите минуту и отправьте снова.',
    notAsked: 'Ремонт ещё идёт. Мы спросим вас, как только закончим.',
    badForm: 'Не удалось прочитать форму.',
    retry: 'Сейчас не удалось сохранить ваш ответ. Отправьте его ещё раз, пожалуйста.',
    back: 'Назад к заявке',
  },
};

export const publicWords: Readonly<Record<Language, PublicWords>> = { en, ru };

export function groupOf(kind: string): Group {
  for (const [group, kinds] of Object.entries(groups)) {
    if ((kinds as readonly string[]).includes(kind)) return group as Group;
  }
  return 'unclear';
}
