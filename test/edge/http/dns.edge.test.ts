/** The DNS platform over the API: without one, before the first round, and with what was found. */
import { afterEach, expect, test } from 'vitest';
import { aDnsView } from '../../support/dns-view.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';

let opened: OpenedFront;
afterEach(() => opened.close());

const asked = async (): Promise<unknown> => (await opened.api('/dns')).json();

test('a platform that is not configured, and one that was not measured yet, are told apart', async () => {
  opened = await openTestFront();
  expect(await asked()).toMatchObject({ configured: false, measuredAt: null, resolvers: [] });
  opened.daemon.dns = { resolvers: [], zones: [], findings: [] };
  expect(await asked()).toMatchObject({ configured: true, measuredAt: null });
});

test('resolvers, zones and findings are answered; what was not asked is null, what is long is cut', async () => {
  opened = await openTestFront();
  opened.daemon.dns = aDnsView();
  expect(await asked()).toMatchObject({
    configured: true,
    measuredAt: '2026-01-01T00:00:00.000Z',
    resolvers: [
      { id: 'dns-1', platform: 'old', state: 'answers', hit: { p50Ms: 1.2 }, correct: true, open: false },
      { id: 'dns-2', correct: false },
      { id: 'dns-3', platform: null, state: 'silent', hit: null, dnssec: null, amplification: null },
    ],
    zones: [
      {
        name: 'isp.example',
        servers: [{ serial: 8 }, { serial: 7, behindSince: '2025-12-31T23:50:00.000Z' }],
      },
    ],
    findings: [
      { kind: 'wrongAnswer', about: 'dns-2', raised: true, seen: [`${'<'.repeat(199)}…`] },
      { kind: 'silent', about: 'dns-3', raised: false },
      { kind: 'staleZone' },
    ],
  });
});
