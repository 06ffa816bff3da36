import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import { formatProblem } from '../../../src/base/problem.ts';
import { type NoticeWish, parseNoticeTexts } from '../../../src/edge/files/notice-texts.ts';
import { noticeTypes } from '../../../src/model/notice.ts';

const shipped = ['ru', 'en'].map((language) => {
  const file = `rules/texts/${language}.yaml`;
  return { file, text: readFileSync(file, 'utf8') };
});
const at = instant(Date.UTC(2026, 0, 1, 12, 58));
const etr = {
  from: instant(Date.UTC(2026, 0, 1, 15)),
  to: instant(Date.UTC(2026, 0, 1, 16, 30)),
  source: 'table',
  revision: 1,
} as const;
const wish = (change: Partial<NoticeWish> = {}): NoticeWish => ({
  type: 'detected',
  language: 'ru',
  medium: 'sms',
  now: at,
  zone: 'Europe/Moscow',
  link: 'https://op.example/s/AAAAAAAAAAA',
  facts: { kind: 'feeder', startedAt: at, etr },
  ...change,
});

describe('the shipped texts', () => {
  const { value: texts, problems } = parseNoticeTexts(shipped);

  it('are sound and no SMS takes more than two parts', () => expect(problems.map(formatProblem)).toEqual([]));

  it('speak of cause, times of the address and the link', () => {
    expect(texts!(wish()).text).toBe(
      'Оператор: нет интернета с 15:58, обрыв кабеля. Чиним, ждём к 19:30. Ход: https://op.example/s/AAAAAAAAAAA',
    );
    expect(texts!(wish({ language: 'en', zone: 'UTC' })).text).toContain(
      'since 12:58, cable cut. Expected back by 16:30.',
    );
    expect(texts!(wish({ facts: { kind: 'never heard of', startedAt: at } })).text).toContain(
      'авария на сети. Уже чиним, срок уточняем',
    );
    expect(texts!(wish({ medium: 'mail', address: 'Анохина, 42' })).subject).toBe(
      'Нет интернета по адресу Анохина, 42: чиним, ждём к 19:30',
    );
  });

  it('say the date of another day, and take an unknown zone for UTC', () => {
    expect(texts!(wish({ now: at + 86_400_000 })).text).toContain('с 01.01 15:58');
    expect(texts!(wish({ zone: 'Mars/Base' })).text).toContain('с 12:58');
    // The same instant, one minute before midnight in Moscow and one minute after.
    const midnight = Date.UTC(2026, 0, 1, 21);
    expect(texts!(wish({ now: midnight - 60_000 })).text).toContain('с 15:58');
    expect(texts!(wish({ now: midnight + 60_000 })).text).toContain('с 01.01 15:58');
  });

  it('have words for every type, medium and language', () => {
    for (const type of noticeTypes) {
      for (const language of ['ru', 'en'] as const) {
        const mail = texts!(wish({ type, language, medium: 'mail' }));
        expect(mail.subject).not.toBe('');
        expect(`${mail.text}${texts!(wish({ type, language })).text}`).not.toMatch(/undefined|[{}]/);
      }
    }
  });

  it('take hostile values as text', () => {
    const { subject, text } = texts!(wish({ medium: 'mail', address: "{link}<b>\r\nBcc: x'{0}\u202e" }));
    expect(subject).toContain("{link}<b> Bcc: x'{0}");
    expect(subject).not.toMatch(/[\r\n\u202e]/);
    expect(text).not.toContain('Bcc');
  });
});

it('names what is wrong in a text at its place', () => {
  const change = (from: string, to: string) => [
    { file: 'ru.yaml', text: shipped[0]!.text.replace(from, to) },
  ];
  const printed = (files: ReturnType<typeof change>) =>
    parseNoticeTexts(files).problems.map(formatProblem).join('\n');
  expect(printed(change('интернета с {since}', 'интернета с {sinse}'))).toMatch(
    /ru\.yaml:\d+:\d+ {2}error {2}there is no \{sinse\}\n {4}did you mean \{since\}\?/,
  );
  expect(printed(change('Ход: {link}', 'Ход: {link'))).toContain('the text cannot be read');
  expect(printed(change('  reminder:', '  remindr:'))).toContain('did you mean "reminder"?');
  expect(printed(change('Чиним, ждём', `Чиним${' очень'.repeat(40)}, ждём`))).toMatch(
    /warning {2}this SMS takes \d parts/,
  );
  expect(parseNoticeTexts([]).value).toBeUndefined();
});
