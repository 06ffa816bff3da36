// Devices that are only listened to: when they have said nothing for too long, and what is said of it.
import { beforeEach, describe, expect, test } from 'vitest';
import { hours, type Instant, instant, minutes } from '../../src/base/instant.ts';
import { compileDetectionRules, Detection } from '../../src/detect/detect.ts';
import { resourceId } from '../../src/model/ids.ts';

const rules = compileDetectionRules([]).value;
const device = { id: 'radio-1', resource: resourceId('hop-1') };
const at = (minute: number): Instant => instant(1_700_000_000_000 + minute * 60_000);
const line = { device, address: '192.0.2.7', text: 'nothing that a rule knows' };
const raised = {
  event: 'raise',
  resource: 'hop-1',
  cause: 'HEARTBEAT_LOST',
  severity: 'major',
  device: 'radio-1',
};
const unknown = { event: 'unknown', resource: 'hop-1', below: true };

describe('a device that should be heard every quarter of an hour', () => {
  const expected = [{ device, everyMs: minutes(15) }];
  let detection: Detection;

  beforeEach(() => {
    detection = new Detection(rules);
    detection.heartbeats.expect(expected, at(0));
  });

  test('is not called down when it is silent: an alarm says so once, and what hangs on it is unknown', () => {
    expect(detection.wake(at(14))).toEqual([]);
    expect(detection.wakeAt).toBe(at(15));
    expect(detection.wake(at(15))).toMatchObject([raised, unknown]);
    expect(detection.wake(at(60))).toEqual([]);
    expect(detection.active()).toMatchObject({ watches: [], unseen: ['hop-1'], active: [raised] });
  });

  test('has its time anew with every notification and every line, whatever they say', () => {
    detection.syslog(line, at(10));
    expect(detection.wake(at(24))).toEqual([]);
    detection.trap({ device, address: line.address, trapOid: '1.3.6.1.6.3.1.1.5.1', varbinds: [] }, at(20));
    expect(detection.wake(at(34))).toEqual([]);
    expect(detection.wake(at(35))).toMatchObject([raised, unknown]);
  });

  test('is there again with its next word', () => {
    detection.wake(at(15));
    expect(detection.syslog(line, at(50))).toMatchObject([
      { event: 'clear', resource: 'hop-1', cause: 'HEARTBEAT_LOST' },
      { event: 'alive', resource: 'hop-1' },
    ]);
    expect(detection.syslog(line, at(51))).toEqual([]);
    expect(detection.active().active).toEqual([]);
  });

  test('that was silent before a restart is so after it; all others have their whole time anew', () => {
    detection.wake(at(15));
    const next = new Detection(rules);
    next.restore(JSON.parse(JSON.stringify(detection.snapshot())));
    next.heartbeats.expect(
      [...expected, { device: { id: 'r-2', resource: resourceId('r-2') }, everyMs: minutes(15) }],
      at(20),
    );
    expect(next.active().active).toMatchObject([raised]);
    expect(next.wake(at(34))).toEqual([]);
    expect(next.wake(at(35))).toMatchObject([{ event: 'raise', resource: 'r-2' }, { event: 'unknown' }]);
  });

  test('that is heard first after a start ends what may stand from before, though nothing is known of it', () => {
    expect(detection.syslog(line, at(1))).toMatchObject([{ event: 'clear', cause: 'HEARTBEAT_LOST' }]);
    expect(detection.syslog(line, at(2))).toEqual([]);
  });

  test('keeps its time through a reload, and nothing is said of it any more when it is not expected', () => {
    detection.heartbeats.expect(expected, at(10));
    expect(detection.wake(at(15))).toHaveLength(2);
    expect(detection.heartbeats.expect([], at(20))).toMatchObject([{ event: 'clear', resource: 'hop-1' }]);
    expect(detection.wake(at(500))).toEqual([]);
    detection.heartbeats.expect([{ device, everyMs: hours(2) }], at(500));
    expect(detection.wakeAt).toBe(at(620));
  });
});
