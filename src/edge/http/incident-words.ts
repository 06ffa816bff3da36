/** Title and cause of an incident as a person in the monitoring centre reads them, Russian and English. */
import type { Incident } from '../../model/incident.ts';
import type { IncidentWordsJson, Language } from './contract.ts';

/** What each fault kind is called; a kind that is not listed is shown as it is. */
const kinds: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: {
    drop: 'Subscriber line or terminal down',
    splitter: 'Splitter fault',
    riser: 'Riser cable cut',
    'pon-port': 'PON port fault',
    feeder: 'Feeder fibre cut',
    card: 'Line card fault',
    'node-down': 'Device down',
    'house-power': 'No power in a building',
    'area-power': 'No power in an area',
    'site-power': 'No power at a site',
    amplifier: 'Amplifier or fibre node fault',
    ingress: 'Noise on a fibre node',
    water: 'Water in a cable',
    cable: 'Cable cut',
    link: 'Transport link down',
    duct: 'Cable duct cut',
    service: 'Service platform fault',
    config: 'Services lost after a change',
    flapping: 'Unstable resource',
    collector: 'Collector lost: blind, not down',
    'dns-answers': 'Resolver answers otherwise than the others or than expected (poisoned?)',
    'dns-errors': 'Resolver answers with errors',
    dnssec: 'Resolver does not check DNSSEC as it should',
    'service-wrong': 'Service answers wrongly',
    certificate: 'Certificate invalid or about to expire',
    'zone-stale': 'Secondary server has an old copy of a zone',
    'open-resolver': 'Resolver answers strangers',
    'packet-loss': 'Packets are lost on the way to a service',
    slow: 'Service answers slowly',
    'nxdomain-flood': 'Unusually many names that do not exist are asked',
    amplification: 'Resolver answers with far more than it is asked',
    unexplained: 'Alarms without a known cause',
  },
  ru: {
    drop: 'Не работает линия или терминал абонента',
    splitter: 'Неисправен сплиттер',
    riser: 'Обрыв кабеля в стояке',
    'pon-port': 'Неисправен порт PON',
    feeder: 'Обрыв магистрального волокна',
    card: 'Неисправна плата',
    'node-down': 'Узел не работает',
    'house-power': 'Нет питания в доме',
    'area-power': 'Нет питания в районе',
    'site-power': 'Нет питания на площадке',
    amplifier: 'Неисправен усилитель или оптический узел',
    ingress: 'Шум на оптическом узле',
    water: 'Вода в кабеле',
    cable: 'Обрыв кабеля',
    link: 'Нет транспортной линии',
    duct: 'Обрыв в кабельной канализации',
    service: 'Неисправна сервисная платформа',
    config: 'Услуги пропали после изменения',
    flapping: 'Ресурс нестабилен',
    collector: 'Потерян сборщик: не видим, а не авария',
    'dns-answers': 'Резолвер отвечает не так, как остальные или как ожидалось (отравлен кэш?)',
    'dns-errors': 'Резолвер отвечает ошибками',
    dnssec: 'Резолвер неверно проверяет DNSSEC',
    'service-wrong': 'Сервис отвечает неправильно',
    certificate: 'Сертификат недействителен или скоро истечёт',
    'zone-stale': 'На вторичном сервере старая копия зоны',
    'open-resolver': 'Резолвер отвечает посторонним',
    'packet-loss': 'Теряются пакеты на пути к сервису',
    slow: 'Сервис отвечает медленно',
    'nxdomain-flood': 'Необычно много запросов несуществующих имён',
    amplification: 'Ответы резолвера намного больше запросов',
    unexplained: 'Аварии без известной причины',
  },
};

const phrases = {
  en: {
    none: 'Cause not decided yet.',
    cause: (kind: string, root: string, percent: number) => `${kind}: ${root}, ${percent} % likely.`,
    noRoot: (kind: string, percent: number) => `${kind}, ${percent} % likely; the place is not known.`,
    others: (names: string) => ` Also possible: ${names}.`,
    suppressed: (count: number) => ` ${count} ${count === 1 ? 'symptom' : 'symptoms'} folded into it.`,
  },
  ru: {
    none: 'Причина ещё не установлена.',
    cause: (kind: string, root: string, percent: number) => `${kind}: ${root}, вероятность ${percent} %.`,
    noRoot: (kind: string, percent: number) => `${kind}, вероятность ${percent} %; место не известно.`,
    others: (names: string) => ` Возможно также: ${names}.`,
    suppressed: (count: number) => ` Свёрнуто следствий: ${count}.`,
  },
} as const;

/** The sentences for one language; `root` is a name from outside and stays text wherever it is shown. */
export function incidentWords(incident: Incident, language: Language): IncidentWordsJson {
  const kind = kinds[language][incident.kind] ?? incident.kind;
  const phrase = phrases[language];
  const title = incident.root === undefined ? kind : `${kind}: ${incident.root}`;
  if (incident.decidedAt === undefined) return { title, cause: phrase.none };
  const percent = Math.round(incident.probability * 100);
  const first =
    incident.root === undefined ? phrase.noRoot(kind, percent) : phrase.cause(kind, incident.root, percent);
  const others = incident.candidates
    .slice(1, 3)
    .map((candidate) => `${candidate.root} (${Math.round(candidate.probability * 100)} %)`);
  const also = others.length > 0 ? phrase.others(others.join(', ')) : '';
  const folded = incident.suppressed > 0 ? phrase.suppressed(incident.suppressed) : '';
  return { title, cause: `${first}${also}${folded}` };
}
