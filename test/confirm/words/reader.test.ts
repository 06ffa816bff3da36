import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AnswerReader, parseExamples, readPressed, type Saying } from '../../../src/confirm/confirm.ts';
import { inCyrillic, normalised, otherLayout } from '../../../src/confirm/words/normal.ts';
import { readByRule } from '../../../src/confirm/words/rules.ts';
import { answerExamples as examples, answerReader as reader } from '../../support/answer-reader.ts';

describe('one form', () => {
  test.each([
    ['Всё  ЕЩЁ не работает!!!', 'все еще не работает'],
    ['ДАААА', 'да'],
    ["doesn't", 'doesnt'],
    ['👍👍🏽', 'good'],
    ['Дa (a is Latin)', 'да a is latin'],
    ['1.', '1'],
    ['так-себе', 'так себе'],
    ['ну???', 'ну ?'],
    ['\u202e\u0000<b>да</b>', 'b да b'],
  ])('%s', (text, form) => {
    expect(normalised(text)).toBe(form);
  });

  test('translit and the other keyboard layout are undone', () => {
    expect([inCyrillic('rabotaet'), inCyrillic('poyavilsya'), otherLayout('ytn')]).toEqual([
      'работает',
      'появился',
      'нет',
    ]);
  });

  test('a megabyte of one letter is read in no time worth speaking of', () => {
    expect(normalised('а'.repeat(1_000_000))).toBe('а');
    expect(normalised('?!'.repeat(500_000)).length).toBeLessThan(1_000);
  });
});

describe('rules read', () => {
  const said: readonly (readonly [string, Saying | undefined])[] = [
    ['связь не появилась', 'no'],
    ['всё ещё тормозит', 'no'],
    ['больше не тормозит', 'yes'],
    ['проблемы больше нет', 'yes'],
    ['проблема не решена', 'no'],
    ['still down', 'no'],
    ['so so', undefined],
    ['the line is up', 'yes'],
    ['it is up but slow', 'no'],
    ['не звоните мне', undefined],
    ['перезвоните, ничего не работает', 'call'],
    ['больше не пишите мне', 'stop'],
    ['когда заработает?', undefined],
    ['ваш офис работает', undefined],
    ['не знаю, работает или нет', undefined],
    ['ne rabotaet', 'no'],
    ['cnjg', 'stop'],
    ['2 не работает', 'no'],
    ['1 не работает', undefined],
    ['👎', 'no'],
  ];
  test.each(said)('%s as %s', (text, saying) => {
    expect(readByRule(text)).toBe(saying);
  });
});

describe('an answer', () => {
  test('that leaves no doubt is an answer, with how sure that is', () => {
    expect(reader.read('не работает')).toEqual({ kind: 'answer', answer: 'notFixed', sureness: 0.99 });
    expect(reader.read('СТОП')).toEqual({ kind: 'stop', sureness: 0.99 });
  });

  test('of something else is unclear', () => {
    for (const text of ['', '   ', '\u0000', 'какая завтра погода', 'сколько я должен', '🤷'])
      expect([text, reader.read(text).kind]).toEqual([text, 'unclear']);
  });

  test('to one of two open questions names it; without the number nobody can tell', () => {
    expect(reader.read('11', [1, 2])).toEqual({
      kind: 'answer',
      answer: 'fixed',
      sureness: 0.99,
      question: 1,
    });
    expect(reader.read('22 нет', [1, 2])).toMatchObject({ answer: 'notFixed', question: 2 });
    expect(reader.read('23.', [1, 2])).toMatchObject({ answer: 'contactMe', question: 2 });
    expect([
      reader.read('да', [1, 2]).kind,
      reader.read('31', [1, 2]).kind,
      reader.read('14', [1, 2]).kind,
    ]).toEqual(['unclear', 'unclear', 'unclear']);
    expect(reader.read('стоп', [1, 2]).kind).toBe('stop');
  });

  test('an hour, a house or a flat among the words names no question', () => {
    for (const text of [
      'не работает с 11 утра',
      'Нет, с 11 часов',
      'Да, кв 12',
      '11 нет',
      '12:30 не работает',
    ])
      expect([text, reader.read(text, [1, 2]).kind]).toEqual([text, 'unclear']);
    expect(reader.read('22 не работает', [1, 2])).toMatchObject({ answer: 'notFixed', question: 2 });
    expect(reader.read('№ 11', [1, 2])).toMatchObject({ answer: 'fixed', question: 1 });
    expect(reader.read('№ 7').kind).toBe('unclear');
  });

  test('pressed on a telephone is one of three keys', () => {
    expect(['1', '2#', ' 3 ', '4', '12', '', 'да'].map(readPressed)).toEqual([
      'fixed',
      'notFixed',
      'contactMe',
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

test('what the product ships to learn from is sound, and a wrong line is named', () => {
  expect(examples.problems).toEqual([]);
  expect(parseExamples('mine.tsv', '# a remark\nyes\tда\nperhaps\tможет\nno').problems).toMatchObject([
    { file: 'mine.tsv', line: 3, code: 'answers/line' },
    { line: 4 },
  ]);
});

test('the same examples make the same reader', () => {
  const other = new AnswerReader(examples.value);
  for (const text of ['инет вроде ожил', 'that is no good', 'позовите кого нибудь'])
    expect(other.say(text)).toEqual(reader.say(text));
});

// Written apart from rules and examples, by the same author; see the head of the file.
describe('messages that neither rules nor examples were written from', () => {
  const judged = readFileSync('test/confirm/words/judged.tsv', 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [meant, text] = line.split('\t') as [Saying, string];
      const { says, sureness } = reader.say(text);
      return { meant, read: sureness < 0.85 || says === 'other' ? undefined : says };
    });

  test.each(['yes', 'no', 'call', 'stop'])('are read as "%s" rightly in 97 of 100', (saying) => {
    const read = judged.filter((one) => one.read === saying);
    expect(read.filter((one) => one.meant === saying).length / read.length).toBeGreaterThanOrEqual(0.97);
  });

  test('are read at all in 85 of 100 that are answers', () => {
    const answers = judged.filter(({ meant }) => meant !== 'other');
    expect(judged.length).toBeGreaterThanOrEqual(600);
    expect(answers.filter(({ read }) => read !== undefined).length / answers.length).toBeGreaterThanOrEqual(
      0.85,
    );
  });
});
