/** How V8 keeps the heap of each process. */
import type { RoleName } from './messages.ts';

/**
 * Arguments of Node for each role.
 * Node's datagram buffers count as memory outside the heap, and V8 collects everything whenever they outgrow the part
 * that is alive: a poller that keeps its values in typed arrays is small, so the whole heap was marked every cycle. A heap
 * that starts larger is left alone until it really grows; a smaller nursery gives back what that costs.
 * Only what stands in no trap's way is kept small: collecting more often costs the time in which the kernel drops.
 */
export const heapFlags: Readonly<Record<RoleName, readonly string[]>> = {
  preparation: [],
  ingest: [],
  center: ['--initial-old-space-size=64', '--max-semi-space-size=8'],
  simulation: ['--optimize-for-size'],
};
