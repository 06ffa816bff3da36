import { expect, test } from 'vitest';
import { formatProblem } from '../../../src/base/problem.ts';
import {
  type ListOptions,
  parseSubscribersCsv,
  readSubscribers,
} from '../../../src/edge/files/subscriber-list.ts';
import { telephoneNumber } from '../../../src/edge/files/telephone-number.ts';
import type { SubscriberRow } from '../../../src/model/subscriber.ts';

const parsed = (text: string) => parseSubscribersCsv(text, 'subscribers.csv');
const printed = async (text: string) => (await parsed(text)).problems.map(formatProblem);

test('a full line is read, semicolons, BOM, quotes and line breaks in quotes included', async () => {
  const { value, problems } = await parsed(
    '\ufeffid;name;resource;class;language;phone;email;timezone;address;consent;tariff\r\n' +
      'a1;"Иванов ""И."" ;И.";ont-1;vip;ru;+79001234567;a@b.ru;Europe/Moscow;"ул. А,\nд. 1";sms mail;gold\r\n',
  );
  expect(problems).toEqual([]);
  expect(value).toMatchObject([
    {
      id: 'a1',
      name: 'Иванов "И." ;И.',
      resource: 'ont-1',
      class: 'vip',
      language: 'ru',
      phone: '+79001234567',
      email: 'a@b.ru',
      timezone: 'Europe/Moscow',
      address: 'ул. А,\nд. 1',
      consent: ['sms', 'mail'],
      attributes: { tariff: 'gold' },
    },
  ]);
});

test('only id and resource must be there', async () => {
  const { value, problems } = await parsed('resource,id\nont-1,a1\n\nont-2,a2');
  expect(problems).toEqual([]);
  expect(value).toMatchObject([
    { id: 'a1', resource: 'ont-1', class: 'residential', consent: [] },
    { id: 'a2', resource: 'ont-2' },
  ]);
});

test('every bad field is named with its place, and the sound lines load', async () => {
  const text =
    'id,resource,phone,class,language,email,timezone,consent\na1,ont-1,8 900,vip,de,a@b,Mars/Base,"a,b"\na2,,,,,,,\na3,ont-3,+79001234567,,,,,\n';
  const { value } = await parsed(text);
  expect(value.map(({ id }) => id)).toEqual(['a3']);
  expect((await printed(text)).map((line) => line.split('\n')[0])).toEqual([
    'subscribers.csv:2:10  error  "8 900" is no phone',
    'subscribers.csv:2:20  error  "de" is no language',
    'subscribers.csv:2:23  error  "a@b" is no email',
    'subscribers.csv:2:27  error  "Mars/Base" is no timezone',
    'subscribers.csv:2:37  error  "a,b" is no consent',
    'subscribers.csv:3:4  error  "resource" is empty',
  ]);
});

test('a column that looks mistyped is kept and pointed at', async () => {
  const { value, problems } = await parsed('id,resource,phnoe\na1,ont-1,+79001234567\n');
  expect(value[0]?.attributes).toEqual({ phnoe: '+79001234567' });
  expect(problems.map(formatProblem)[0]).toContain('did you mean "phone"?');
  expect(problems[0]?.severity).toBe('warning');
});

test('a file without its columns, an empty one and an open quote are problems, not crashes', async () => {
  expect((await printed('ident,resource\na,b\n'))[0]).toContain('the column "id" is missing');
  expect((await printed(''))[0]).toContain('the file is empty');
  expect((await printed('id,resource\n"a,b\n'))[0]).toContain('never closed');
  expect((await printed('id,resource\na,b,c\n'))[0]).toContain('3 fields for 2 columns');
});

test('memory and problems stay bounded on a file of nonsense', async () => {
  const pieces = (function* () {
    yield 'id,resource\n';
    for (let n = 0; n < 5_000; n++) yield `a${n},\n`;
    yield `"${'x'.repeat(100_000)}","y"\n`;
  })();
  const reading = readSubscribers(pieces, 'subscribers.csv');
  for await (const page of reading.pages()) expect(page.length).toBeLessThanOrEqual(1_000);
  expect(reading.problems).toHaveLength(1_001);
});

test('names like __proto__ are only text', async () => {
  const { value } = await parsed('id,resource,__proto__\na1,ont-1,x\n');
  expect(Object.getPrototypeOf(value[0]?.attributes)).toBe(Object.prototype);
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});

async function read(source: readonly (string | Uint8Array)[], options: ListOptions = {}) {
  const reading = readSubscribers(source, 'f', options);
  const rows: SubscriberRow[] = [];
  for await (const page of reading.pages()) rows.push(...page);
  return { rows, problems: reading.problems.map(formatProblem), mapping: reading.mapping };
}

