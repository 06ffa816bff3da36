/** Texts of notices from `rules/texts/*.yaml`: checked when they are read, filled in with values that stay plain text. */
import { IntlMessageFormat } from 'intl-messageformat';
import { didYouMean, type Parsed, type Problem } from '../../base/problem.ts';
import type { SourceDocument } from '../../base/source-document.ts';
import { type NoticeFacts, type NoticeType, noticeTypes } from '../../model/notice.ts';
import { segmentsOf } from '../../model/sms-segments.ts';
import { documentCheck, parseYaml } from './yaml-document.ts';

type Language = 'ru' | 'en';

export interface NoticeWish {
  readonly type: NoticeType;
  readonly language: Language;
  readonly medium: 'sms' | 'mail';
  readonly facts: NoticeFacts;
  /** ms since 1970: times of another day are shown with their date. */
  readonly now: number;
  /** IANA name; an unknown one is taken as UTC. */
  readonly zone: string;
  readonly link: string;
  readonly address?: string | undefined;
  /** Whom it speaks of, where they are several. */
  readonly concerns?: readonly string[] | undefined;
  /** What the answers by digits begin with: n of n1 n2 n3, 0 for 1 2 3; 'none' or undefined where digits answer nothing. */
  readonly question?: number | 'none' | undefined;
}

interface RenderedNotice {
  readonly subject: string;
  readonly text: string;
}

/** A language that was not read answers in the other one. */
export type NoticeWriter = (wish: NoticeWish) => RenderedNotice;

export interface NoticeTexts extends NoticeWriter {
  /** What each SMS takes at its longest. */
  readonly longest: readonly SmsLength[];
}

interface SmsLength {
  readonly language: Language;
  readonly type: NoticeType;
  readonly parts: number;
  readonly characters: number;
}

interface RawTexts {
  readonly language: Language;
  readonly operator: string;
  readonly causes: Readonly<Record<string, string>>;
  readonly several?: string | undefined;
  readonly notices: Readonly<
    Partial<Record<NoticeType, { readonly sms: string; readonly subject: string; readonly body: string }>>
  >;
}

const text = { type: 'string', minLength: 1, maxLength: 4_000 };
const check = documentCheck({
  type: 'object',
  properties: {
    format: { const: 'notice-texts/1' },
    language: { enum: ['ru', 'en'] },
    operator: { type: 'string', minLength: 1, maxLength: 60 },
    several: text,
    causes: { type: 'object', additionalProperties: text, properties: { '*': text }, required: ['*'] },
    notices: {
      type: 'object',
      properties: Object.fromEntries(
        noticeTypes.map((type) => [
          type,
          {
            type: 'object',
            properties: { sms: text, subject: text, body: text },
            required: ['sms', 'subject', 'body'],
            additionalProperties: false,
          },
        ]),
      ),
      required: noticeTypes.filter((type) => type !== 'announcement' && type !== 'overnight'),
      additionalProperties: false,
    },
  },
  required: ['format', 'language', 'operator', 'causes', 'notices'],
  additionalProperties: false,
});

const names = [
  ...['operator', 'cause', 'address', 'since', 'restored', 'etr', 'etrFrom', 'previousEtr', 'link', 'words'],
  ...['hasEtr', 'hasAddress', 'hasRestored', 'remote'],
  ...['fixed', 'notFixed', 'callMe', 'canReply', 'isOneOfSeveral'],
];
const mostParts = 2;
/** In a short message so many are named, in a mail all. */
const namedInShort = 3;
const namedInMail = 500;
const bareSeveral = '{names}{more, plural, =0 {} other { + #}}.';
/** Of files that do not say how a person's own words are sent. */
const bare = { sms: '{operator}: {words} {link}', subject: '{operator}', body: '{words}\n\n{link}' };

type Field = 'sms' | 'subject' | 'body';
interface LanguageTexts {
  readonly operator: string;
  readonly causes: Readonly<Record<string, string>>;
  readonly several: IntlMessageFormat;
  readonly messages: ReadonlyMap<`${NoticeType}.${Field}`, IntlMessageFormat>;
}

/** Every problem of every file at its place; a file with an error is left out as a whole. */
export function parseNoticeTexts(
  files: readonly { readonly file: string; readonly text: string }[],
): Parsed<NoticeTexts | undefined> {
  const problems: Problem[] = [];
  const languages = new Map<Language, LanguageTexts>();
  for (const { file, text: written } of files) {
    const parsed = parseYaml(file, written);
    const found = [...parsed.problems, ...(parsed.problems.length > 0 ? [] : check(parsed.value))];
    problems.push(...found);
    if (found.length > 0) continue;
    const raw = parsed.value.value as RawTexts;
    const compiled = compileTexts(parsed.value, raw, problems);
    if (compiled !== undefined) languages.set(raw.language, compiled);
  }
  const first = languages.values().next().value;
  if (first === undefined) return { value: undefined, problems };
  const longest = [...languages].flatMap(([language, texts]) => lengthsOf(language, texts));
  const value = (wish: NoticeWish): RenderedNotice => render(languages.get(wish.language) ?? first, wish);
  return { value: Object.assign(value, { longest }), problems };
}

