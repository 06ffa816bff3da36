/** Discovered facts and conflicts over the API. */
import { afterEach, expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';

let opened: OpenedFront;
afterEach(() => opened.close());

const at = instant(1_767_225_600_000);

test('facts are answered with source and age, of one device or one kind; an unknown kind is refused', async () => {
  opened = await openTestFront();
  opened.daemon.facts = [
    {
      kind: 'link',
      source: 'lldp',
      from: { device: 'sw-1', port: 'Gi0/1' },
      to: { name: '<b>far', mac: '02:00:00:00:00:01' },
      firstSeen: at,
      lastSeen: at,
      isStale: true,
    },
  ];
  expect(await (await opened.api('/topology/discovered?device=sw-1&kind=link')).json()).toEqual({
    items: [
      {
        kind: 'link',
        source: 'lldp',
        from: { device: 'sw-1', port: 'Gi0/1' },
        to: { name: '<b>far', mac: '02:00:00:00:00:01' },
        state: null,
        firstSeen: '2026-01-01T00:00:00.000Z',
        lastSeen: '2026-01-01T00:00:00.000Z',
        stale: true,
      },
    ],
    total: 1,
    next: null,
  });
  expect(await (await opened.api('/topology/discovered?device=sw-2')).json()).toMatchObject({ total: 0 });
  expect((await opened.api('/topology/discovered?kind=rumour')).status).toBe(400);
});

test('a conflict says in both languages what does not fit and what would settle it', async () => {
  opened = await openTestFront();
  const stranger = { name: 'radio-7', mac: '02:00:00:00:00:07', address: '192.0.2.7' };
  opened.daemon.conflicts = [
    { kind: 'notPolled', at: [{ device: 'sw-1', port: 'p1' }], seen: [stranger] },
    {
      kind: 'linkContradicts',
      name: 'l-1',
      at: [{ device: 'sw-1', port: 'p2' }],
      seen: [{ device: 'b' }, { device: 'c' }],
    },
  ];
  const { items } = (await (await opened.api('/topology/conflicts')).json()) as { items: unknown[] };
  expect(items).toMatchObject([
    {
      kind: 'notPolled',
      name: null,
      words: {
        en: {
          what: 'Nobody polls radio-7 (02:00:00:00:00:07, 192.0.2.7), neighbour of sw-1 p1',
          settle: expect.stringContaining('Add it'),
        },
        ru: { what: 'Никто не опрашивает radio-7 (02:00:00:00:00:07, 192.0.2.7), соседа sw-1 p1' },
      },
    },
    { name: 'l-1', words: { en: { what: 'Link l-1 of the topology leads from sw-1 p2 to c, found is b' } } },
  ]);
});
