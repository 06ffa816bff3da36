/** The sentences that verbs end with, in both languages; everything else is English. */
import { Fault } from '../../base/fault.ts';

const sentences = {
  en: {
    allGood: 'No problems found.',
    problems: '{errors} errors, {warnings} warnings.',
    answered:
      '{name} answered: profile {profile}, {interfaces} interfaces, {readings} readings, {objects} objects.',
    found: '{found} devices answered of {asked} addresses asked.',
    incidents: '{count} incidents from {records} records.',
    journalSound: '{records} records in {segments} segments, {first} to {last}: all sound.',
    journalDamaged: '{records} records in {segments} segments, {first} to {last}: damage was found.',
    diff: '{added} added, {changed} changed, {removed} removed, {unchanged} unchanged.',
    applied: 'Applied.',
    notApplied: 'Nothing was changed; --yes applies it.',
    apply: 'Apply this? [y/N] ',
    sent: 'The test notice was taken by {channel}.',
    healthy: 'Everything that was checked is in order.',
    unhealthy: '{failed} checks failed.',
    total: '{shown} of {total}.',
    profilesTested: '{profiles} profiles, {tests} tests, {failed} failed.',
  },
  ru: {
    allGood: 'Ошибок нет.',
    problems: 'Ошибок: {errors}, предупреждений: {warnings}.',
    answered:
      '{name} отвечает: профиль {profile}, интерфейсов {interfaces}, показаний {readings}, объектов {objects}.',
    found: 'Ответили {found} устройств из {asked} опрошенных адресов.',
    incidents: 'Инцидентов: {count}, записей: {records}.',
    journalSound: 'Записей {records} в сегментах ({segments}), с {first} по {last}: всё цело.',
    journalDamaged: 'Записей {records} в сегментах ({segments}), с {first} по {last}: есть повреждения.',
    diff: 'Добавится {added}, изменится {changed}, удалится {removed}, без изменений {unchanged}.',
    applied: 'Применено.',
    notApplied: 'Ничего не изменено; применить: --yes.',
    apply: 'Применить? [y/N] ',
    sent: 'Канал {channel} принял пробное сообщение.',
    healthy: 'Всё проверенное в порядке.',
    unhealthy: 'Не пройдено проверок: {failed}.',
    total: 'Показано {shown} из {total}.',
    profilesTested: 'Профилей {profiles}, проверок {tests}, не прошло {failed}.',
  },
} as const;

type Sentence = keyof (typeof sentences)['en'];
export type Say = (sentence: Sentence, values?: Readonly<Record<string, string | number>>) => string;

/** What speaks the language of `--lang`, else English. */
export function speaker(lang: string | undefined): Say {
  if (lang !== undefined && lang !== 'ru' && lang !== 'en') {
    throw new Fault('usage/lang', `--lang is ru or en, not "${lang}"`);
  }
  const spoken = sentences[lang ?? 'en'];
  return (sentence, values = {}) =>
    spoken[sentence].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}
