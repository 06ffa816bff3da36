/** A device as the measuring loop asks it, through a poller of its own. */
import type { DevicePoller } from '../../src/edge/snmp/device-poller.ts';
import type { PolledDevice } from '../../src/flow/polled-device.ts';
import { resourceId } from '../../src/model/ids.ts';

export const polledThrough = (id: string, poller: DevicePoller): PolledDevice => ({
  id,
  resource: resourceId(id),
  readAll: (costly) => poller.readAll(costly),
  plan: () => poller.plan(),
  fill: (groups, done) => poller.fill(groups, done),
  probe: () => poller.probe(),
  changeMarks: () => poller.changeMarks(),
  named: () => poller.named(),
  reading: () => poller.reading(),
  profile: () => poller.profile(),
});
