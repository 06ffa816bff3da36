/** Texts of notices from `rules/texts/*.yaml`: checked when they are read, filled in with values that stay plain text. */
import { IntlMessageFormat } from 'intl-messageformat';
import type { Parsed, Problem } from '../../base/problem.ts';
import type { SourceDocument } from '../../base/source-document.ts';
import { type NoticeFacts, type NoticeType, noticeTypes } from '../../model/notice.ts';
import { segmentsOf } from '../../model/sms-segments.ts';
import {
  compileDigest,
  type DigestTexts,
  digestFields,
  digestMail,
  digestSms,
  type RawDigest,
  stateOf,
} from './digest-texts.ts';
import { compileMessage } from './message-format.ts';
import { clockTime } from './notice-clock.ts';
import { documentCheck, parseYaml } from './yaml-document.ts';

type Language = 'ru' | 'en';

export interface NoticeWish {
  readonly type: NoticeType;
  readonly language: Language;
  readonly medium: 'sms' | 'mail';
  readonly facts: NoticeFacts;
  /** Of a message of several: what each of them is and speaks of, the first ones first. */
  readonly digest?: readonly { readonly type: NoticeType; readonly facts: NoticeFacts }[] | undefined;
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
  readonly dayFees?: string | undefined;
  readonly digest?: RawDigest | undefined;
  readonly notices: Readonly<
    Partial<Record<NoticeType, { readonly sms: string; readonly subject: string; readonly body: string }>>
  >;
}

/** Of files that do not say how a person's own words are sent. */
const bare = { sms: '{operator}: {words} {link}', subject: '{operator}', body: '{words}\n\n{link}' };
const bareDayFees = '{days}';
/** Kinds of notices that a file need not have, since files were written before there were any. */
const otherwise: Readonly<Partial<Record<NoticeType, typeof bare | NoticeType>>> = {
  overnight: 'restored',
  announcement: bare,
  apology: { sms: '{operator}: {credit} {link}', subject: '{operator}', body: '{credit}\n\n{link}' },
};

const text = { type: 'string', minLength: 1, maxLength: 4_000 };
const check = documentCheck({
  type: 'object',
  properties: {
    format: { const: 'notice-texts/1' },
    language: { enum: ['ru', 'en'] },
    operator: { type: 'string', minLength: 1, maxLength: 60 },
    several: text,
    dayFees: text,
    digest: {
      type: 'object',
      properties: Object.fromEntries(digestFields.map((field) => [field, text])),
      required: ['sms', 'subject', 'body'],
      additionalProperties: false,
    },
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
      required: noticeTypes.filter((type) => !(type in otherwise)),
      additionalProperties: false,
    },
  },
  required: ['format', 'language', 'operator', 'causes', 'notices'],
  additionalProperties: false,
});

const names = [
  ...['operator', 'cause', 'address', 'since', 'restored', 'etr', 'etrFrom', 'previousEtr', 'link', 'words'],
  'credit',
  ...['hasEtr', 'hasAddress', 'hasRestored', 'remote'],
  ...['fixed', 'notFixed', 'callMe', 'canReply', 'isOneOfSeveral'],
];
const mostParts = 2;
/** In a short message so many are named, in a mail all. */
const namedInShort = 3;
const namedInMail = 500;
const bareSeveral = '{names}{more, plural, =0 {} other { + #}}.';
type Field = 'sms' | 'subject' | 'body';
interface LanguageTexts {
  readonly operator: string;
  readonly causes: Readonly<Record<string, string>>;
  readonly several: IntlMessageFormat;
  /** A credit that is a share of the fee. */
  readonly dayFees: IntlMessageFormat;
  readonly digest: DigestTexts;
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
      const instead = otherwise[type] ?? bare;
      const { [field]: text } =
        raw.notices[type] ?? (typeof instead === 'string' ? raw.notices[instead]! : instead);
      const message = compileMessage(text, { language: raw.language, known: names });
      if (message instanceof IntlMessageFormat) messages.set(`${type}.${field}`, message);
      else wrong(message);
    }
  }
  const { language } = raw;
  const ofSeveral = { key: 'several', text: raw.several ?? bareSeveral, known: ['names', 'more'], language };
  const several = compilePart(document, ofSeveral, problems);
  const ofFees = { key: 'dayFees', text: raw.dayFees ?? bareDayFees, known: ['days'], language };
  const dayFees = compilePart(document, ofFees, problems);
  const digest = compileDigest(document, raw, problems);
  if (!isSound || several === undefined || dayFees === undefined || digest === undefined) return undefined;
  const texts = { operator: raw.operator, causes: raw.causes, several, dayFees, digest, messages };
  problems.push(...longTexts(document, lengthsOf(raw.language, texts)));
  return texts;
}

/** A text beside those of the notices, with arguments of its own. */
function compilePart(
  document: SourceDocument,
  part: {
    readonly key: string;
    readonly text: string;
    readonly known: readonly string[];
    readonly language: Language;
  },
  problems: Problem[],
): IntlMessageFormat | undefined {
  const { language, known } = part;
  const message = compileMessage(part.text, { language, known });
  if (message instanceof IntlMessageFormat) return message;
  problems.push(document.problemAt([part.key], { code: 'texts/not-valid', ...message }));
  return undefined;
}

const longestCredit = [{ thousandths: 1_234_560, currency: 'USD' }];

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
      facts: { kind, startedAt: at, restoredAt: at, etr, previousEtr: etr, credit: longestCredit },
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
  if ((wish.digest?.length ?? 0) > 1) return renderDigest(texts, wish);
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

/** What waited for one morning. */
function renderDigest(texts: LanguageTexts, wish: NoticeWish): RenderedNotice {
  const { digest } = texts;
  const lines = (wish.digest ?? []).map(({ type, facts }) => {
    const message = digest.line ?? texts.messages.get(`${type}.subject`);
    const values = { ...valuesOf(texts, { ...wish, facts }), state: stateOf(type) };
    return plain(String(message?.format(values) ?? ''));
  });
  const frame = { operator: texts.operator, link: wish.link, lines };
  const { subject, body } = digestMail(digest, frame);
  const text =
    wish.medium === 'sms'
      ? plain(`${digestSms(digest, frame, mostParts)} ${concerned(texts, wish)}`)
      : `${body.trimEnd()}\n${concerned(texts, wish)}`.trimEnd();
  return { subject: plain(subject), text };
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
    credit: creditOf(texts, wish),
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

/** Sums of several currencies, and shares of the fee, one after the other; without the wide blanks that cost an SMS its alphabet. */
function creditOf({ dayFees }: LanguageTexts, { facts, language }: NoticeWish): string {
  const locale = language === 'ru' ? 'ru-RU' : 'en-GB';
  const sums = (facts.credit ?? []).map(({ thousandths, currency }) => {
    const amount = thousandths / 1_000;
    if (currency === undefined) return String(dayFees.format({ days: amount }));
    return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(amount);
  });
  return sums.join(' + ').replaceAll(/[\u00a0\u202f]/g, ' ');
}

/** One line without control characters: values come from outside. */
const plain = (value: string): string =>
  value.replace(/[\u0000-\u001f\u007f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ').trim();
