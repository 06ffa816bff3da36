/** Subscriber columns for tests: one row a resource given, keys 1000, 1007, .. and facts that cycle. */
import type { SubscriberTable } from '../../src/topology/topology.ts';

export function subscribersOn(attachedTo: readonly string[]): SubscriberTable {
  const resources = [...new Set(attachedTo)];
  const rows = attachedTo.map((_, row) => row);
  return {
    count: attachedTo.length,
    channels: ['sms', 'mail'],
    zones: ['Europe/Moscow', 'Asia/Yekaterinburg'],
    resources,
    key: Uint32Array.from(rows, (row) => 1_000 + row * 7),
    resource: Uint32Array.from(rows, (row) => resources.indexOf(attachedTo[row]!)),
    subscriberClass: Uint8Array.from(rows, (row) => row % 5),
    language: Uint8Array.from(rows, (row) => row % 2),
    channelMask: Uint8Array.from(rows, (row) => row % 4),
    zone: Uint16Array.from(rows, (row) => row % 2),
    optedOut: Uint8Array.from(rows, (row) => Number(row % 10 === 9)),
  };
}
