import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import type { Session, Varbind, VarbindValue } from '../../../src/collect/session.ts';
import { type Agent, type AgentRows, openAgent, recordedRows } from '../../../src/edge/snmp/agent.ts';
import { openSession } from '../../../src/edge/snmp/session.ts';
import { parseSnmprec, recordingOf } from '../../../src/edge/snmp/snmprec.ts';
import { openTransport, type Transport } from '../../../src/edge/snmp/transport.ts';
import { realWorld } from '../../support/real-world.ts';

const folder = join(fileURLToPath(import.meta.url), '../../../../../shared/data/devices');
const isThere = existsSync(folder);
const missing = isThere ? '' : ' (left out: the folder ../shared/data/devices is missing)';
/** Of each recording, evenly spread over it, so that all stay a matter of seconds. */
const MOST_ROWS = 600;
const budget = { requests: 5_000, rows: 20_000, timeMs: 30_000 };

interface PackageVarbind {
  readonly oid: string;
  readonly type: number;
  readonly value: unknown;
}
interface PackageSession {
  subtree(
    oid: string,
    repetitions: number,
    feed: (found: readonly PackageVarbind[]) => void,
    done: (error: Error | null) => void,
  ): void;
  close(): void;
}
interface Package {
  createSession(host: string, community: string, options: object): PackageSession;
  readonly Version2c: number;
}
const netSnmp = createRequire(import.meta.url)('net-snmp') as Package;

/** What both decoders say of a value, in one form. */
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
function ourText({ oid, value }: Varbind): string {
  return `${oid} ${tags[value.type]} ${textOf(value)}`;
}
function textOf(value: VarbindValue): string {
  if ('number' in value) return String(value.number);
  if ('bigint' in value) return String(value.bigint);
  if ('bytes' in value) return hex(value.bytes);
  if ('oid' in value) return value.oid;
  return 'address' in value ? value.address : '';
}
function packageText({ oid, type, value }: PackageVarbind): string {
  return `${oid} ${type} ${packageValue(type, value)}`;
}
function packageValue(type: number, value: unknown): string {
  if (!(value instanceof Uint8Array)) return value === null ? '' : String(value);
  return type === tags.counter64 ? String(BigInt(`0x${hex(value) || '0'}`)) : hex(value);
}
const tags: Readonly<Record<VarbindValue['type'], number>> = {
  integer: 0x02,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  ipAddress: 0x40,
  counter32: 0x41,
  gauge32: 0x42,
  timeticks: 0x43,
  opaque: 0x44,
  counter64: 0x46,
  noSuchObject: 0x80,
  noSuchInstance: 0x81,
  endOfMibView: 0x82,
};

describe('our decoder and that of the net-snmp package', () => {
  const world = realWorld();
  const served = new Map<string, AgentRows>();
  let transport: Transport;
  let agent: Agent;

  beforeAll(async () => {
    transport = await openTransport(world);
    agent = await openAgent(world, {
      host: '127.0.0.1',
      port: 0,
      // Some recorded texts fill more than one frame.
      habits: { largestReplyBytes: 9_000 },
      rowsOf: (community) => served.get(community),
    });
  });
  afterAll(async () => {
    transport.close();
    await agent.close();
  });

  const ours = (community: string): Session =>
    openSession(transport, {
      address: '127.0.0.1',
      port: agent.port,
      version: 1,
      community: new Secret(community),
      timeoutMs: 5_000,
      retries: 1,
    });

  function subtreeOf(community: string, oid: string): Promise<PackageVarbind[]> {
    const options = { port: agent.port, version: netSnmp.Version2c, timeout: 5_000 };
    const session = netSnmp.createSession('127.0.0.1', community, options);
    const found: PackageVarbind[] = [];
    return new Promise((resolve, reject) => {
      const done = (error: Error | null): void => {
        session.close();
        if (error === null) resolve(found);
        else reject(error);
      };
      session.subtree(oid, 30, (varbinds) => void found.push(...varbinds), done);
    });
  }

  it.runIf(isThere || process.env['CI'] === 'true')(
    `say the same of every recording: names, types, values, order${missing}`,
    async () => {
      const names = readdirSync(folder).filter((file) => file.endsWith('.snmprec'));
      expect(names.length).toBeGreaterThan(50);
      for (const name of names) {
        const { rows } = parseSnmprec(readFileSync(join(folder, name), 'latin1'));
        const step = Math.max(1, Math.floor(rows.length / MOST_ROWS));
        const some = rows.filter((_, place) => place % step === 0).map(({ varbind }) => varbind);
        served.set('recording', recordedRows(recordingOf(some)));
        const walked = await ours('recording').walk(['1.3.6.1'], budget);
        expect(walked.problem, name).toBeUndefined();
        const theirs = await subtreeOf('recording', '1.3.6.1');
        expect(walked.varbinds.map(ourText), name).toEqual(theirs.map(packageText));
      }
    },
  );

  const COLUMN = '1.3.6.1.4.1.99999.1';
  const anyValue: fc.Arbitrary<VarbindValue> = fc.oneof(
    fc.record({ type: fc.constant('integer' as const), number: fc.integer() }),
    fc.record({
      type: fc.constantFrom('gauge32' as const, 'counter32' as const, 'timeticks' as const),
      number: fc.integer({ min: 0, max: 0xffff_ffff }),
    }),
    fc.record({
      type: fc.constant('counter64' as const),
      bigint: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    }),
    fc.record({ type: fc.constant('octets' as const), bytes: fc.uint8Array({ maxLength: 150 }) }),
    fc.record({
      type: fc.constant('oid' as const),
      oid: fc.constantFrom('1.3.6.1.2.1', '0.0', '2.39.4294967295.1'),
    }),
    fc.record({ type: fc.constant('ipAddress' as const), address: fc.ipV4() }),
  );
  const subIdentifier = fc.oneof(fc.nat(200), fc.integer({ min: 0, max: 0xffff_ffff }));
  const anyTable = fc.uniqueArray(
    fc.record({
      column: fc.integer({ min: 1, max: 5 }),
      index: fc.array(subIdentifier, { minLength: 1, maxLength: 4 }).map((numbers) => numbers.join('.')),
      value: anyValue,
    }),
    { maxLength: 120, selector: ({ column, index }) => `${column} ${index}` },
  );

  it('say the same of any table with holes, large indexes and values of all types', async () => {
    await fc.assert(
      fc.asyncProperty(anyTable, async (table) => {
        const varbinds = table.map(({ column, index, value }) => ({
          oid: `${COLUMN}.${column}.${index}`,
          value,
        }));
        served.set('table', recordedRows(recordingOf(varbinds)));
        const columns = [1, 2, 3, 4, 5].map((column) => `${COLUMN}.${column}`);
        const walked = await ours('table').walk(columns, budget);
        expect(walked.problem).toBeUndefined();
        const theirs = await subtreeOf('table', COLUMN);
        expect(walked.varbinds.map(ourText).sort()).toEqual(theirs.map(packageText).sort());
        for (const column of columns) {
          const own = walked.varbinds.filter(({ oid }) => oid.startsWith(`${column}.`));
          const other = theirs.filter(({ oid }) => oid.startsWith(`${column}.`));
          expect(own.map(({ oid }) => oid)).toEqual(other.map(({ oid }) => oid));
        }
      }),
      { numRuns: 40 },
    );
  });
});
