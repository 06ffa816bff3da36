import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { openDesk } from '../../../src/edge/desks/index.ts';
import { realWorld } from '../../support/real-world.ts';

const world = realWorld();
const settings = { kind: 'webhook', url: 'https://desk.example/', secret: new Secret('s') } as const;
const signed = (body: string, secret = 's', ageSeconds = 0) => {
  const t = Math.floor(world.now() / 1_000) - ageSeconds;
  const v1 = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex');
  return { body, headers: { 'x-allclear-signature': `t=${t},v1=${v1}` } };
};

test('a desk that posts with our secret says what happened there; all else is not by it', async () => {
  const desk = openDesk('desk', settings, world);
  const body = JSON.stringify({
    items: [
      { external: 'W-1', status: 'resolved' },
      { external: 7, id: 'n1', by: 'subscriber', text: 'да\0\r\nработает' },
      ...[
        { external: 'W-1', status: 'nonsense' },
        { external: 'W-1', id: 'n', by: 'root', text: 'x' },
        null,
        3,
      ],
    ],
  });
  expect(desk.read!(signed(body))).toEqual([
    { kind: 'status', external: 'W-1', statuses: ['resolved'] },
    { kind: 'said', external: '7', id: 'n1', by: 'subscriber', text: 'да \nработает' },
  ]);
  for (const garbage of ['', '[]', 'null', '{"items":{}}', '{'])
    expect(desk.read!(signed(garbage))).toEqual([]);
  expect(desk.read!(signed(body, 'other'))).toBeUndefined();
  expect(desk.read!(signed(body, 's', 600))).toBeUndefined();
  expect(desk.read!({ ...signed(body), body: `${body} ` })).toBeUndefined();
  expect(desk.read!({ headers: {}, body })).toBeUndefined();
  await desk.close();
});
