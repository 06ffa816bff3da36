import { expect, test } from 'vitest';
import { demoPhone } from '../../../src/edge/channels/demo-phone.ts';
import type { OutgoingNotice } from '../../../src/notify/channel.ts';
import { virtualWorld } from '../../support/virtual-world.ts';
import { notice } from './channel-compliance.ts';

test('a phone of the demo city shows a notice once, however often it is sent', async () => {
  const inbox: OutgoingNotice[] = [];
  const channel = demoPhone.open(
    'sms',
    { kind: 'demo-phone', onNotice: (one) => inbox.push(one) },
    virtualWorld(),
  );
  expect(channel).toMatchObject({ name: 'sms', address: 'phone', honoursKey: true });
  expect(await channel.send(notice())).toEqual({ kind: 'sent', externalId: notice().key });
  await channel.send(notice());
  await channel.send(notice({ key: 'another' }));
  expect(inbox.map(({ key }) => key)).toEqual([notice().key, 'another']);
  await channel.close();
});
