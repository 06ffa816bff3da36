/** The language and theme a person chose, and numbers, times and lengths as that language writes them. */
import { batch, computed, effect, signal } from '@preact/signals';
import type { Language } from '../../src/edge/http/contract.ts';
import type { Words } from './en.ts';
import type { PluralForms } from './plural-forms.ts';

type Theme = 'dark' | 'light';

/** Storage may be forbidden by the browser; then a choice lasts as long as the page. */
function remembered<T extends string>(key: string, allowed: readonly T[], otherwise: T): T {
  try {
    return allowed.find((value) => value === localStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Nothing to do: see `remembered`.
  }
}

const preferredLanguage: Language = navigator.language.toLowerCase().startsWith('ru') ? 'ru' : 'en';
const preferredTheme: Theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';

export const language = signal<Language>(remembered('language', ['ru', 'en'], preferredLanguage));
export const theme = signal<Theme>(remembered('theme', ['dark', 'light'], preferredTheme));
/** Dates and clock times of a monitoring centre: 24 hours, day before month, in English too. */
const locale = computed(() => (language.value === 'ru' ? 'ru' : 'en-GB'));
const spoken = signal<Words | undefined>(undefined);
/** There from the moment of `speak`. */
export const words = computed<Words>(() => spoken.value!);

/** Only the words of the language that is spoken come over the wire. */
const bring: Readonly<Record<Language, () => Promise<Words>>> = {
  en: () => import('./en.ts').then(({ en }) => en),
  ru: () => import('./ru.ts').then(({ ru }) => ru),
};

/** Before anything is drawn, and with each change of language. */
export async function speak(chosen: Language): Promise<void> {
  const brought = await bring[chosen]();
  batch(() => {
    language.value = chosen;
    spoken.value = brought;
  });
}

effect(() => {
  document.documentElement.lang = language.value;
});
effect(() => {
  document.documentElement.dataset['theme'] = theme.value;
});

export async function switchLanguage(): Promise<void> {
  await speak(language.value === 'ru' ? 'en' : 'ru');
  remember('language', language.value);
}

export function switchTheme(): void {
  theme.value = theme.value === 'dark' ? 'light' : 'dark';
  remember('theme', theme.value);
}

/** `currency` as ISO 4217; null: fees of a day. */
export const money = (amount: number, currency: string | null): string =>
  currency === null
    ? plural(amount, words.value.incident.dayFees)
    : new Intl.NumberFormat(language.value, { style: 'currency', currency }).format(amount);
export const number = (value: number): string => new Intl.NumberFormat(language.value).format(value);

export function plural(count: number, forms: PluralForms): string {
  const category = new Intl.PluralRules(language.value).select(count);
  const form = category === 'one' || category === 'few' || category === 'many' ? forms[category] : undefined;
  return (form ?? forms.other).replace('#', number(count));
}

/** Names put into a sentence at `{name}`, as they are. */
export const filled = (text: string, names: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => names[name] ?? whole);

/** A share in whole percent; what is there is never told as nothing. */
export const percent = (share: number): string =>
  share > 0 && share < 0.005 ? '<\u00a01\u00a0%' : `${number(Math.round(share * 100))}\u00a0%`;

/** Clock time, with the day where it is not today. */
export function time(iso: string, now = Date.now()): string {
  const at = new Date(iso);
  const clock = new Intl.DateTimeFormat(locale.value, { hour: '2-digit', minute: '2-digit' }).format(at);
  if (at.toDateString() === new Date(now).toDateString()) return clock;
  const day = new Intl.DateTimeFormat(locale.value, { day: 'numeric', month: 'short' }).format(at);
  return `${day} ${clock}`;
}

/** Clock time to the second, with the day where it is not today. */
export function timeWithSeconds(iso: string, now = Date.now()): string {
  const at = new Date(iso);
  const isToday = at.toDateString() === new Date(now).toDateString();
  const day = isToday ? {} : ({ dateStyle: 'medium' } as const);
  return new Intl.DateTimeFormat(locale.value, { ...day, timeStyle: 'medium' }).format(at);
}

const units: Readonly<Record<Language, readonly [string, string, string, string]>> = {
  en: ['d', 'h', 'min', 's'],
  ru: ['д', 'ч', 'мин', 'с'],
};

/** A length in its two largest units, e.g. `1 h 05 min`. */
export function length(ms: number): string {
  const [day, hour, minute, second] = units[language.value];
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} ${second}`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} ${minute}`;
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60 === 0 ? '' : ` ${String(minutes % 60).padStart(2, '0')} ${minute}`;
  if (hours < 48) return `${hours} ${hour}${rest}`;
  return `${Math.floor(hours / 24)} ${day} ${hours % 24} ${hour}`;
}

/** A word of a table, or the key itself where the daemon says something newer than this page. */
export const wordOf = (table: Readonly<Record<string, string>>, key: string): string =>
  Object.hasOwn(table, key) ? table[key]! : key;
