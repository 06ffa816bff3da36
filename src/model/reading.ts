/** What one full reading of a device found: `device-reading/1` of the outside contract, as a type. */

export interface DeviceReading {
  readonly format: 'device-reading/1';
  /** ISO 8601 UTC. */
  readonly at: string;
  /** Profile id such as `huawei/smartax`. */
  readonly profile: string;
  readonly device: DeviceIdentity;
  readonly interfaces: readonly InterfaceReading[];
  readonly readings: readonly MetricReading[];
  readonly links: readonly LinkReading[];
  readonly objects: readonly ObjectReading[];
  /** Which object is what of which other; left out when none was read. */
  readonly relations?: readonly RelationReading[] | undefined;
}

export interface DeviceIdentity {
  readonly sysObjectID?: string | undefined;
  readonly sysDescr?: string | undefined;
  readonly sysName?: string | undefined;
  /** Hundredths of a second. */
  readonly sysUpTimeTicks?: number | undefined;
  readonly vendor?: string | undefined;
  readonly os?: string | undefined;
  readonly hardware?: string | undefined;
  readonly version?: string | undefined;
  readonly serial?: string | undefined;
}

/** RFC 2863 ifTable and ifXTable; a field the device has no value for is left out. */
export interface InterfaceReading {
  readonly ifIndex: number;
  readonly ifName?: string | undefined;
  readonly ifDescr?: string | undefined;
  readonly ifAlias?: string | undefined;
  readonly ifType?: number | string | undefined;
  readonly speedBps?: number | undefined;
  readonly mtu?: number | undefined;
  /** Lower-case hex with colons. */
  readonly mac?: string | undefined;
  readonly adminStatus?: string | undefined;
  readonly operStatus?: string | undefined;
  /** Hundredths of a second. */
  readonly lastChangeTicks?: number | undefined;
  /** ifCounterDiscontinuityTime: when it moves, counters began anew. Hundredths of a second. */
  readonly discontinuityTicks?: number | undefined;
  /** Counters by name; above 2^53 a decimal string. */
  readonly counters?: Readonly<Record<string, number | string>> | undefined;
}

export interface MetricReading {
  readonly oid: string;
  readonly metric: string;
  readonly object: string;
  /** UCUM. */
  readonly unit: string;
  /** null when the row exists but holds no number; then `absent` says why. */
  readonly value: number | string | null;
  readonly raw: number | string;
  readonly absent?: 'no-light' | 'sentinel' | 'offline' | 'no-such' | 'out-of-range' | 'timeout' | undefined;
  /** Left out for gauges and states. */
  readonly kind?: 'counter' | undefined;
  /** The device's own limits, in the unit of the value. */
  readonly limits?:
    | { readonly high?: LimitValues | undefined; readonly low?: LimitValues | undefined }
    | undefined;
}

/** By perceived severity: critical, major, minor, warning. */
type LimitValues = Readonly<Record<string, number>>;

export interface LinkReading {
  readonly protocol: 'lldp' | 'cdp';
  readonly localPort: string;
  readonly remoteChassis?: string | undefined;
  readonly remotePort?: string | undefined;
  readonly remoteName?: string | undefined;
}

/** `from` and `to` are object ids such as `interface/5` or names such as a MAC address. */
export interface RelationReading {
  readonly kind: 'member' | 'contains' | 'serves' | 'feeds' | 'forwards' | 'session' | 'resolves';
  readonly from: string;
  readonly to: string;
}

export interface ObjectReading {
  readonly kind: string;
  /** `kind/index`: the same as long as the device does not number its rows anew. */
  readonly id: string;
  /** What stays when the index does not: a serial number or the like. */
  readonly key?: string | undefined;
  readonly parent?: string | undefined;
  readonly state?: string | undefined;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}
