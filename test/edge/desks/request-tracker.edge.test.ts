// Debian's Request Tracker 5 itself, started for these tests.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  isRequestTrackerInstalled,
  needsRequestTracker,
  type RunningRequestTracker,
  startRequestTracker,
} from '../../support/request-tracker.ts';

const missing = isRequestTrackerInstalled
  ? ''
  : ' (left out: request-tracker5, rt5-db-sqlite or rt5-standalone is missing)';

describe.runIf(needsRequestTracker)(`Request Tracker 5${missing}`, () => {
  let tracker: RunningRequestTracker;
  beforeAll(async () => {
    tracker = await startRequestTracker(4);
  }, 90_000);
  afterAll(() => tracker?.stop());

  test('takes a ticket from the connector, and a mail of a subscriber as the answer to it', async () => {
    const { user, password } = tracker.connector;
    const headers = {
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
    };
    const call = async (path: string, body?: unknown): Promise<Record<string, unknown>> => {
      const answer = await fetch(`${tracker.url}/REST/2.0/${path}`, {
        headers,
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      });
      return (await answer.json()) as Record<string, unknown>;
    };
    const made = await call('ticket', {
      ...{ Queue: 'General', Subject: 'no light', Content: 'x', ContentType: 'text/plain' },
      ...{ Requestor: 'subscriber@example.org', CustomFields: { [tracker.keyField]: 'key-1' } },
    });
    const id = String(made['id']);
    await tracker.mail('subscriber@example.org', 'Ещё не работает', id);
    const query = encodeURIComponent(`'CF.{${tracker.keyField}}' = 'key-1'`);
    expect(await call(`tickets?query=${query}`)).toMatchObject({ total: 1, items: [{ id }] });
    const { items } = await call(`ticket/${id}/history?fields=Type,Creator`);
    expect(items).toContainEqual(
      expect.objectContaining({
        Type: 'Correspond',
        Creator: expect.objectContaining({ id: 'subscriber@example.org' }),
      }),
    );
    expect(await tracker.sent()).toContain('To: subscriber@example.org');
  });
});
