/** The sentences that verbs end with, in both languages; everything else is English. */
import { Fault } from '../../base/fault.ts';

const sentences = {
  en: {
    allGood: 'No problems found.',
    problems: '{errors} errors, {warnings} warnings.',
    shadow:
      '{records} records: {before} incidents with the rules in force, {after} with the changed ones; {same} alike, {gone} gone (-), {appeared} appeared (+), {changed} told otherwise (< >).',
    shadowPlayed: '{records} records',
    shadowMore: '.. and {more} more lines; --json has all.',
    shadowDetection:
      'Rules of detection differ, too: they cannot be judged, the journal holds what was detected and not what was read.',
    shadowTraps: '    "allclear replay --traps" plays the recorded notifications under the changed rules.',
    shadowExamples:
      '    "allclear rules test" plays the examples written with a rule: give it readings that must and must not raise.',
    shadowAutomations:
      'Automations cannot be judged: the front of the journal was cut off, and no snapshot stands there.',
    journalReplayed:
      '{records} records from input {from} on, written by {engines}, played by {version}: {before} incidents then (<), {after} now (>), {same} equal.',
    journalDifferences: 'Differences by reason: {reasons}.',
    ruleVersion: 'rule version {before} -> {after}',
    journalRuleVersion: 'Judged by another rule version: {count}.',
    journalOtherRules: 'Judged by the given rules, not by those that the journal names.',
    journalFailed: '{failed} inputs failed in a room.',
    rolledBack: 'The rules that were in force before are in force again, until the files change.',
    revised: '{faults} incidents that are over were looked at. Read what is proposed before it is used.',
    learned: '{relations} relations proposed from {alarms} raises. Read them before they are used.',
    examplesPlayed: '{examples} examples, {failed} do not hold; {errors} errors.',
    answered:
      '{name} answered: profile {profile}, {interfaces} interfaces, {readings} readings, {objects} objects.',
    found: 'Addresses asked: {asked}, devices that answered: {found}, silent: {silent}.',
    proposed: '{file}: {resources} resources and {links} links proposed. Read it before it is used.',
    wouldPropose: '{file} was not written: {resources} resources and {links} links would be proposed.',
    incidents: '{count} incidents from {records} records.',
    generating: 'the network is laid and its faults are played',
    generated: '{folder}: {resources} resources, {links} links, {faults} faults in {alarms} lines.',
    refusedFaults: '{refused} faults found no place in a network of this size and these hours: {kinds}.',
    wouldGenerate:
      '{folder} was not written: {resources} resources, {links} links, {faults} faults in {alarms} lines.',
    scored: '{incidents} incidents judged against {faults} faults, {alarms} alarms.',
    journalSound: '{records} records in {segments} segments, {first} to {last}: all sound.',
    restored:
      '{data} is ready. Epoch {epoch}; {held} notices wait for a person: allclear notice list --state held, then notice approve or refuse INCIDENT.',
    wouldRestore:
      'Nothing was written. {data} would get epoch {epoch}, and undecided notices would wait for a person.',
    journalDamaged: '{records} records in {segments} segments, {first} to {last}: damage was found.',
    diff: '{added} added, {changed} changed, {removed} removed, {unchanged} unchanged.',
    mapped: 'Columns taken as: {columns}.',
    fields: 'What differs: {fields}; {moved} at another resource.',
    manyRemoved: '{removed} of {known} subscribers would go: nothing is applied without --allow-large.',
    manyReclassified:
      '{reclassified} of {known} subscribers would get another class: nothing is applied without --allow-large.',
    whichColumn: 'Which column is "{field}"? {columns}: ',
    applied: 'Applied.',
    notApplied: 'Nothing was changed; --yes applies it.',
    apply: 'Apply this? [y/N] ',
    sent: 'The test notice was taken by {channel}.',
    deskTitle: 'Test of allclear: nothing has happened',
    deskReady: 'desk: ready, nothing was sent',
    'desk.made': 'a ticket was made',
    'desk.found': 'it was found by its key',
    'desk.said': 'a comment was put on it',
    'desk.closed': 'it was closed',
    deskYes: 'yes',
    deskTwice: 'no: a second ticket was made',
    deskRefused: 'it was refused for good',
    deskRetry: 'it could be tried again',
    healthy: 'Everything that was checked is in order.',
    unhealthy: '{failed} checks failed.',
    total: '{shown} of {total}.',
    profilesTested: '{profiles} profiles, {tests} tests, {failed} failed.',
    profilesUnreadable: 'Files without a sound profile, not tested: {files}.',
    rows: '{rows} rows',
    asked: '{found} found',
    read: '{answers} answers',
    recorded: '{rows} rows recorded (profile {profile}), to {file}.',
    brokenOff: 'Broken off.',
    recordBrokenOff: 'Broken off: nothing was written.',
    scanBrokenOff: 'Broken off when {asked} of {of} addresses were asked; --from {place} goes on there.',
    surveyBrokenOff: 'Broken off: links are unknown, and no topology was written.',
    wouldRecord: 'Nothing was written: {rows} rows (profile {profile}) would be recorded to {file}.',
    standardOutput: 'standard output',
    masked:
      'Masked: {names} names and places, {serials} serial numbers, {addresses} addresses, {texts} free texts, {indexes} indexes; {leftOut} rows left out in which a name still stood. The community is never written. Look through it before you give it away.',
    notMasked: 'Nothing is masked: the recording holds names, addresses and serial numbers.',
    unknownDevice:
      'No profile knows this device (sysObjectID {id}); it was read with the standard tables only. They answered: {answered}.',
    nextRecord: 'A profile is written from a recording: allclear record {at} --out device.snmprec',
    ifPort: 'If the end of it is a port, write {host}',
    collectorsIgnored:
      './collectors is not read: there is no allclear.yaml beside it (an empty one will do).',
    probed: '{answers} of {devices} devices answer.',
    wouldCall: 'Nothing was sent. It would be: {method} {path} {body}',
  },
  ru: {
    allGood: 'Ошибок нет.',
    problems: 'Ошибок: {errors}, предупреждений: {warnings}.',
    shadow:
      'Записей: {records}; инцидентов по действующим правилам: {before}, по изменённым: {after}; одинаковых: {same}, пропало (-): {gone}, появилось (+): {appeared}, описано иначе (< >): {changed}.',
    shadowPlayed: 'записей: {records}',
    shadowMore: '.. и ещё строк: {more}; все даёт --json.',
    shadowDetection:
      'Правила обнаружения тоже различаются: судить о них нельзя, в журнале обнаруженное, а не показания.',
    shadowTraps: '    «allclear replay --traps» проиграет записанные уведомления по изменённым правилам.',
    shadowExamples:
      '    «allclear rules test» проиграет примеры при правиле: дайте показания, на которые авария должна и не должна подниматься.',
    shadowAutomations: 'Об автоматизациях судить нельзя: начало журнала удалено, а снимка на этом месте нет.',
    journalReplayed:
      'Записей: {records}, с входа {from}; записано версиями {engines}, проиграно версией {version}. Инцидентов тогда (<): {before}, теперь (>): {after}, одинаковых: {same}.',
    journalDifferences: 'Расхождения по причинам: {reasons}.',
    ruleVersion: 'версия правил {before} -> {after}',
    journalRuleVersion: 'Из-за другой версии правил: {count}.',
    journalOtherRules: 'Судили заданные правила, а не те, что названы в журнале.',
    journalFailed: 'Входов, на которых отказала ступень: {failed}.',
    rolledBack: 'Снова действуют прежние правила, пока не изменятся файлы.',
    revised: 'Просмотрено завершённых инцидентов: {faults}. Прочтите предложенное, прежде чем использовать.',
    learned: 'Предложено связей: {relations} по {alarms} авариям. Прочтите их, прежде чем использовать.',
    examplesPlayed: 'Примеров: {examples}, не выполняются: {failed}; ошибок: {errors}.',
    answered:
      '{name} отвечает: профиль {profile}, интерфейсов {interfaces}, показаний {readings}, объектов {objects}.',
    found: 'Опрошено адресов: {asked}, ответили: {found}, молчат: {silent}.',
    proposed: '{file}: предложено ресурсов {resources}, линий {links}. Прочитайте перед применением.',
    wouldPropose: '{file} не записан: было бы предложено ресурсов {resources}, линий {links}.',
    incidents: 'Инцидентов: {count}, записей: {records}.',
    generating: 'прокладывается сеть, разыгрываются неисправности',
    generated: '{folder}: ресурсов {resources}, линий {links}, неисправностей {faults}, строк {alarms}.',
    refusedFaults: 'Неисправностям не нашлось места в сети такого размера за эти часы ({refused}): {kinds}.',
    wouldGenerate:
      '{folder} не записан: ресурсов {resources}, линий {links}, неисправностей {faults}, строк {alarms}.',
    scored: 'Сверено инцидентов: {incidents}, неисправностей: {faults}, аварий: {alarms}.',
    journalSound: 'Записей {records} в сегментах ({segments}), с {first} по {last}: всё цело.',
    restored:
      '{data}: готово. Эпоха {epoch}; оповещений ждёт человека: {held}. Список: allclear notice list --state held, затем notice approve или refuse ИНЦИДЕНТ.',
    wouldRestore:
      'Ничего не записано. {data} получил бы эпоху {epoch}, а неотправленные оповещения ждали бы человека.',
    journalDamaged: 'Записей {records} в сегментах ({segments}), с {first} по {last}: есть повреждения.',
    diff: 'Добавится {added}, изменится {changed}, удалится {removed}, без изменений {unchanged}.',
    mapped: 'Столбцы приняты за: {columns}.',
    fields: 'Отличается: {fields}; на другом ресурсе: {moved}.',
    manyRemoved: 'Пропало бы абонентов: {removed} из {known}. Без --allow-large ничего не применяется.',
    manyReclassified:
      'Другой класс получили бы абоненты: {reclassified} из {known}. Без --allow-large ничего не применяется.',
    whichColumn: 'В каком столбце «{field}»? {columns}: ',
    applied: 'Применено.',
    notApplied: 'Ничего не изменено; применить: --yes.',
    apply: 'Применить? [y/N] ',
    sent: 'Канал {channel} принял пробное сообщение.',
    deskTitle: 'Проверка allclear: ничего не случилось',
    deskReady: 'desk: готово, ничего не отправлено',
    'desk.made': 'заявка создана',
    'desk.found': 'она найдена по ключу',
    'desk.said': 'к ней оставлен комментарий',
    'desk.closed': 'она закрыта',
    deskYes: 'да',
    deskTwice: 'нет: создана вторая заявка',
    deskRefused: 'отклонено окончательно',
    deskRetry: 'можно повторить',
    healthy: 'Всё проверенное в порядке.',
    unhealthy: 'Не пройдено проверок: {failed}.',
    total: 'Показано {shown} из {total}.',
    profilesTested: 'Профилей {profiles}, проверок {tests}, не прошло {failed}.',
    profilesUnreadable: 'Файлов без исправного профиля, не проверены: {files}.',
    rows: 'строк: {rows}',
    asked: 'найдено: {found}',
    read: 'ответов: {answers}',
    recorded: 'Записано строк: {rows} (профиль {profile}), куда: {file}.',
    brokenOff: 'Прервано.',
    recordBrokenOff: 'Прервано: ничего не записано.',
    scanBrokenOff: 'Прервано: опрошено адресов {asked} из {of}; продолжить: --from {place}.',
    surveyBrokenOff: 'Прервано: связи неизвестны, топология не записана.',
    wouldRecord: 'Ничего не записано: было бы записано строк {rows} (профиль {profile}), куда: {file}.',
    standardOutput: 'стандартный вывод',
    masked:
      'Скрыто: имён и мест {names}, серийных номеров {serials}, адресов {addresses}, произвольных текстов {texts}, индексов {indexes}; строк, где имя осталось, выброшено: {leftOut}. Community не записывается. Просмотрите запись, прежде чем отдавать.',
    notMasked: 'Ничего не скрыто: в записи есть имена, адреса и серийные номера.',
    unknownDevice:
      'Профиля для этого устройства нет (sysObjectID {id}), прочитаны только стандартные таблицы. Ответили: {answered}.',
    nextRecord: 'Профиль пишут по записи: allclear record {at} --out device.snmprec',
    ifPort: 'Если в конце порт, пишите {host}',
    collectorsIgnored: './collectors не читается: рядом нет allclear.yaml (хватит и пустого).',
    probed: 'Отвечают устройств: {answers} из {devices}.',
    wouldCall: 'Ничего не отправлено. Было бы: {method} {path} {body}',
  },
} as const;

type Sentence = keyof (typeof sentences)['en'];
export type Say = (sentence: Sentence, values?: Readonly<Record<string, string | number>>) => string;

/** That of `--lang`, else English. */
export function languageFrom(lang: string | undefined): 'en' | 'ru' {
  if (lang === undefined || lang === 'ru' || lang === 'en') return lang ?? 'en';
  throw new Fault('usage/lang', `--lang is ru or en, not "${lang}"`);
}

/** What speaks the language of `--lang`, else English. */
export function speaker(lang: string | undefined): Say {
  const spoken = sentences[languageFrom(lang)];
  return (sentence, values = {}) =>
    spoken[sentence].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}
