import { expect, test } from 'vitest';
import type { IncomingMessage } from '../../../../src/edge/channels/smpp/link.ts';
import { tags } from '../../../../src/edge/channels/smpp/pdu.ts';
import { Replies } from '../../../../src/edge/channels/smpp/replies.ts';
import type { KeptParts, Reply, ReplyPart } from '../../../../src/notify/channel.ts';
import { virtualWorld } from '../../../support/virtual-world.ts';

const partOf = (part: number, text: string): IncomingMessage =>
  ({
    ...{ kind: 'data_sm', status: 0, sequence: part, esmClass: 0, dataCoding: 3 },
    source: { ton: 1, npi: 1, address: '79007778899' },
    destination: { ton: 0, npi: 1, address: '1234' },
    optional: new Map([
      [tags.sarReference, Uint8Array.of(0, 7)],
      [tags.sarTotal, Uint8Array.of(2)],
      [tags.sarPart, Uint8Array.of(part)],
      [tags.messagePayload, Buffer.from(text, 'latin1')],
    ]),
  }) as unknown as IncomingMessage;

test('a reply whose parts come at once, from a centre with a window, is handed on whole', async () => {
  const heard: Reply[] = [];
  const kept: ReplyPart[] = [];
  const waiting: (() => void)[] = [];
  const parts: KeptParts = {
    async keep(part) {
      kept.push(part);
      await new Promise<void>((resolve) => waiting.push(resolve));
    },
    all: async () => [],
    drop: async () => void kept.splice(0),
  };
  const world = virtualWorld();
  const handOn = async (reply: Reply): Promise<void> => void heard.push(reply);
  const replies = new Replies(world, 'latin', { handOn, kept: () => parts });
  const both = [replies.take(partOf(1, 'it does ')), replies.take(partOf(2, 'not work'))];
  expect(waiting).toHaveLength(2);
  for (const resolve of waiting) resolve();
  await Promise.all(both);
  expect(heard).toMatchObject([{ from: '+79007778899', text: 'it does not work' }]);
  expect(heard[0]!.isPartial).toBeUndefined();
  expect(kept).toEqual([]);
  await replies.close();
});