function compileTexts(
  document: SourceDocument,
  raw: RawTexts,
  problems: Problem[],
): LanguageTexts | undefined {
  const messages = new Map<`${NoticeType}.${Field}`, IntlMessageFormat>();
  let isSound = true;
  for (const type of noticeTypes) {
    for (const field of ['sms', 'subject', 'body'] as const) {
      const path = ['notices', type, field];
      const wrong = (found: { message: string; hint?: string | undefined }): void => {
        isSound = false;
        problems.push(document.problemAt(path, { code: 'texts/not-valid', ...found }));
      };
      try {
        // Tags are text here: nothing in a notice is markup.
        const { [field]: text } = raw.notices[type] ?? (type === 'overnight' ? raw.notices.restored! : bare);
        const message = new IntlMessageFormat(text, raw.language, undefined, { ignoreTag: true });
        const unknown = [...namesIn(message.getAst())].find((name) => !names.includes(name));
        if (unknown !== undefined) {
          const near = didYouMean(unknown, names);
          wrong({
            message: `there is no {${unknown}}`,
            hint: near === undefined ? `known: ${names.join(', ')}` : `did you mean {${near}}?`,
          });
        } else messages.set(`${type}.${field}`, message);
      } catch (error) {
        wrong({
          message: `the text cannot be read: ${error instanceof Error ? error.message.split('\n')[0] : 'unknown form'}`,
        });
      }
    }
  }
  const several = compileSeveral(document, raw, problems);
  if (!isSound || several === undefined) return undefined;
  const texts = { operator: raw.operator, causes: raw.causes, several, messages };
  problems.push(...longTexts(document, lengthsOf(raw.language, texts)));
  return texts;
}

function compileSeveral(
  document: SourceDocument,
  { several = bareSeveral, language }: RawTexts,
  problems: Problem[],
): IntlMessageFormat | undefined {
  const wrong = (message: string, hint?: string): undefined => {
    problems.push(document.problemAt(['several'], { code: 'texts/not-valid', message, hint }));
  };
  try {
    const message = new IntlMessageFormat(several, language, undefined, { ignoreTag: true });
    const unknown = [...namesIn(message.getAst())].find((name) => name !== 'names' && name !== 'more');
    return unknown === undefined ? message : wrong(`there is no {${unknown}}`, 'known: names, more');
  } catch (error) {
    return wrong(
      `the text cannot be read: ${error instanceof Error ? error.message.split('\n')[0] : 'unknown form'}`,
    );
  }
}

/** Names of all arguments, those within branches too. */
function namesIn(elements: readonly object[], found: Set<string> = new Set()): Set<string> {
  for (const element of elements as readonly {
    type: number;
    value: unknown;
    options?: Record<string, { value: readonly object[] }>;
  }[]) {
    // 0 is literal text and 7 the `#` of a plural (TYPE of @formatjs/icu-messageformat-parser).
    if (element.type !== 0 && element.type !== 7) found.add(String(element.value));
    for (const option of Object.values(element.options ?? {})) namesIn(option.value, found);
  }
  return found;
}

/** With the longest cause, times of another day, and a link as long as most. */
function lengthsOf(language: Language, texts: LanguageTexts): SmsLength[] {
  const at = Date.UTC(2026, 0, 1, 15) as NoticeFacts['startedAt'];
  const etr = { from: at, to: at, source: 'table', revision: 1 } as const;
  const { causes } = texts;
  const kind = Object.keys(causes).reduce((a, b) => (causes[a]!.length > causes[b]!.length ? a : b));
  return noticeTypes.map((type) => {
    const wish: NoticeWish = {
      ...{ type, language, medium: 'sms', zone: 'UTC', question: 0 },
      now: at + 86_400_000,
      link: 'https://status.example/s/AAAAAAAAAAA',
      facts: { kind, startedAt: at, restoredAt: at, etr, previousEtr: etr },
    };
    const { parts, characters } = segmentsOf(render(texts, wish).text);
    return { language, type, parts: parts.length, characters };
  });
}

