/** Alarms that syslog messages carry in their structured data (RFC 5674). */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { instant } from '../../src/base/instant.ts';
import { compileDetectionRules, Detection } from '../../src/detect/detect.ts';
import { parseYaml } from '../../src/edge/files/yaml-document.ts';
import { resourceId } from '../../src/model/ids.ts';
import { SeenMaker } from '../support/device-seen.ts';

const file = 'rules/syslog.yaml';
const rules = compileDetectionRules([parseYaml(file, readFileSync(file, 'utf8')).value]).value;
const device = { id: 'r-1', resource: resourceId('router-1') };
const at = instant(1_700_000_000_000);

function observed(data: Readonly<Record<string, string>>, element = 'alarm', text = 'some words') {
  const attributes = Object.fromEntries(
    Object.entries(data).map(([name, value]) => [`${element}.${name}`, value]),
  );
  const detection = new Detection(rules);
  const ports = [{ ifIndex: 7, ifName: 'ge-0/0/7', adminStatus: 'up', operStatus: 'up' }] as const;
  detection.polled(device, new SeenMaker().seen({ upTime: 1_000, ports }), at);
  return detection.syslog({ device, address: '192.0.2.1', text, attributes }, at)[0];
}
const whole = { resource: 'fan 3', probableCause: 'coolingFanFailure', perceivedSeverity: 'major' };

test('an alarm is raised as it says, and ended by the severity cleared', () => {
  const raised = observed({ ...whole, eventType: 'equipmentAlarm', trendIndication: 'moreSevere' });
  expect(raised).toMatchObject({
    ...{ event: 'raise', resource: 'router-1', by: 'r-1/resource/fan 3', cause: 'FAN_FAIL' },
    ...{ severity: 'major', source: 'syslog', device: 'r-1' },
    attributes: { eventType: 'equipmentAlarm', trendIndication: 'moreSevere', line: 'some words' },
  });
  const cleared = observed({ ...whole, perceivedSeverity: 'cleared' });
  expect(cleared).toMatchObject({ event: 'clear', resource: 'router-1', by: 'r-1/resource/fan 3' });
});

test('a resource that is the name of a polled port is that port', () => {
  expect(observed({ ...whole, resource: 'ge-0/0/7', probableCause: 'lossOfSignal' })).toMatchObject({
    ...{ resource: 'r-1/if/7', cause: 'LOS' },
  });
});

test('an element of an enterprise counts, and a cause that nobody named keeps its name', () => {
  expect(observed({ ...whole, probableCause: 'toxicGas' }, 'alarm@32473')).toMatchObject({
    cause: 'toxicGas',
  });
});

test('without one of the three fields that must be there, or with an unknown severity, the rules decide', () => {
  for (const name of Object.keys(whole)) {
    const { [name as 'resource']: _, ...rest } = whole;
    expect(observed(rest)).toBeUndefined();
  }
  expect(observed({ ...whole, perceivedSeverity: 'fatal' })).toBeUndefined();
  expect(observed(whole, 'alarming')).toBeUndefined();
});

test('an alarm of its own wins over a rule that knows its words', () => {
  const line = '%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down';
  expect(observed(whole, 'alarm', line)).toMatchObject({ cause: 'FAN_FAIL' });
});
