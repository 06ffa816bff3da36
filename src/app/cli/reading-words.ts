/** Heads of the tables of a reading, and why a value is missing, in both languages. */
import type { MetricReading } from '../../model/reading.ts';
import type { Language } from './session-problem.ts';

export interface ReportHeads {
  readonly device: string;
  readonly upTime: string;
  readonly interfaces: readonly string[];
  readonly interfaceCount: string;
  readonly bareDown: string;
  readonly readings: readonly string[];
  /** Of those that need a look, where the others are counted. */
  readonly bad: readonly string[];
  readonly kinds: readonly string[];
  readonly links: readonly string[];
  readonly objects: readonly string[];
  readonly more: string;
  readonly whole: string;
  readonly adminDown: string;
}

export const reportHeads: Readonly<Record<Language, ReportHeads>> = {
  en: {
    device: 'device',
    upTime: 'up for',
    interfaces: ['', 'ifIndex', 'interface', 'state', 'speed', 'alias'],
    interfaceCount: 'interfaces',
    bareDown: 'down without a description',
    readings: ['', 'object', 'reading', 'value', 'what is wrong'],
    bad: ['', 'needs a look', 'reading', 'value', 'what is wrong'],
    kinds: ['', 'kind', 'objects', 'readings', 'need a look', 'without a value'],
    links: ['local port', 'neighbour', 'its port'],
    objects: ['', 'object', 'state', 'name'],
    more: 'and {count} more: --json has all',
    whole: '--all prints every line, --json is for programs.',
    adminDown: 'switched off',
  },
  ru: {
    device: 'устройство',
    upTime: 'работает',
    interfaces: ['', 'ifIndex', 'интерфейс', 'состояние', 'скорость', 'описание'],
    interfaceCount: 'интерфейсы',
    bareDown: 'не работают, без описания',
    readings: ['', 'объект', 'показание', 'значение', 'что не так'],
    bad: ['', 'требует внимания', 'показание', 'значение', 'что не так'],
    kinds: ['', 'вид', 'объектов', 'показаний', 'требуют внимания', 'без значения'],
    links: ['порт', 'сосед', 'его порт'],
    objects: ['', 'объект', 'состояние', 'имя'],
    more: 'и ещё {count}: всё есть в --json',
    whole: '--all печатает всё построчно, --json для программ.',
    adminDown: 'выключен',
  },
};

export const absences: Readonly<
  Record<Language, Readonly<Record<NonNullable<MetricReading['absent']>, string>>>
> = {
  en: {
    'no-light': 'no light',
    sentinel: 'not measured',
    offline: 'offline',
    'no-such': 'not there',
    'out-of-range': 'implausible',
    timeout: 'no answer',
  },
  ru: {
    'no-light': 'нет света',
    sentinel: 'не измеряется',
    offline: 'не на связи',
    'no-such': 'отсутствует',
    'out-of-range': 'неправдоподобно',
    timeout: 'нет ответа',
  },
};