function longTexts(document: SourceDocument, lengths: readonly SmsLength[]): Problem[] {
  return lengths.flatMap(({ type, parts }) => {
    if (parts <= mostParts) return [];
    const message = `this SMS takes ${parts} parts`;
    return [
      document.problemAt(['notices', type, 'sms'], {
        code: 'texts/long',
        severity: 'warning',
        message,
        hint: 'shorten it: each part is paid for',
        inRussian: {
          message: `эта SMS займёт частей: ${parts}`,
          hint: 'сократите её: платится каждая часть',
        },
      }),
    ];
  });
}

function render(texts: LanguageTexts, wish: NoticeWish): RenderedNotice {
  const values = valuesOf(texts, wish);
  const fill = (field: Field): string =>
    String(texts.messages.get(`${wish.type}.${field}`)?.format(values) ?? '');
  return {
    subject: plain(fill('subject')),
    text:
      wish.medium === 'sms'
        ? plain(`${fill('sms')} ${concerned(texts, wish)}`)
        : `${fill('body').trimEnd()}\n${concerned(texts, wish)}`.trimEnd(),
  };
}

/** Whom the message speaks of, where they are several. */
function concerned(texts: LanguageTexts, { concerns = [], medium }: NoticeWish): string {
  if (concerns.length === 0) return '';
  const named = concerns.slice(0, medium === 'sms' ? namedInShort : namedInMail).map(plain);
  return String(texts.several.format({ names: named.join('; '), more: concerns.length - named.length }));
}

function valuesOf(texts: LanguageTexts, wish: NoticeWish): Record<string, string> {
  const { facts } = wish;
  const yes = (value: unknown): string => (value === undefined || value === '' ? 'no' : 'yes');
  const time = (at: number | undefined): string => (at === undefined ? '' : clockTime(at, wish));
  const { question = 'none' } = wish;
  const digits = (answer: number): string => (question === 'none' ? '' : String(question * 10 + answer));
  return {
    operator: texts.operator,
    cause: texts.causes[facts.kind] ?? texts.causes['*'] ?? '',
    link: wish.link,
    words: facts.words?.[wish.language] ?? '',
    address: plain(wish.address ?? ''),
    since: time(facts.startedAt),
    restored: time(facts.restoredAt),
    etr: time(facts.etr?.to),
    etrFrom: time(facts.etr?.from),
    previousEtr: time(facts.previousEtr?.to),
    hasEtr: yes(facts.etr),
    hasAddress: yes(wish.address),
    hasRestored: yes(facts.restoredAt),
    fixed: digits(1),
    notFixed: digits(2),
    callMe: digits(3),
    canReply: question === 'none' ? 'no' : 'yes',
    isOneOfSeveral: question !== 'none' && question > 0 && wish.address !== undefined ? 'yes' : 'no',
    remote: facts.remote === undefined ? 'unknown' : facts.remote ? 'yes' : 'no',
  };
}

/** One line without control characters: values come from outside. */
const plain = (value: string): string =>
  value.replace(/[\u0000-\u001f\u007f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ').trim();

/** The country's zones, twice over; more would be made-up ones. */
const zonesKept = 1_000;
/** Instants a clock has shown in this minute; a mass notice names the same few 100,000 times. */
const shownKept = 1_000;
const clocks = new Map<string, Clock>();

interface Clock {
  readonly time: Intl.DateTimeFormat;
  readonly day: Intl.DateTimeFormat;
  /** Of `now`: what is shown changes at the earliest with the next one. */
  minute: number;
  readonly shown: Map<number, string>;
}

/** `19:30`, or `25.11 02:00` on another day. */
function clockTime(
  at: number,
  { zone, now, language }: Pick<NoticeWish, 'zone' | 'now' | 'language'>,
): string {
  const clock = clockOf(zone, language);
  const minute = Math.floor(now / 60_000);
  if (clock.minute !== minute || clock.shown.size >= shownKept) clock.shown.clear();
  clock.minute = minute;
  let shown = clock.shown.get(at);
  if (shown === undefined) {
    const [time, day] = [clock.time.format(at), clock.day.format(at)];
    shown = day === clock.day.format(now) ? time : `${day} ${time}`;
    clock.shown.set(at, shown);
  }
  return shown;
}

function clockOf(zone: string, language: Language): Clock {
  const key = `${language} ${zone}`;
  let found = clocks.get(key);
  if (found === undefined) {
    const locale = language === 'ru' ? 'ru-RU' : 'en-GB';
    const make = (timeZone: string): Clock => ({
      time: new Intl.DateTimeFormat(locale, {
        timeZone,
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      }),
      day: new Intl.DateTimeFormat(locale, {
        timeZone,
        day: '2-digit',
        month: language === 'ru' ? '2-digit' : 'short',
      }),
      minute: 0,
      shown: new Map(),
    });
    try {
      found = make(zone);
    } catch {
      found = make('UTC');
    }
    if (clocks.size >= zonesKept) clocks.clear();
    clocks.set(key, found);
  }
  return found;
}
