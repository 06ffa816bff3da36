import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { milliseconds } from '../../../src/base/instant.ts';
import { openHttpClient } from '../../../src/edge/net/http-request.ts';
import { influxBackend } from '../../../src/edge/series/influx.ts';
import { pointOf } from '../../../src/edge/series/line-protocol.ts';
import { victoriaBackend } from '../../../src/edge/series/victoria.ts';
import { realWorld } from '../../support/real-world.ts';

const name = { resource: 'olt-1', metric: 'in_octets', unit: 'By', kind: 'counter' } as const;
const range = { from: 0, to: 10_000 };
let said = '';
let server: Server;
beforeEach(async () => {
  server = createServer((_request, response) => response.end(said));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

function backends(more: { readonly answerBytes?: number } = {}) {
  const http = openHttpClient({
    world: realWorld(),
    allowPrivate: true,
    timeoutMs: milliseconds(5_000),
    connections: 1,
    ...more,
  });
  const options = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    database: 'lab',
    http,
  };
  return {
    influx: influxBackend({ ...options, retentionMs: undefined }),
    victoria: victoriaBackend(options),
    close: http.close,
  };
}

describe('a series store that answers oddly', () => {
  it.each([
    'null',
    '[]',
    '{"results":[{"series":[{"values":[7]}]}]}',
    '{"results":[{"series":[{"values":[["soon",1,2,3]]}]}]}',
    '{"metric":{"__name__":7},"values":[1],"timestamps":[1]}',
    '{"metric":{}}',
    '<html>',
  ])('%s is a fault of the store, with a code', async (text) => {
    said = text;
    const { influx, victoria, close } = backends();
    for (const read of [() => victoria.read(name, range), () => influx.read(name, range)]) {
      const found = await read().then(
        (points) => points.length,
        (error: unknown) => (error as { code?: string }).code,
      );
      expect([0, 'series/failed', 'series/away']).toContain(found);
    }
    close();
  });

  it('an answer longer than may be taken ends with its size, and more points than were asked for are a fault', async () => {
    const { influx, close } = backends();
    said = `{"results":[{"series":[{"values":[${'[1,2,3,4],'.repeat(20_000)}[1,2,3,4]]}]}]}`;
    await expect(influx.read(name, range)).rejects.toThrow('larger than 65536 bytes');
    close();
  });

  it('one that holds more points than it was asked for is refused', async () => {
    const { influx, close } = backends({ answerBytes: 16 * 1024 * 1024 });
    said = `{"results":[{"series":[{"values":[${'[1,2,3,4],'.repeat(600_000)}[1,2,3,4]]}]}]}`;
    await expect(influx.read(name, range)).rejects.toMatchObject({ code: 'series/failed' });
    close();
  });

  it.each([
    { value: 2 ** 60, low: 0.5 },
    { value: 2 ** 60, low: 1e300 },
    { value: Number.POSITIVE_INFINITY, low: 1 },
  ])('a number that cannot be exact stays what it is: $value, $low', ({ value, low }) => {
    expect(pointOf({ time: 1, value, low })).toEqual({ value, exact: 0n });
  });
});
