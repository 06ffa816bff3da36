// What probes find of a service: an incident of its own for those who run it, one a service, and nobody is told.
import { expect, test } from 'vitest';
import { CityRun } from './city-run.ts';

const kinds = (run: CityRun): string[] =>
  run.correlation
    .open()
    .map(({ kind, root, actionable }) => `${kind} ${root} ${actionable ? 'work' : 'noise'}`);

test('a poisoned resolver is work for somebody and touches nobody known', () => {
  const run = new CityRun().raise(1, 'DNS_WRONG_ANSWER', ['dns-1']).to(20);
  expect(kinds(run)).toEqual(['dns-answers dns-1 work']);
  expect(run.correlation.open()[0]!.affected).toEqual({ under: [], except: [] });
});

test('several probes of one service that fail at once are one incident, named by the worst', () => {
  const run = new CityRun();
  for (const cause of ['CERTIFICATE_EXPIRING', 'SERVICE_DOWN', 'HIGH_LATENCY'])
    run.raise(1, cause, ['crm'], 0);
  expect(kinds(run.to(20))).toEqual(['service crm work']);
  expect(run.correlation.open()[0]!.alarms).toHaveLength(3);
});

test('what is found later of the same service joins; of another service it does not', () => {
  const run = new CityRun().raise(1, 'HIGH_LATENCY', ['crm']).to(20);
  run.raise(30, 'SERVICE_DOWN', ['crm']).raise(31, 'SERVICE_DOWN', ['mail']).to(60);
  expect(kinds(run)).toEqual(['slow crm work', 'service mail work']);
});

test('a service on a device that is known to be dead is part of that incident', () => {
  const run = new CityRun().raise(1, 'UNREACHABLE', ['agg-4']).to(30);
  const before = run.correlation.open().length;
  run.raise(40, 'SERVICE_DOWN', ['agg-4']).to(60);
  expect(run.correlation.open()).toHaveLength(before);
});

test('a service that answers again ends its incident', () => {
  const run = new CityRun().raise(1, 'SERVICE_DOWN', ['crm']).to(20);
  run.clear(30, 'SERVICE_DOWN', ['crm']).to(300);
  expect(run.correlation.open()).toEqual([]);
});
