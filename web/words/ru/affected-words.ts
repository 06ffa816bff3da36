/** Words of the list of those whom an incident touches, in Russian. */
import type { affectedWordsEn } from '../en/affected-words.ts';

export const affectedWordsRu: typeof affectedWordsEn = {
  title: 'Задетые абоненты',
  find: 'Телефон или номер абонента',
  seek: 'Найти',
  level: 'Насколько точно',
  everyLevel: 'все',
  levels: { proved: 'доказано', inferred: 'по топологии', suspected: 'предположительно' },
  file: 'Все файлом (CSV)',
  phone: 'Телефон',
  told: 'Оповещён',
  notFound: 'Среди задетых этим инцидентом нет абонента с таким телефоном или номером.',
  nobody: 'Таких нет.',
  state: { notYet: 'ещё нет', none: 'не оповещают никого' },
  reason: {
    suspected: 'говорят только люди',
    noise: 'это не авария',
    late: 'опоздало',
    withdrawn: 'отозвано до отправки',
    notDelivered: 'не доставлено',
    noSuchChannel: 'канала больше нет',
    onlyTo: 'отправлено на пробный адрес',
    cutOff: 'отправка прервана',
  },
};
