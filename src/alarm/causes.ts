/** What each cause means in X.733 terms: its event type, and the severity of an observation that states none. */
import type { AlarmType } from '../model/alarm.ts';
import type { PerceivedSeverity } from '../model/observation.ts';

interface CauseMeaning {
  readonly alarmType: AlarmType;
  readonly severity: PerceivedSeverity;
}

/** X.733 clause 8.1.2.1 sorts faults of transmission, service, software, equipment and surroundings. */
const meanings: ReadonlyMap<string, CauseMeaning> = new Map([
  ...of('communicationsAlarm', 'major', [
    'LOS',
    'DYING_GASP',
    'LINK_DOWN',
    'BGP_DOWN',
    'ADJACENCY_DOWN',
    'UNREACHABLE',
  ]),
  ...of('communicationsAlarm', 'major', ['LOF', 'AIS']),
  ...of('communicationsAlarm', 'minor', ['RDI']),
  ...of('communicationsAlarm', 'critical', ['PORT_LOS']),
  ...of('communicationsAlarm', 'minor', [
    'FLAPPING',
    'PORT_SUSPENDED',
    'LOOP',
    'LAG_MEMBER_DOWN',
    'ROGUE_ONT',
    'ACCESS_ALARM',
  ]),
  ...of('qualityOfServiceAlarm', 'minor', ['DEGRADED', 'CRC_ERRORS', 'THRESHOLD', 'OVERLOAD', 'UNUSUAL']),
  ...of('qualityOfServiceAlarm', 'critical', ['NO_SERVICE', 'SESSIONS_DROP']),
  ...of('qualityOfServiceAlarm', 'minor', ['TRAP_FLOOD', 'SYSLOG_FLOOD', 'TRAPS_LOST', 'SYSLOG_LOST']),
  ...of('communicationsAlarm', 'major', ['HEARTBEAT_LOST']),
  ...of('qualityOfServiceAlarm', 'major', ['NO_IP']),
  ...of('qualityOfServiceAlarm', 'major', ['SERVICE_DOWN', 'SERVICE_WRONG']),
  ...of('qualityOfServiceAlarm', 'minor', ['HIGH_LATENCY', 'HIGH_JITTER', 'PACKET_LOSS', 'QUEUE_DROPS']),
  ...of('processingErrorAlarm', 'critical', ['DNS_FAIL', 'DNS_WRONG_ANSWER']),
  ...of('processingErrorAlarm', 'major', ['DNS_ERRORS', 'DNSSEC_FAIL', 'DNS_ZONE_STALE', 'OPEN_RESOLVER']),
  ...of('processingErrorAlarm', 'major', ['CERTIFICATE_INVALID']),
  ...of('processingErrorAlarm', 'minor', ['CERTIFICATE_EXPIRING']),
  ...of('processingErrorAlarm', 'warning', ['DNS_AMPLIFICATION', 'NXDOMAIN_FLOOD']),
  ...of('processingErrorAlarm', 'warning', ['RESTART', 'AUTHENTICATION_FAILURE']),
  ...of('processingErrorAlarm', 'minor', ['CPU_HIGH', 'MEMORY_HIGH']),
  ...of('processingErrorAlarm', 'major', ['DHCP_FAIL', 'POOL_EMPTY', 'CONFIG_FAIL']),
  ...of('processingErrorAlarm', 'minor', ['RADIUS_SLOW', 'SLOW_DISK', 'FULL', 'CONFIG_SYNC', 'LICENSE']),
  ...of('equipmentAlarm', 'critical', ['CARD_FAIL']),
  ...of('equipmentAlarm', 'major', ['FAN_FAIL', 'PSU_FAIL', 'EQUIPMENT_FAIL', 'TRANSCEIVER_FAIL']),
  ...of('equipmentAlarm', 'minor', [
    'OPTICS_BIAS',
    'SYNC_LOSS',
    'CARD_REMOVED',
    'POE_FAULT',
    'REDUNDANCY',
    'SENSOR_FAIL',
  ]),
  ...of('equipmentAlarm', 'major', [
    'DISK_FAIL',
    'GENERATOR_FAIL',
    'RECTIFIER_FAIL',
    'BATTERY_FAIL',
    'POWER',
    'DC_VOLTAGE',
  ]),
  ...of('equipmentAlarm', 'minor', ['HFC_ALARM', 'UPS_ALARM', 'ON_BYPASS', 'MAINS_VOLTAGE']),
  ...of('environmentalAlarm', 'major', [
    'MAINS_FAIL',
    'ON_BATTERY',
    'HIGH_TEMP',
    'CABLE_PRESSURE',
    'COOLING_FAIL',
  ]),
  ...of('environmentalAlarm', 'minor', [
    'LOW_TEMP',
    'HUMIDITY',
    'DOOR_OPEN',
    'CONTACT',
    'ENVIRONMENT',
    'FUEL_LOW',
    'EXTERNAL_ALARM',
  ]),
  ...of('environmentalAlarm', 'critical', ['BATTERY_LOW', 'FLOOD', 'SMOKE', 'FIRE']),
]);

const unlisted: CauseMeaning = { alarmType: 'communicationsAlarm', severity: 'indeterminate' };

/** Any text is a cause; one that is not in the table is a communications alarm of indeterminate severity. */
export const meaningOf = (cause: string): CauseMeaning => meanings.get(cause) ?? unlisted;

function of(
  alarmType: AlarmType,
  severity: PerceivedSeverity,
  causes: readonly string[],
): [string, CauseMeaning][] {
  return causes.map((cause) => [cause, { alarmType, severity }]);
}
