/** What a low mark is about: two levels, with ids that never change, so that years can be compared. */
import type { Words } from './automation.ts';

export interface FeedbackCause {
  /** `network`, or `network.speed` below it. */
  readonly id: string;
  readonly name: Words;
}

const group = (
  id: string,
  en: string,
  ru: string,
  below: readonly (readonly [string, string, string])[] = [],
) => [
  { id, name: { en, ru } },
  ...below.map(
    ([part, name, imya]): FeedbackCause => ({ id: `${id}.${part}`, name: { en: name, ru: imya } }),
  ),
];

export const feedbackCauses: readonly FeedbackCause[] = [
  ...group('network', 'Network', 'Сеть', [
    ['outage', 'outage', 'перерыв связи'],
    ['speed', 'speed', 'скорость'],
    ['instability', 'unstable connection', 'связь пропадает'],
    ['wifi', 'Wi-Fi at home', 'Wi-Fi дома'],
    ['dns', 'addresses do not open (DNS)', 'не открываются адреса (DNS)'],
  ]),
  ...group('cpe', 'Router or terminal', 'Роутер или терминал'),
  ...group('cable', 'Cable or drop', 'Кабель или ввод'),
  ...group('tv', 'TV', 'ТВ'),
  ...group('telephony', 'Telephone', 'Телефон'),
  ...group('engineer', 'Visit of the engineer', 'Визит мастера', [
    ['late', 'came late', 'опоздал'],
    ['missed', 'did not come', 'не пришёл'],
    ['quality', 'quality of the work', 'качество работы'],
    ['untidy', 'left a mess', 'не убрал за собой'],
  ]),
  ...group('contact', 'Talking with us', 'Общение с нами', [
    ['waiting', 'waiting', 'ожидание'],
    ['rudeness', 'rudeness', 'грубость'],
    ['repeat', 'had to say it again', 'пришлось повторять'],
  ]),
  ...group('information', 'What we said, or when', 'Что и когда мы сообщили', [
    ['none', 'no notice', 'не предупредили'],
    ['wrongTime', 'wrong time of repair', 'неверный срок'],
    ['unclear', 'unclear', 'непонятно'],
  ]),
  ...group('billing', 'Billing', 'Счёт', [
    ['charge', 'charge', 'начисление'],
    ['credit', 'credit', 'возврат'],
    ['tariff', 'tariff', 'тариф'],
  ]),
  ...group('repeat', 'The same fault again', 'Та же неисправность снова'),
  ...group('thirdParty', 'Not ours', 'Не наше', [
    ['power', 'electricity', 'электричество'],
    ['house', 'the house', 'дом'],
  ]),
  ...group('praise', 'Praise', 'Похвала'),
  ...group('other', 'Something else', 'Другое'),
];
