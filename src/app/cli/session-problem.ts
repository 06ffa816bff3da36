/** Why a device gave no answer or half of one, in a sentence, with what to correct where the device tells it. */
import { neverHappens } from '../../base/fault.ts';
import type { SecurityRefusal, SessionProblem } from '../../collect/session.ts';
import { exitCodes } from '../processes/messages.ts';

type Both = { readonly en: string; readonly ru: string };
export type Language = keyof Both;

const details: Readonly<Record<SecurityRefusal, Both>> = {
  unknownUser: { en: 'it does not know the user', ru: 'такого пользователя у него нет' },
  authKey: {
    en: 'the authentication key or protocol is wrong',
    ru: 'неверен ключ или протокол аутентификации',
  },
  privKey: {
    en: 'authentication passed, the privacy key or protocol is wrong',
    ru: 'аутентификация прошла, неверен ключ или протокол шифрования',
  },
  securityLevel: {
    en: 'it does not allow the user this security level',
    ru: 'этот уровень защиты пользователю не разрешён',
  },
  timeWindow: { en: 'its clock of messages does not settle', ru: 'часы его сообщений не сходятся' },
  engineId: { en: 'it speaks under another engine id', ru: 'у него другой идентификатор движка' },
  context: { en: 'it does not have the context', ru: 'такого контекста у него нет' },
};
const refusals: Readonly<Record<'unreachable' | 'authentication' | 'noAccess', Both>> = {
  unreachable: {
    en: 'the address cannot be reached, or the name does not resolve',
    ru: 'адрес недоступен или имя не находится',
  },
  authentication: { en: 'it refuses the user or its keys', ru: 'пользователь или его ключи отвергнуты' },
  noAccess: {
    en: 'it refuses access: this community or user may not read here, or not at this security level',
    ru: 'доступ запрещён: этим community или пользователем читать здесь нельзя, или нужен другой уровень защиты',
  },
};
const badAnswers: Readonly<Record<'malformed' | 'oidNotIncreasing' | 'tooBig' | 'errorStatus', Both>> = {
  malformed: { en: 'its answer is malformed', ru: 'ответ искажён' },
  oidNotIncreasing: { en: 'its answers go round in a circle', ru: 'ответы ходят по кругу' },
  tooBig: { en: 'it calls every answer too big', ru: 'любой ответ называет слишком большим' },
  errorStatus: { en: 'it answers with an error', ru: 'отвечает ошибкой' },
};

const overruns: Readonly<Record<'requests' | 'rows' | 'time', Both>> = {
  rows: { en: 'it has more rows than one reading takes', ru: 'строк больше, чем берётся за один раз' },
  requests: {
    en: 'it takes more requests than one reading may cost',
    ru: 'нужно больше запросов, чем можно за один раз',
  },
  time: { en: 'it takes longer than one reading may last', ru: 'читается дольше, чем можно за один раз' },
};
const grows: Both = {
  en: 'the daemon takes up to eight times as much, from reading to reading',
  ru: 'служба от раза к разу берёт больше, до восьми раз',
};
const lasts: Both = {
  en: 'a longer "snmp: { interval }" gives it time',
  ru: 'время ей даст больший "snmp: { interval }"',
};
const leaves: Both = {
  en: 'a profile of your own that extends this one leaves the table out with "tables: { NAME: null }"',
  ru: 'свой профиль, который расширяет этот, обходится без таблицы с "tables: { ИМЯ: null }"',
};

/** Why a table did not arrive whole, with what can be done about one that is too long. */
export function tableProblemText(problem: SessionProblem, language: Language): string {
  const text = problemText(problem, language);
  if (problem.kind !== 'overBudget') return text;
  const first = problem.budget === 'time' ? lasts : grows;
  return `${text}; ${first[language]}; ${leaves[language]}`;
}

export function problemText(problem: SessionProblem, language: Language): string {
  switch (problem.kind) {
    case 'timeout':
      return language === 'ru'
        ? 'нет ответа (неверны адрес, community или пользователь, или SNMP выключен)'
        : 'no answer (wrong address, community or user, or SNMP is off)';
    case 'refused': {
      const text = refusals[problem.reason][language];
      return problem.detail === undefined ? text : `${text}: ${details[problem.detail][language]}`;
    }
    case 'badAnswer':
      return badAnswers[problem.reason][language];
    case 'overBudget':
      return overruns[problem.budget][language];
    default:
      return neverHappens(problem);
  }
}

/** 3 where nobody answers, 4 where it answers that we may not. */
export function exitCodeOf(problem: SessionProblem): number {
  if (problem.kind === 'timeout') return exitCodes.unreachable;
  if (problem.kind !== 'refused') return exitCodes.problem;
  return problem.reason === 'unreachable' ? exitCodes.unreachable : exitCodes.denied;
}
