/** The part of the `net-snmp` package that receives notifications, with types: the package itself has none. */
import { createRequire } from 'node:module';

export interface PackageVarbind {
  readonly oid: string;
  readonly type: number;
  readonly value: unknown;
}

/** SNMPv1 Trap-PDU, or a SNMPv2-Trap-PDU or InformRequest-PDU; told apart by `type`. */
export interface PackagePdu {
  readonly type: number;
  readonly varbinds: readonly PackageVarbind[];
  readonly enterprise?: string | null;
  readonly agentAddr?: string;
  readonly generic?: number;
  readonly specific?: number;
  readonly upTime?: number;
}

export interface Sender {
  readonly address: string;
  readonly port: number;
}

/** What the package asks of a socket. */
export interface PackageSocket {
  on(event: string, listener: (bytes: Buffer, sender: Sender) => void): void;
  bind(): void;
  send(bytes: Buffer, offset: number, length: number, port: number, address: string): void;
  close(): void;
}

export interface Authorizer {
  addCommunity(community: string): void;
  deleteCommunity(community: string): void;
  deleteUser(userName: string): void;
  /** In place of one of that name. */
  addUser(user: Readonly<Record<string, unknown>>): void;
}

interface Package {
  createReceiver(
    options: {
      readonly dgramModule: { createSocket(): PackageSocket };
      readonly engineID: Buffer;
      readonly disableAuthorization: false;
    },
    callback: (
      error: (Error & { readonly code?: number }) | null,
      notification?: { readonly pdu: PackagePdu },
    ) => void,
  ): { getAuthorizer(): Authorizer };
  readonly ObjectType: Readonly<Record<string, number>>;
  readonly PduType: Readonly<Record<string, number>>;
  readonly SecurityLevel: Readonly<Record<string, number>>;
  readonly AuthProtocols: Readonly<Record<string, number>>;
  readonly PrivProtocols: Readonly<Record<string, number>>;
  readonly Authentication: {
    /** Keys made from passwords; grows with each engine id met and is never emptied by the package. */
    readonly authToKeyCache: Record<string, unknown>;
    computeCacheKey(authProtocol: number, password: string, engineId: Buffer): string;
  };
}

const require = createRequire(import.meta.url);

/** Loaded where it is first used: it takes 10 MiB, and most processes only import what could use it. */
export const netSnmp = new Proxy({} as Package, {
  get: (_, name) => Reflect.get(require('net-snmp') as Package, name) as unknown,
});
