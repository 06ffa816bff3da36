/** Words of one ticket's page, Russian. */
import type { ticketWordsEn } from '../en/ticket-words.ts';

export const ticketWordsRu: typeof ticketWordsEn = {
  description: 'Что сказал абонент',
  history: 'История',
  loops: 'Возвращалась как «не работает»',
  note: 'Сообщение читающим',
  noteHint: 'Абонент прочтёт на своей странице.',
  noteToAll: 'Прочтут на своих страницах все, чьи заявки прикреплены к этой аварии.',
  tell: 'Сообщить',
  attached: 'Прикреплено заявок',
  contacts: 'Звонков отвечено без заявки',
  follows: 'Берёт у аварии',
  notOf: 'Не относится к',
  detach: 'Открепить от аварии',
  notThisOutage: 'Не эта авария',
  sure: 'Это другая неисправность: к этой аварии заявку больше не прикрепят, и с ней разберутся отдельно. Продолжить?',
  attachTo: 'Не прикреплена к аварии. Прикрепить к',
  attach: 'Прикрепить',
  question: 'Вопрос от',
  answer: 'Ответить',
  answerHint: 'Абонент прочтёт на своей странице.',
  answered: 'Отвечено',
  lost: 'Текст стёрт.',
  fields: { status: 'статус', expectedResolutionAt: 'ожидаемое время', note: 'сообщение читающим' },
};
