/** What would be told of an incident, as words, in Russian. */
import type { previewWordsEn } from '../en/preview-words.ts';

export const previewWordsRu: typeof previewWordsEn = {
  messages: { one: '# сообщение', few: '# сообщения', many: '# сообщений', other: '# сообщения' },
  parts: { one: '# часть', few: '# части', many: '# частей', other: '# части' },
  stopped: 'Отправка остановлена для всех: allclear notice resume продолжит её.',
  dryRun: 'Пробный режим: всё планируется и считается, ничего не отправляется.',
  guard: {
    secondPerson: 'Получателей больше, чем может отпустить один человек.',
    staleInventory: 'Стоп: топология или список абонентов не обновлялись вдвое дольше, чем обещает источник.',
    stopAboveShare: 'Стоп: так много от всех абонентов, что причиной может быть наша ошибка.',
  },
  leaves: 'Уйдут сами в',
  total: 'Всего',
  heldBack: 'Не сообщаем',
  reason: {
    noChannel: 'нет способа связаться',
    optedOut: 'не хотят уведомлений',
    alreadyTold: 'уже знают',
    cap: 'на сегодня достаточно',
    planned: 'знают о работах',
    dryRun: 'пробный режим',
    clearedBeforeHold: 'кончилось раньше',
    saidInApology: 'сказано вместе с извинением',
    saidInMorning: 'утром одним сообщением',
    neverTold: 'не знали об аварии',
  },
};
