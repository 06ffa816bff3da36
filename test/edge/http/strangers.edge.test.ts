/** What strangers wrote, over the API. */
import { afterEach, expect, test } from 'vitest';
import { instant } from '../../../src/base/instant.ts';
import { viewerKey } from '../../support/front-ports.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';

let opened: OpenedFront;
afterEach(() => opened.close());

test('an operator reads what strangers wrote, which is on record; a viewer does not', async () => {
  opened = await openTestFront();
  const said = { from: '+79009999999', to: '1234', text: '<b>кто вы</b>' };
  opened.daemon.strangers = [{ at: instant(1_767_225_600_000), ...said }];
  expect(await (await opened.api('/strangers')).json()).toEqual({
    ...{ items: [{ at: '2026-01-01T00:00:00.000Z', ...said }], total: 1, next: null },
  });
  expect(opened.daemon.recorded).toEqual([{ by: 'irina', action: 'readStrangers', target: 'strangers' }]);
  const headers = { authorization: `Bearer ${viewerKey}` };
  const refused = await fetch(`${opened.console}/api/v1/strangers`, { headers });
  expect(refused.status).toBe(403);
});
