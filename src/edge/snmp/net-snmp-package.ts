/** The part of the `net-snmp` package that sessions use, with types: the package itself has none. */
import type { Socket } from 'node:dgram';
import { createRequire } from 'node:module';

export interface PackageVarbind {
  readonly oid: string;
  readonly type: number;
  readonly value: unknown;
}

export interface PackageSession {
  get(
    oids: readonly string[],
    done: (error: Error | null, varbinds?: readonly PackageVarbind[]) => void,
  ): void;
  getBulk(
    oids: readonly string[],
    nonRepeaters: number,
    maxRepetitions: number,
    done: (error: Error | null, varbinds?: readonly (readonly PackageVarbind[])[]) => void,
  ): void;
  on(event: 'error' | 'close', listener: () => void): void;
  close(): void;
}

interface Package {
  createV3Session(
    target: string,
    user: Readonly<Record<string, unknown>>,
    options: {
      readonly port: number;
      readonly retries: number;
      readonly timeout: number;
      readonly transport: 'udp4' | 'udp6';
      readonly version: number;
      readonly reportOidMismatchErrors: boolean;
      readonly dgramModule: { createSocket(type: 'udp4' | 'udp6'): Socket };
    },
  ): PackageSession;
  readonly Version3: number;
  readonly SecurityLevel: Readonly<Record<string, number>>;
  readonly AuthProtocols: Readonly<Record<string, number>>;
  readonly PrivProtocols: Readonly<Record<string, number>>;
  readonly ResponseInvalidCode: Readonly<Record<string, number>>;
}

const require = createRequire(import.meta.url);

/** Loaded where it is first used: it takes 10 MiB, and most processes only import what could use it. */
export const netSnmp = new Proxy({} as Package, {
  get: (_, name) => Reflect.get(require('net-snmp') as Package, name) as unknown,
});
