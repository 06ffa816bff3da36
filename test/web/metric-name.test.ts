/** Every reading of a shipped profile has a name that a person can read, in both languages. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { en } from '../../web/words/en.ts';
import { metricName } from '../../web/words/metric-name.ts';
import { ru } from '../../web/words/ru.ts';

test('a name has its own words, those of its beginning, or those of its parts', () => {
  expect(metricName('system.cpu.utilization', en)).toBe('Processor load');
  expect(metricName('system.cpu.utilization.5m', en)).toBe('Processor load, 5 min');
  expect(metricName('system.cpu.utilization.5m', ru)).toBe('Загрузка процессора, 5 мин');
  expect(metricName('ups.battery.voltage', ru)).toBe('ИБП: батарея, напряжение');
  expect(metricName('hw.fan_speed', ru)).toBe('Обороты');
  expect(metricName('acme.coolantFlow.rack_inlet2', en)).toBe('Acme: coolant flow, rack inlet 2');
  expect(metricName('constructor', en)).toBe('Constructor');
});

async function shippedNames(): Promise<readonly string[]> {
  const files = (await readdir('collectors', { recursive: true })).filter((name) => name.endsWith('.yaml'));
  const texts = await Promise.all(files.map((name) => readFile(join('collectors', name), 'utf8')));
  const names = texts.flatMap((text) => [...text.matchAll(/\bname: '?([a-z][\w]*(?:\.\w+)+)'?[,\s}]/g)]);
  return [...new Set(names.map(([, name]) => name!))];
}

test('most of what shipped profiles read is named in Russian words alone, and nothing as a program spells it', async () => {
  const names = await shippedNames();
  expect(names.length).toBeGreaterThan(1_000);
  const spelled = names.filter((name) => /[._]|[a-z][A-Z]/.test(metricName(name, en).replace('PoE', '')));
  expect(spelled).toEqual([]);
  const russian = names.filter((name) => !/\b[a-z]{3,}/.test(metricName(name, ru)));
  expect(russian.length / names.length).toBeGreaterThan(0.6);
});

test('the languages know the same names', () => {
  expect(Object.keys(ru.device.metrics).sort()).toEqual(Object.keys(en.device.metrics).sort());
});
