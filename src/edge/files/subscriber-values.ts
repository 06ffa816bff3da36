/** The values of one line of a list of subscribers, checked one by one: what is wrong is told at its place. */
import { instant } from '../../base/instant.ts';
import { type SubscriberClass, subscriberClasses } from '../../model/incident.ts';
import { ownQuietHours } from '../../model/quiet-hours.ts';
import type { FurtherPoint, ServiceBinding, SubscriberRow } from '../../model/subscriber.ts';
import type { SubscriberField } from './subscriber-fields.ts';
import { telephoneNumber } from './telephone-number.ts';

/** Text of one value and where it stands. */
export interface Written {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

export interface WrongValue {
  readonly at: Written;
  readonly message: string;
  readonly hint: string;
}

/** Of a line, by field; empty ones are absent. */
export type Values = ReadonlyMap<SubscriberField, Written>;

/** The row, or what is wrong with it. */
export function rowOf(
  values: Values,
  more: {
    readonly attributes: Readonly<Record<string, string>>;
    readonly line: number;
    readonly country: string | undefined;
  },
): SubscriberRow | readonly WrongValue[] {
  const { country } = more;
  const wrong: WrongValue[] = [];
  const read = <T>(field: SubscriberField, judge: Judge<T>): T | undefined => {
    const at = values.get(field);
    if (at === undefined) return undefined;
    const value = judge.value(at.text, country);
    if (value === undefined)
      wrong.push({
        at,
        message: `"${shortened(at.text)}" is no ${judge.name ?? field}`,
        hint: judge.hint(country),
      });
    return value;
  };
  const phones = read('phone', phoneNumbers);
  const emails = read('email', emailAddresses);
  const row: SubscriberRow = {
    id: read('id', shortText) ?? '',
    resource: read('resource', shortText) ?? '',
    name: values.get('name')?.text,
    class: read('class', classes) ?? 'residential',
    language: read('language', languages),
    phone: phones?.[0],
    email: emails?.[0],
    timezone: read('timezone', zones),
    address: values.get('address')?.text,
    consent: read('consent', channelNames) ?? [],
    services: read('services', services),
    quietHours: read('quietHours', quietHours),
    further: further(phones, emails),
    attributes: more.attributes,
    line: more.line,
  };
  if (wrong.length === 0) return row;
  return wrong.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
}

/** Absent where the line has no number and no address at all. */
function further(
  phones: readonly string[] | undefined,
  emails: readonly string[] | undefined,
): readonly FurtherPoint[] | undefined {
  const points = [
    ...(phones ?? []).slice(1).map((address) => ({ kind: 'phone', address }) as const),
    ...(emails ?? []).slice(1).map((address) => ({ kind: 'email', address }) as const),
  ];
  return phones === undefined && emails === undefined ? undefined : points;
}

interface Judge<T> {
  readonly name?: string;
  /** undefined: it is none. */
  readonly value: (text: string, country: string | undefined) => T | undefined;
  readonly hint: (country: string | undefined) => string;
}

const shortText: Judge<string> = {
  value: (text) => (text.length <= 200 ? text : undefined),
  hint: () => 'it has at most 200 characters',
};

const classWords: Readonly<Record<SubscriberClass, string>> = {
  residential: 'private home b2c individual физлицо физическоелицо частный домашний население',
  business: 'corporate company enterprise b2b legal юрлицо юридическоелицо организация бизнес корпоративный',
  priority: 'приоритет приоритетный',
  vip: 'вип',
  staff: 'employee internal сотрудник персонал внутренний',
};
const classByWord = new Map(
  subscriberClasses.flatMap((of) => [of, ...classWords[of].split(' ')].map((word) => [word, of] as const)),
);

const classes: Judge<SubscriberClass> = {
  value: (text) => classByWord.get(text.toLowerCase().replace(/[\s.-]/g, '')),
  hint: () => `use one of ${subscriberClasses.join(', ')}`,
};

const languages: Judge<'ru' | 'en'> = {
  value(text) {
    const word = text.toLowerCase();
    if (/^(ru|rus|russian|русский|рус)([-_][a-z]{2})?$/.test(word)) return 'ru';
    return /^(en|eng|english|английский|англ)([-_][a-z]{2})?$/.test(word) ? 'en' : undefined;
  },
  hint: () => 'use ru or en',
};

const listOf = (text: string): string[] =>
  text
    .split(/[,;|\n]|\s\/\s/)
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** All of them, or none. */
function each<T>(parts: readonly string[], read: (part: string) => T | undefined): T[] | undefined {
  const values = parts.map(read);
  return values.some((value) => value === undefined) ? undefined : (values as T[]);
}

const phoneNumbers: Judge<readonly string[]> = {
  name: 'phone',
  value: (text, country) => each(listOf(text), (part) => telephoneNumber(part, country)),
  hint: (country) =>
    country === undefined
      ? 'write it as E.164, + and 7 to 15 digits, or name the country it is written for: --country ru'
      : 'write it as E.164: + and 7 to 15 digits',
};

const plainEmail = /^[^\s@<>,;:"()]+@[^\s@<>,;:"()]+\.[^\s@<>,;:"()]+$/;

const emailAddresses: Judge<readonly string[]> = {
  name: 'email',
  value: (text) =>
    each(listOf(text), (part) => (part.length <= 254 && plainEmail.test(part) ? part : undefined)),
  hint: () => 'write it as name@example.org',
};

const channelNames: Judge<readonly string[]> = {
  value: (text) => (/^[\w.-]+(\s+[\w.-]+)*$/.test(text) ? text.split(/\s+/) : undefined),
  hint: () => 'names of channels with spaces between',
};

const zones: Judge<string> = {
  value: (text) => (isZone(text) ? text : undefined),
  hint: () => 'write a zone such as Europe/Moscow',
};

const knownZones = new Map<string, boolean>();

function isZone(zone: string): boolean {
  let isRight = knownZones.get(zone);
  if (isRight === undefined) {
    try {
      new Intl.DateTimeFormat('en', { timeZone: zone });
      isRight = true;
    } catch {
      isRight = false;
    }
    // Wrong names of a hostile file are not kept for ever.
    if (knownZones.size < 1_000) knownZones.set(zone, isRight);
  }
  return isRight;
}

const quietHours: Judge<string> = {
  name: 'span of hours',
  value: ownQuietHours,
  hint: () => 'write 22:00-08:00 in quarters of an hour, or off',
};

const serviceForm =
  /^([a-z][a-z\d_-]{0,31})(?:@([^\s()]{1,200}))?(?:\((\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?\))?$/;

const services: Judge<readonly ServiceBinding[]> = {
  name: 'list of services',
  value: (text) =>
    each(
      text.split(/[\s,;|]+/).filter((part) => part !== ''),
      serviceIn,
    ),
  hint: () =>
    'names with spaces between, each with its resource and days where it has them: internet tv@ont-7 vpn@vpn-1(2026-01-01..)',
};

function serviceIn(text: string): ServiceBinding | undefined {
  const [whole, service, resource, from, to] = serviceForm.exec(text) ?? [];
  if (whole === undefined || service === undefined) return undefined;
  const [since, until] = [from, to].map((day) => (day === undefined ? undefined : Date.parse(day)));
  if (Number.isNaN(since) || Number.isNaN(until)) return undefined;
  if (since !== undefined && until !== undefined && until <= since) return undefined;
  return {
    ...{ service, resource },
    from: since === undefined ? undefined : instant(since),
    to: until === undefined ? undefined : instant(until),
  };
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 37)}...` : text);
