/** What a record of the ingest's spool says: a notification or a syslog message becomes observations and their evidence. */
import type { Instant } from '../../base/instant.ts';
import type { Detection, WatchedDevice } from '../../detect/detect.ts';
import { decodeSyslog, isSyslogRecord, type SyslogRecord } from '../../edge/syslog/syslog.ts';
import { decodeTrap, type TrapRecord } from '../../edge/trap/trap.ts';
import type { ObservationInput, SyslogEvidence, TrapEvidence } from '../../flow/input.ts';
import { resourceId } from '../../model/ids.ts';
import type { Observation } from '../../model/observation.ts';

/** None, the one that a message is about, or all of those among which nothing in it decides. */
export type DeviceOf = (sender: {
  readonly address: string;
  readonly agentAddress?: string | undefined;
  /** Proved by a certificate. */
  readonly peer?: string | undefined;
  /** A device that has the credential it showed. */
  readonly credentialOf?: string | undefined;
  /** The SNMP engine it spoke as. */
  readonly engineId?: string | undefined;
  /** What a line of syslog calls its sender. */
  readonly host?: string | undefined;
}) => readonly WatchedDevice[];

interface Spooled {
  /** At least one: what means nothing else proves that its sender lives. */
  readonly observations: readonly Observation[];
  readonly evidence: NonNullable<ObservationInput['evidence']>;
  /** The devices whose parts or neighbours changed by its own word. */
  readonly changed: readonly string[];
  /** Several devices that it may be of: it speaks of none of them, and the next poll of each decides. */
  readonly doubt: readonly string[];
}

export function meaningOfSpooled(
  bytes: Uint8Array,
  { detection, deviceOf }: { readonly detection: Detection; readonly deviceOf: DeviceOf },
): Spooled {
  if (isSyslogRecord(bytes)) {
    const record = decodeSyslog(bytes);
    const { device, doubt } = oneOf(deviceOf(record));
    const found = detection.syslog({ device, ...lineOf(record) }, record.at);
    return {
      observations: doubted(orAlive(found, { device, source: 'syslog', ...record }), doubt),
      evidence: ofSyslog(record),
      changed: [],
      doubt,
    };
  }
  const record = decodeTrap(bytes);
  const devices = deviceOf(record);
  const { device, doubt } = oneOf(devices);
  const { trapOid, varbinds, agentAddress } = record;
  const address = agentAddress ?? record.address;
  const trap = { device, address, trapOid, varbinds };
  const found = detection.trap(trap, record.at);
  return {
    observations: doubted(orAlive(found, { device, source: 'trap', address }), doubt),
    evidence: ofTrap(record),
    changed: detection.asksForDiscovery(trap) ? devices.slice(0, mostDoubted).map(({ id }) => id) : [],
    doubt,
  };
}

/** Behind one address stand few, or it is no use to ask them all. */
const mostDoubted = 16;

function oneOf(devices: readonly WatchedDevice[]): {
  readonly device: WatchedDevice | undefined;
  readonly doubt: readonly string[];
} {
  if (devices.length <= 1) return { device: devices[0], doubt: [] };
  return { device: undefined, doubt: devices.slice(0, mostDoubted).map(({ id }) => id) };
}

/** What is raised of nobody in particular says whose it may be. */
const doubted = (found: readonly Observation[], doubt: readonly string[]): readonly Observation[] =>
  doubt.length === 0
    ? found
    : found.map((observation) =>
        observation.event === 'raise'
          ? { ...observation, attributes: { ...observation.attributes, devices: doubt.join(', ') } }
          : observation,
      );

/** The same without rules: what a record says of itself. */
export function evidenceOfSpooled(bytes: Uint8Array): {
  readonly at: Instant;
  readonly evidence: Spooled['evidence'];
  readonly agentAddress?: string | undefined;
} {
  if (isSyslogRecord(bytes)) {
    const record = decodeSyslog(bytes);
    return { at: record.at, evidence: ofSyslog(record) };
  }
  const record = decodeTrap(bytes);
  return { at: record.at, evidence: ofTrap(record), agentAddress: record.agentAddress };
}

const lineOf = ({ address, messageId, text, deviceAt, data }: SyslogRecord) => ({
  address,
  deviceAt,
  attributes: data,
  // Junos and others name what happened in the message id alone.
  text: messageId === undefined ? text : `${messageId}: ${text}`,
});

function orAlive(
  found: readonly Observation[],
  of: {
    readonly device: WatchedDevice | undefined;
    readonly address: string;
    readonly source: 'trap' | 'syslog';
  },
): readonly Observation[] {
  if (found.length > 0) return found;
  const { device, address, source } = of;
  const resource = device?.resource ?? resourceId(`unknown-${address}`);
  return [{ event: 'alive', resource, source, device: device?.id }];
}

const ofTrap = ({ from, inform, trapOid, varbinds }: TrapRecord): TrapEvidence => ({
  from,
  inform,
  trapOid,
  varbinds,
});

const ofSyslog = ({ from, facility, severity, host, app, text }: SyslogRecord): SyslogEvidence => ({
  kind: 'syslog',
  from,
  facility,
  severity,
  host,
  app,
  text: beginning(text),
});

/** Of every line the journal keeps this much. */
const longestTextBytes = 1_024;

function beginning(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= longestTextBytes) return text;
  // A sign of several bytes is kept whole or not at all.
  let end = longestTextBytes;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}
