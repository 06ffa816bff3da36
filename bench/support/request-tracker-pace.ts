/** What other ticket systems do in an outage: a ticket a subscriber, one after the other, here in Request Tracker 5. */
import { performance } from 'node:perf_hooks';
import { isRequestTrackerInstalled, startRequestTracker } from '../../test/support/request-tracker.ts';

/** Seconds a ticket, as Debian ships it; undefined where it is not installed. */
export async function requestTrackerSeconds(count: number): Promise<number | undefined> {
  if (!isRequestTrackerInstalled) return undefined;
  const tracker = await startRequestTracker();
  try {
    const { user, password } = tracker.connector;
    const open = async (n: number): Promise<void> => {
      const answer = await fetch(`${tracker.url}/REST/2.0/ticket`, {
        method: 'POST',
        headers: {
          Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
          'Content-Type': 'application/json',
        },
        body: JSON.stringify({ Queue: tracker.queue, Subject: `no service, subscriber ${n}` }),
      });
      if (answer.status !== 201) throw new Error(`HTTP ${answer.status}: ${await answer.text()}`);
      await answer.arrayBuffer();
    };
    // The first one loads what the program loads once.
    await open(0);
    const from = performance.now();
    for (let n = 1; n <= count; n++) await open(n);
    return (performance.now() - from) / 1_000 / count;
  } finally {
    await tracker.stop();
  }
}