test('a list of another system is understood: its columns in Russian, its encoding, its tabs, its telephone numbers', async () => {
  const text =
    'Лицевой счёт\tФИО\tПорт ОЛТ\tТелефон\tТип\tКатегория\tПричина приоритета\tТариф\n' +
    '77001\tИванов И. И.\tolt-1/p1\t8 (912) 345-67-89; +7 343 200 10 20\tx\tФизлицо\tдиабет\tДом 100\n';
  const cp1251 = Uint8Array.from([...text].map((one) => code1251(one)));
  const { rows, problems, mapping } = await read([cp1251.subarray(0, 9), cp1251.subarray(9)], {
    country: 'ru',
  });
  expect(problems).toEqual([expect.stringContaining('is not stored')]);
  expect(problems).toHaveLength(1);
  expect(mapping).toEqual({
    id: 'Лицевой счёт',
    name: 'ФИО',
    phone: 'Телефон',
    class: 'Категория',
    resource: 'Порт ОЛТ',
  });
  expect(rows).toMatchObject([
    {
      ...{ id: '77001', name: 'Иванов И. И.', resource: 'olt-1/p1', class: 'residential', line: 2 },
      ...{ phone: '+79123456789', further: [{ kind: 'phone', address: '+73432001020' }] },
      attributes: { тип: 'x', тариф: 'Дом 100' },
    },
  ]);
  expect(JSON.stringify(rows)).not.toContain('диабет');
});

/** Cyrillic letters lie in one row there, ё apart. */
function code1251(letter: string): number {
  const code = letter.codePointAt(0)!;
  if (letter === 'ё') return 0xb8;
  return code >= 0x410 && code <= 0x44f ? code - 0x410 + 0xc0 : code;
}

test('columns that were mapped hold, and one that is not there is an error that names those that are', async () => {
  const csv = 'a;b;id\n1;ont-1;x\n';
  expect((await read([csv], { mapping: { id: 'A', resource: 'b' } })).rows).toMatchObject([
    { id: '1', resource: 'ont-1', attributes: { id: 'x' } },
  ]);
  const { rows, problems } = await read([csv], { mapping: { id: 'c', resource: 'b' } });
  expect(rows).toEqual([]);
  expect(problems[0]).toContain('there is no column "c"');
});

test.each([
  ['an array', (all: readonly string[]) => `[${all.join(',\n')}]`],
  ['a line each', (all: readonly string[]) => all.join('\n')],
])('JSON is read as %s, in pieces of any size', async (_, joined) => {
  const all = [
    '{"id":1,"resource":"ont-1","phone":["+79001234567","+79001234568"],"services":["internet",{"service":"tv","resource":"b","from":"2026-01-01"}]}',
    '{"id":"2","resource":"ont-\\"2}","attributes":{"tariff":"x"},"consent":["sms","mail"],"note":{"a":1}}',
  ];
  const text = joined(all);
  const { rows, problems } = await read(text.match(/[\s\S]{1,7}/g)!);
  expect(problems).toEqual([]);
  expect(rows).toMatchObject([
    {
      ...{ id: '1', phone: '+79001234567', further: [{ kind: 'phone', address: '+79001234568' }] },
      services: [{ service: 'internet' }, { service: 'tv', resource: 'b', from: Date.UTC(2026, 0, 1) }],
    },
    { id: '2', resource: 'ont-"2}', consent: ['sms', 'mail'], attributes: { tariff: 'x', note: '{"a":1}' } },
  ]);
});

test('what is wrong is told with its place: circles of payers, formulas that are no number, numbers of nobody, broken JSON', async () => {
  const { rows, problems } = await read([
    'id,resource,phone,timezone,services,payer\n1,a,=1+1,,,\n2,a,+700,Mars/Base,TV!,\n3,a,,,,4\n4,a,,,,3\n5,a,,,,5\n6,=cmd(),,,,3\n',
  ]);
  expect(rows.map(({ id }) => id)).toEqual(['3', '4', '5', '6']);
  expect(problems.map((one) => one.split('\n')[0])).toEqual([
    'f:2:5  error  "=1+1" is no phone',
    'f:3:5  error  "+700" is no phone',
    'f:3:10  error  "Mars/Base" is no timezone',
    'f:3:20  error  "TV!" is no list of services',
    'f:4:8  error  "3" is paid for in a circle, by "4"',
    'f:6:8  error  "5" is paid for in a circle, by "5"',
  ]);
  const broken = await read(['{"id":"1","resource":"a"}\nx\n{"id":"2",}\n{"id":"3"}\n{"id":']);
  expect(broken.rows).toHaveLength(1);
  expect(broken.problems.map((one) => one.split('\n')[0])).toEqual([
    'f:3:1  error  this is no JSON object',
    'f:4:1  error  "resource" is missing',
    'f  error  an object is never closed',
    'f:2:1  error  something stands here that is no object',
  ]);
});

test.each([
  ['8 (912) 345-67-89', 'ru', '+79123456789'],
  ['9123456789', 'RU', '+79123456789'],
  ['79123456789', 'ru', '+79123456789'],
  ['+44 20 7946 0958', 'ru', '+442079460958'],
  ['00442079460958', undefined, '+442079460958'],
  ['020 7946 0958', 'gb', '+442079460958'],
  ['9123456789', undefined, undefined],
  ['12345', 'ru', undefined],
  ['call me', 'ru', undefined],
])('%s written in %s is %s', (written, country, number) => {
  expect(telephoneNumber(written, country)).toBe(number);
});

test('quiet hours are read in quarters of an hour; what is none is told at its place', async () => {
  const { value } = await parsed('id,resource,quietHours\na1,ont-1,21:00-9:30\na2,ont-2,off\na3,ont-3,');
  expect(value.map(({ quietHours }) => quietHours)).toEqual(['21:00-09:30', 'off', undefined]);
  expect(await printed('id;resource;Тихие часы\na1;ont-1;21:07-09:00')).toMatchObject([
    expect.stringMatching(/^subscribers\.csv:2:10 .*"21:07-09:00" is no span of hours/),
  ]);
});
