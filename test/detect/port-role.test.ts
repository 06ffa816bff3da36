/** A port that goes down is as severe as what it is for, whoever says so. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { instant } from '../../src/base/instant.ts';
import { compileDetectionRules, Detection, type PortRole } from '../../src/detect/detect.ts';
import { parseYaml } from '../../src/edge/files/yaml-document.ts';
import { resourceId } from '../../src/model/ids.ts';
import type { Observation } from '../../src/model/observation.ts';
import { SeenMaker } from '../support/device-seen.ts';

const documents = ['rules/detection.yaml', 'rules/traps.yaml', 'rules/syslog.yaml'].map(
  (file) => parseYaml(file, readFileSync(file, 'utf8')).value,
);
const rules = compileDetectionRules(documents).value;
const device = { id: 'sw-1', resource: resourceId('sw-1') };
const roles: Readonly<Record<string, PortRole>> = {
  uplink: { role: 'link', leadsTo: 'core-1' },
  house: { role: 'access' },
};
const at = (minute: number) => instant(1_700_000_000_000 + minute * 60_000);
const names = ['uplink', 'house', 'spare'];

function watching(): {
  readonly detection: Detection;
  poll(operStatus: 'up' | 'down'): readonly Observation[];
} {
  const detection = new Detection(rules);
  detection.judgeByRole(({ name }) => roles[name ?? '']);
  const maker = new SeenMaker();
  let minute = 10;
  return {
    detection,
    poll(operStatus) {
      const ports = names.map((ifName, i) => ({
        ifIndex: i + 1,
        ifName,
        operStatus,
        adminStatus: 'up' as const,
      }));
      minute++;
      return detection.polled(device, maker.seen({ upTime: minute * 6_000, ports }), at(minute));
    },
  };
}
const shown = (found: readonly Observation[]): unknown[] =>
  found.map(({ event, resource, severity, attributes }) => [
    `${event} ${resource} ${severity}`,
    attributes?.['portRole'],
    attributes?.['leadsTo'],
  ]);

test('a poll that finds ports down says of each what it is for', () => {
  const { poll } = watching();
  poll('up');
  poll('down');
  expect(shown(poll('down'))).toEqual([
    ['raise sw-1/if/1 major', 'link', 'core-1'],
    ['raise sw-1/if/2 warning', 'access', undefined],
    ['raise sw-1/if/3 minor', undefined, undefined],
  ]);
});

test('a notification and a line of syslog are as severe as the poll', () => {
  const { detection, poll } = watching();
  poll('up');
  const linkDown = { device, address: '192.0.2.1', trapOid: '1.3.6.1.6.3.1.1.5.3' };
  const varbinds = [{ oid: '1.3.6.1.2.1.2.2.1.1.1', value: 1 }];
  expect(shown(detection.trap({ ...linkDown, varbinds }, at(20)))).toEqual([
    ['raise sw-1/if/1 major', 'link', 'core-1'],
  ]);
  const text = '%LINK-3-UPDOWN: Interface house, changed state to down';
  expect(shown(detection.syslog({ device, address: '192.0.2.1', text }, at(20)))).toEqual([
    ['raise sw-1/if/2 warning', 'access', undefined],
  ]);
});
