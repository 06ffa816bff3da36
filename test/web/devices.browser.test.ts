/** The devices and the page of one in a real browser: alarms, polling, readings, ports, neighbours, aggregates, stations and conflicts, hostile names, both languages. */
import { expect, test } from 'vitest';
import { instant } from '../../src/base/instant.ts';
import { resourceId } from '../../src/model/ids.ts';
import { overflow } from '../support/browser.ts';
import { consoleInBrowser } from '../support/console-in-browser.ts';
import { anAlarm } from '../support/front-records.ts';

const screen = consoleInBrowser();

const seen = { firstSeen: instant(1_767_225_600_000), lastSeen: instant(1_767_225_600_000), isStale: false };

const sensor = (place: number, value: number, limit?: number) => ({
  ...{
    oid: `1.3.${place}`,
    metric: 'hw.temperature',
    object: `sensor/${place}`,
    unit: 'Cel',
    value,
    raw: value,
  },
  ...(limit === undefined ? {} : { limits: { high: { major: limit } } }),
});

/** Signs in and goes to the list of devices. */
async function openDevices() {
  const page = await screen.signIn();
  await page.locator('nav a[href="/devices"]').click();
  return page;
}

test('the page of a device begins with what is bad: alarms, polling, limits, ports; and says what it is', async () => {
  const { daemon } = screen;
  const now = Date.now();
  const alarm = anAlarm({ resource: resourceId('sw-1/psu/1'), cause: 'PSU_FAIL', device: 'sw-1' });
  daemon.publish({ kind: 'alarm', alarm });
  daemon.devices.set('sw-1', {
    ...{ id: 'sw-1', address: '192.0.2.1:161', state: 'answers', profile: 'generic' },
    lastAnswerAt: instant(now),
    nextPollAt: instant(now + 50_000),
    polling: {
      ...{ everyMs: 60_000, lateMs: 4_200, silentRounds: 0 },
      incomplete: [{ column: '1.3.6.1.4.1.9', problem: 'tooBig' }],
    },
    reading: {
      ...{ format: 'device-reading/1', at: new Date(now).toISOString(), profile: 'generic', links: [] },
      device: {
        ...{ vendor: 'Maker', hardware: 'M-24X', version: '7.2', serial: 'S<b>1', sysName: 'sw' },
        sysUpTimeTicks: 25_920_000,
      },
      interfaces: [
        { ifIndex: 1, ifName: 'p1', adminStatus: 'up', operStatus: 'up', speedBps: 1e9 },
        { ifIndex: 2, ifName: 'p2', adminStatus: 'down', operStatus: 'down' },
        { ifIndex: 3, ifName: 'p3', adminStatus: 'up', operStatus: 'down', ifAlias: 'uplink' },
      ],
      readings: [
        sensor(1, 30, 60),
        sensor(2, 71, 60),
        {
          oid: '1.4',
          metric: 'system.memory.used',
          object: 'memory/1',
          unit: 'By',
          value: 3_221_225_472,
          raw: 1,
        },
        {
          ...{ oid: '1.5', metric: 'hw.voltage', object: 'ups/ups-street' },
          ...{ unit: 'V', value: 229, raw: 229 },
        },
      ],
      objects: [],
    },
  });
  daemon.traffic.set('sw-1', [{ ifIndex: 1, inBps: [Number.NaN, 2_500_000], outBps: [1e6, 1e9] }]);
  const page = await openDevices();
  await page.getByRole('link', { name: 'sw-1' }).click();
  // Pages and languages are loaded when they are asked for.
  const cells = async (name: string): Promise<string[]> => {
    const rows = page.getByRole('table', { name }).getByRole('row');
    await rows.nth(1).waitFor();
    return (await rows.allInnerTexts()).slice(1);
  };
  expect((await cells('Open alarms'))[0]).toMatch(/Power supply unit faulty PSU_FAIL\s+sw-1\/psu\/1/);
  await page.getByText('A table did not arrive whole: 1.3.6.1.4.1.9 (every answer too big)').waitFor();
  const facts = await page.locator('dl.facts').innerText();
  for (const text of ['Maker M-24X', 'S<b>1', '7.2', '3 d 0 h', 'late by 4 s', 'next in'])
    expect(facts).toContain(text);
  const ports = await cells('Interfaces');
  expect(ports.map((row) => row.split(/\s+/)[1])).toEqual(['p3', 'p1', 'p2']);
  await expect.poll(async () => (await cells('Interfaces'))[1]).toMatch(/2\.5\sMbit\/s \/ 1\sGbit\/s/);
  await page.getByRole('img', { name: /Last hour: in 2.5 Mbit\/s, out 1 Gbit\/s/ }).waitFor();
  const readings = await cells('Readings');
  expect(readings[0]).toMatch(/! 71\s°C\s+< 60\s°C/);
  expect(readings[2]).toContain('3\u00a0GiB');
  await page.getByRole('button', { name: 'Русский' }).click();
  expect((await cells('Открытые аварии'))[0]).toContain('Неисправен блок питания');
  expect(await page.locator('dl.facts').innerText()).toContain('с опозданием на 4 с');
  expect((await cells('Интерфейсы'))[1]).toMatch(/2,5\sМбит\/с \/ 1\sГбит\/с/);
  const spoken = await cells('Показания');
  expect(spoken[2]).toContain('3\u00a0ГиБ');
  expect(spoken[3]).toMatch(/^Источник питания ups-street\s.*229\sВ\s*$/);
  expect(await overflow(page)).toBe(0);
  expect(screen.complaints).toEqual([]);
});

