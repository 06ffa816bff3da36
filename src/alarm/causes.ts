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
  ...of('communicationsAlarm', 'critical', ['PORT_LOS']),
  ...of('communicationsAlarm', 'minor', ['FLAPPING', 'LOOP', 'LAG_MEMBER_DOWN', 'ROGUE_ONT', 'ACCESS_ALARM']),
  ...of('qualityOfServiceAlarm', 'minor', ['DEGRADED', 'CRC_ERRORS', 'UTILISATION', 'THRESHOLD', 'OVERLOAD']),
  ...of('qualityOfServiceAlarm', 'critical', ['NO_SERVICE', 'SESSIONS_DROP']),
  ...of('qualityOfServiceAlarm', 'minor', ['TRAP_FLOOD', 'SYSLOG_FLOOD']),
  ...of('qualityOfServiceAlarm', 'major', ['NO_IP']),
  ...of('qualityOfServiceAlarm', 'major', ['SERVICE_DOWN', 'SERVICE_WRONG']),
  ...of('qualityOfServiceAlarm', 'minor', ['HIGH_LATENCY', 'HIGH_JITTER', 'PACKET_LOSS']),
  ...of('processingErrorAlarm', 'critical', ['DNS_FAIL', 'DNS_WRONG_ANSWER']),
  ...of('processingErrorAlarm', 'major', ['DNS_ERRORS', 'DNSSEC_FAIL', 'DNS_ZONE_STALE', 'OPEN_RESOLVER']),
  ...of('processingErrorAlarm', 'major', ['CERTIFICATE_INVALID']),
  ...of('processingErrorAlarm', 'minor', ['CERTIFICATE_EXPIRING']),
  ...of('processingErrorAlarm', 'warning', ['DNS_AMPLIFICATION', 'NXDOMAIN_FLOOD']),
  ...of('processingErrorAlarm', 'warning', ['RESTART', 'AUTHENTICATION_FAILURE']),
  ...of('processingErrorAlarm', 'minor', ['CPU_HIGH', 'MEMORY_HIGH']),
  ...of('equipmentAlarm', 'critical', ['CARD_FAIL']),
  ...of('equipmentAlarm', 'major', ['FAN_FAIL', 'PSU_FAIL', 'EQUIPMENT_FAIL', 'TRANSCEIVER_FAIL']),
  ...of('equipmentAlarm', 'minor', ['OPTICS_BIAS', 'CARD_REMOVED', 'POE_FAULT', 'REDUNDANCY', 'SENSOR_FAIL']),
  ...of('equipmentAlarm', 'major', ['DISK_FAIL', 'RECTIFIER_FAIL', 'BATTERY_FAIL', 'POWER', 'DC_VOLTAGE']),
  ...of('equipmentAlarm', 'minor', ['HFC_ALARM', 'UPS_ALARM', 'ON_BYPASS', 'MAINS_VOLTAGE']),
  ...of('environmentalAlarm', 'major', ['MAINS_FAIL', 'ON_BATTERY', 'HIGH_TEMP', 'CABLE_PRESSURE']),
  ...of('environmentalAlarm', 'minor', [
    'LOW_TEMP',
    'HUMIDITY',
    'DOOR_OPEN',
    'CONTACT',
    'ENVIRONMENT',
    'FUEL_LOW',
  ]),
  ...of('environmentalAlarm', 'critical', ['BATTERY_LOW', 'FLOOD', 'SMOKE', 'FLOOD_OR_SMOKE']),
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
