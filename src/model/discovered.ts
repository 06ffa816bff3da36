/** What devices say of themselves and of each other: facts with source and age, and where they do not fit together. */
import type { Instant } from '../base/instant.ts';

export const factKinds = [
  'link',
  'adjacency',
  'member',
  'contains',
  'serves',
  'feeds',
  'forwards',
  'session',
] as const;
export type FactKind = (typeof factKinds)[number];

/** Who says so: a protocol, a table, or (`access`) the table of an access node's terminals. */
export type FactSource =
  | 'lldp'
  | 'cdp'
  | 'fdb'
  | 'arp'
  | 'lag'
  | 'entity'
  | 'access'
  | 'ospf'
  | 'bgp'
  | 'isis'
  | 'pppoe'
  | 'dhcp'
  | 'profile';

/** Either a device that is polled, with a port or another part of it, or what a stranger calls itself. */
export interface Place {
  /** Id of a device that is polled. */
  readonly device?: string | undefined;
  /** ifName: what stays when ifIndex does not. */
  readonly port?: string | undefined;
  /** Object of the device such as `ont/4194304000.1`. */
  readonly part?: string | undefined;
  readonly name?: string | undefined;
  readonly serial?: string | undefined;
  readonly mac?: string | undefined;
  readonly address?: string | undefined;
}

export interface Fact {
  readonly kind: FactKind;
  readonly source: FactSource;
  readonly from: Place;
  readonly to: Place;
  /** Of an adjacency, e.g. `full`. */
  readonly state?: string | undefined;
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
}

export type ConflictKind =
  /** `seen`: the neighbours that one port has. */
  | 'twoNeighbours'
  /** `at` says that it ends at `seen[0]`; that port says `seen[1]`. */
  | 'endsDisagree'
  /** `name`: the chassis id, `at`: the devices. */
  | 'chassisTwice'
  /** `name`: the sysName, `at`: the devices. */
  | 'nameTwice'
  /** The neighbour at this port may be any of `seen`. */
  | 'ambiguousNeighbour'
  /** Two ports that are joined, and no link or tree of the configured topology joins their devices. */
  | 'linkNotConfigured'
  /** The configured link `name` ends at this port and leads to `seen[1]`; the port is joined with `seen[0]`. */
  | 'linkContradicts'
  /** The configured link `name` between these two, of which neither says so. */
  | 'linkNeverSeen'
  /** `seen`: a neighbour nobody polls, with its address where one is known. */
  | 'notPolled';

/** Two things that cannot both be true, or of which one is missing: listed, never decided. */
export interface Conflict {
  readonly kind: ConflictKind;
  readonly at: readonly Place[];
  readonly seen: readonly Place[];
  readonly name?: string | undefined;
}
