// What overflows the receive buffer is never read by anybody; the kernel's count of it becomes a loss that is told once.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { KernelLosses } from '../../../src/app/roles/kernel-losses.ts';
import { kernelDrops } from '../../../src/edge/net/kernel-drops.ts';

test('datagrams that found the buffer full are counted once, and what came before is not told again', async () => {
  const receiver = createSocket({ type: 'udp4', recvBufferSize: 4_096 });
  receiver.bind(0, '127.0.0.1');
  await once(receiver, 'listening');
  const { port } = receiver.address();
  const sender = createSocket('udp4');
  sender.connect(port, '127.0.0.1');
  await once(sender, 'connect');
  try {
    // One turn of the loop: nothing is read while these are sent.
    for (let i = 0; i < 500; i++) sender.send(Buffer.alloc(1_000));
    const dropped = await kernelDrops('udp4', port);
    expect(dropped).toBeGreaterThan(0);
    const losses = new KernelLosses();
    const counted = { trapsKernelDropped: dropped!, syslogKernelDropped: 0 };
    expect(losses.since(counted)).toEqual([{ receiver: 'traps', address: undefined, count: dropped }]);
    expect(losses.since(counted)).toEqual([]);
    expect(losses.since({ ...counted, trapsKernelDropped: 0 })).toEqual([]);
    expect(losses.since({ trapsKernelDropped: dropped! + 2 })).toMatchObject([{ count: 2 }]);
  } finally {
    sender.close();
    receiver.close();
  }
});