test('what was not asked yet says when it will be; silent devices stand first and say why', async () => {
  const { daemon } = screen;
  const soon = instant(Date.now() + 600_000);
  const polling = { everyMs: 60_000, lateMs: 0, silentRounds: 0, incomplete: [] };
  const address = '192.0.2.1:161';
  daemon.devices.set('new-1', { id: 'new-1', address, state: 'unknown', nextPollAt: soon, polling });
  daemon.devices.set('dead-1', {
    ...{ id: 'dead-1', address, state: 'silent', nextPollAt: soon },
    polling: { ...polling, silentRounds: 3, refusal: 'privKey' },
  });
  const page = await openDevices();
  const rows = page.getByRole('table', { name: 'Devices' }).getByRole('row');
  await expect.poll(() => rows.nth(1).innerText()).toMatch(/dead-1[\s\S]*! silent/);
  expect(await rows.nth(2).innerText()).toMatch(/new-1[\s\S]*waiting for the first poll in \d+ min/);
  await page.getByRole('link', { name: 'dead-1' }).click();
  await page.getByText('the privacy key or protocol is wrong').waitFor();
  expect(screen.complaints).toEqual([]);
});

test('a device shows who is next to it, who says so, and what does not fit together', async () => {
  const { daemon } = screen;
  daemon.devices.set('sw-1', { id: 'sw-1', address: '192.0.2.1', state: 'answers', profile: 'generic' });
  const [p1, far] = [
    { device: 'sw-1', port: 'p1' },
    { device: 'sw-2', port: 'q1' },
  ];
  const stranger = { name: '<img src=x>', mac: '02:00:00:00:00:09', port: 'wan' };
  daemon.facts = [
    { kind: 'link', source: 'lldp', from: p1, to: far, ...seen },
    { kind: 'link', source: 'cdp', from: p1, to: far, ...seen },
    {
      kind: 'link',
      source: 'lldp',
      from: { device: 'sw-1', port: 'p2' },
      to: stranger,
      ...seen,
      isStale: true,
    },
    {
      kind: 'adjacency',
      source: 'ospf',
      from: { device: 'sw-1' },
      to: { address: '192.0.2.8' },
      state: 'full',
      ...seen,
    },
    { kind: 'member', source: 'lag', from: p1, to: { device: 'sw-1', port: 'ae0' }, ...seen },
    {
      kind: 'forwards',
      source: 'fdb',
      from: { device: 'sw-1', port: 'p3' },
      to: { mac: '02:00:00:00:ee:01' },
      ...seen,
    },
  ];
  daemon.conflicts = [{ kind: 'notPolled', at: [{ device: 'sw-1', port: 'p2' }], seen: [stranger] }];
  const page = await openDevices();
  await page.getByRole('link', { name: 'sw-1' }).click();
  await page.getByText('Nobody polls <img src=x> (02:00:00:00:00:09) wan, neighbour of sw-1 p2').waitFor();
  const rows = page.getByRole('table', { name: 'Neighbours' }).getByRole('row');
  expect(await rows.count()).toBe(4);
  expect(await rows.nth(1).innerText()).toMatch(/p1\s+sw-2\s+q1\s+LLDP, CDP/);
  expect(await rows.nth(2).innerText()).toMatch(
    /p2\s+<img src=x> · 02:00:00:00:00:09\s+wan\s+LLDP[\s\S]*! stale/,
  );
  expect(await rows.nth(3).innerText()).toMatch(/192.0.2.8[\s\S]*OSPF\s+full/);
  expect(await page.getByRole('table', { name: 'Aggregates' }).innerText()).toMatch(/ae0\s+p1/);
  await page.getByRole('table', { name: 'Stations behind access ports' }).waitFor();
  await page.getByRole('button', { name: 'Русский' }).click();
  await page.getByText(/Никто не опрашивает <img src=x>/).waitFor();
  await page.getByRole('table', { name: 'Соседи' }).waitFor();
  expect(await overflow(page)).toBe(0);
  expect(screen.complaints).toEqual([]);
});
