import { expect, test } from 'vitest';
import { formatProblem } from '../../../src/base/problem.ts';
import { parseSubscribersCsv, readSubscribers } from '../../../src/edge/files/subscribers-csv.ts';

const read = (text: string) => parseSubscribersCsv(text, 'subscribers.csv');
const printed = async (text: string) => (await read(text)).problems.map(formatProblem);

test('a full line is read, semicolons, BOM, quotes and line breaks in quotes included', async () => {
  const { value, problems } = await read(
    '\ufeffid;name;resource;class;language;phone;email;timezone;address;consent;tariff\r\n' +
      'a1;"Иванов ""И."" ;И.";ont-1;vip;ru;+79001234567;a@b.ru;Europe/Moscow;"ул. А,\nд. 1";sms mail;gold\r\n',
  );
  expect(problems).toEqual([]);
  expect(value).toEqual([
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
  const { value, problems } = await read('resource,id\nont-1,a1\n\nont-2,a2');
  expect(problems).toEqual([]);
  expect(value).toMatchObject([
    { id: 'a1', resource: 'ont-1', class: 'residential', consent: [] },
    { id: 'a2', resource: 'ont-2' },
  ]);
});

test('every bad field is named with its place, and the sound lines load', async () => {
  const text =
    'id,resource,phone,class,language,email,timezone,consent\na1,ont-1,8 900,vip,de,a@b,Mars/Base,"a,b"\na2,,,,,,,\na3,ont-3,+79001234567,,,,,\n';
  const { value } = await read(text);
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
  const { value, problems } = await read('id,resource,phnoe\na1,ont-1,+79001234567\n');
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
  const { value } = await read('id,resource,__proto__\na1,ont-1,x\n');
  expect(Object.getPrototypeOf(value[0]?.attributes)).toBe(Object.prototype);
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});
