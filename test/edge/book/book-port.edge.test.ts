import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { connectBook, serveBook } from '../../../src/edge/book/book-port.ts';
import { applied, bookIn, incident, incidentId, inFolder } from './book-fixture.ts';

test('more readers than the book bears are refused, and never the line', async () => {
  await inFolder(async (folder) => {
    const book = await bookIn(folder);
    const { port1, port2 } = new MessageChannel();
    const far = connectBook(port1);
    const reads = Array.from({ length: 10_100 }, () => far.incident(incidentId));
    const outcomes = Promise.allSettled(reads);
    const projected = far.project([applied([], [{ kind: 'incident', incident: incident() }])]);
    serveBook(port2, book);
    await projected;
    const refused = (await outcomes).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(100);
    expect((refused[0] as PromiseRejectedResult).reason).toMatchObject({ code: 'book/overloaded' });
    expect((await far.incident(incidentId))?.incident.id).toBe(incidentId);
    port1.close();
    await book.close();
  });
});
