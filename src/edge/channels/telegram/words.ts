/** What the bot says beside notices. */
interface BotWords {
  readonly fixed: string;
  readonly notFixed: string;
  readonly contactMe: string;
  readonly answered: string;
  readonly gone: string;
  readonly bound: string;
  readonly unknownCode: string;
}

export const botWords: Readonly<Record<'ru' | 'en', BotWords>> = {
  en: {
    fixed: 'Yes, it works',
    notFixed: 'No, it does not',
    contactMe: 'Call me',
    answered: 'Your answer',
    gone: 'This question is over. If something does not work, write it here.',
    bound: 'Done: news about outages of your line now come here.',
    unknownCode: 'This code is not known or too old. Open your page once more and take a new one.',
  },
  ru: {
    fixed: 'Да, работает',
    notFixed: 'Нет, не работает',
    contactMe: 'Перезвоните мне',
    answered: 'Ваш ответ',
    gone: 'Этот вопрос уже закрыт. Если что-то не работает, напишите сюда.',
    bound: 'Готово: сообщения об авариях на вашей линии теперь приходят сюда.',
    unknownCode: 'Такого кода нет, или он устарел. Откройте свою страницу ещё раз и возьмите новый.',
  },
};
