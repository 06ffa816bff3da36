/** The words of what waited for one morning: a line of each incident, and the message around them. */
import { IntlMessageFormat } from 'intl-messageformat';
import type { Problem } from '../../base/problem.ts';
import type { SourceDocument } from '../../base/source-document.ts';
import type { NoticeType } from '../../model/notice.ts';
import { segmentsOf } from '../../model/sms-segments.ts';
import { compileMessage } from './message-format.ts';

export interface RawDigest {
  readonly sms: string;
  readonly subject: string;
  readonly body: string;
  readonly line?: string | undefined;
}

export interface DigestTexts {
  readonly sms: IntlMessageFormat;
  readonly subject: IntlMessageFormat;
  readonly body: IntlMessageFormat;
  /** undefined: each is said by the subject of its own text. */
  readonly line: IntlMessageFormat | undefined;
}

export const digestFields = ['sms', 'subject', 'body', 'line'] as const;
/** Of files that do not say how they are put together. */
const bare: RawDigest = {
  sms: '{operator}: {news}{more, plural, =0 {} other { + #}}. {link}',
  subject: '{operator}',
  body: '{news}\n\n{link}',
};
const frameNames = ['operator', 'news', 'more', 'count', 'link'];
const lineNames = [
  'state',
  ...['operator', 'cause', 'address', 'since', 'restored', 'etr', 'etrFrom', 'previousEtr', 'words'],
  ...['hasEtr', 'hasAddress', 'hasRestored', 'remote'],
];

export function compileDigest(
  document: SourceDocument,
  { digest = bare, language }: { readonly digest?: RawDigest | undefined; readonly language: string },
  problems: Problem[],
): DigestTexts | undefined {
  const compiled = digestFields.map((field) => {
    const text = digest[field];
    if (text === undefined) return undefined;
    const message = compileMessage(text, { language, known: field === 'line' ? lineNames : frameNames });
    if (message instanceof IntlMessageFormat) return message;
    problems.push(document.problemAt(['digest', field], { code: 'texts/not-valid', ...message }));
    return undefined;
  });
  const [sms, subject, body, line] = compiled;
  const isSound = sms !== undefined && subject !== undefined && body !== undefined;
  return isSound && (line !== undefined || digest.line === undefined)
    ? { sms, subject, body, line }
    : undefined;
}

const stillOut: readonly NoticeType[] = ['detected', 'etr', 'etr-changed'];

/** What a line is chosen by. */
export const stateOf = (type: NoticeType): 'out' | 'back' | 'words' =>
  stillOut.includes(type) ? 'out' : type === 'announcement' ? 'words' : 'back';

interface Frame {
  readonly operator: string;
  readonly link: string;
  /** Those that matter most first. */
  readonly lines: readonly string[];
}

/** As many lines as its parts hold, at least one; the others are counted. */
export function digestSms(texts: DigestTexts, { lines, ...frame }: Frame, mostParts: number): string {
  const said = [...new Set(lines)];
  for (let named = said.length; ; named--) {
    const text = String(
      texts.sms.format({
        ...{ ...frame, news: said.slice(0, named).join('; ') },
        ...{ more: said.length - named, count: said.length },
      }),
    );
    if (named <= 1 || segmentsOf(text).parts.length <= mostParts) return text;
  }
}

export function digestMail(
  texts: DigestTexts,
  { lines, ...frame }: Frame,
): { readonly subject: string; readonly body: string } {
  const said = [...new Set(lines)];
  const news = said.map((line) => `- ${line}`).join('\n');
  const values = { ...frame, more: 0, count: said.length };
  return {
    subject: String(texts.subject.format({ ...values, news: said.join('; ') })),
    body: String(texts.body.format({ ...values, news })),
  };
}
