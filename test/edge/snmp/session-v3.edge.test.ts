import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { type Session, TableCells } from '../../../src/collect/session.ts';
import { openV3Session } from '../../../src/edge/snmp/session-v3.ts';
import { openTransport, type Transport } from '../../../src/edge/snmp/transport.ts';
import type { SnmpUser } from '../../../src/model/snmp-user.ts';
import { realWorld } from '../../support/real-world.ts';
import { isSnmpdInstalled, type RunningSnmpd, startSnmpd } from './debian-snmpd.ts';

const missing = isSnmpdInstalled ? '' : ' (left out: /usr/sbin/snmpd is missing)';
const itRuns = it.runIf(isSnmpdInstalled || process.env['CI'] === 'true');

const SYS_NAME = '1.3.6.1.2.1.1.5.0';
const budget = { requests: 100, rows: 500, timeMs: 5_000 };
const authPassword = 'a-password-to-authenticate';
const privPassword = 'a-password-for-privacy';

const auths = {
  md5: 'MD5',
  sha: 'SHA',
  sha224: 'SHA-224',
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
};
const privs = {
  des: 'DES',
  aes: 'AES',
  aes192b: 'AES-192',
  aes192r: 'AES-192-C',
  aes256b: 'AES-256',
  aes256r: 'AES-256-C',
};
type Auth = keyof typeof auths;
type Priv = keyof typeof privs;

const userOf = (level: SnmpUser['level'], auth: Auth = 'sha', priv: Priv = 'aes'): SnmpUser => ({
  user: `${level}-${auth}-${priv}`,
  level,
  auth,
  authKey: new Secret(authPassword),
  priv,
  privKey: new Secret(privPassword),
});
const pairs = Object.keys(auths).flatMap((auth) =>
  Object.keys(privs).map((priv) => [auth, priv] as [Auth, Priv]),
);

function configuredUsers(): string[] {
  const lines: string[] = [];
  const add = ({ user }: SnmpUser, level: string, keys: string): void => {
    lines.push(`createUser ${user} ${keys}`, `rouser ${user} ${level}`);
  };
  for (const [auth, priv] of pairs) {
    const keys = `${auths[auth]} "${authPassword}" ${privs[priv]} "${privPassword}"`;
    add(userOf('authPriv', auth, priv), 'priv', keys);
  }
  for (const auth of Object.keys(auths) as Auth[]) {
    add(userOf('authNoPriv', auth), 'auth', `${auths[auth]} "${authPassword}"`);
  }
  add(userOf('noAuthNoPriv'), 'noauth', '');
  return lines;
}

describe("Debian's snmpd over SNMPv3", () => {
  const world = realWorld();
  let transport: Transport;
  let snmpd: RunningSnmpd;

  beforeAll(async () => {
    transport = await openTransport(world);
    if (isSnmpdInstalled || process.env['CI'] === 'true') snmpd = await startSnmpd(configuredUsers());
  });
  afterEach(async () => {
    transport.close();
    transport = await openTransport(world);
  });
  afterAll(async () => {
    transport.close();
    await snmpd?.stop();
  });

  const open = (v3: SnmpUser, { timeoutMs = 1_000, retries = 1, context = '' } = {}): Session =>
    openV3Session(transport, {
      address: '127.0.0.1',
      port: snmpd.port,
      v3,
      timeoutMs,
      retries,
      context,
    });

  async function expectName(v3: SnmpUser): Promise<void> {
    const found = await open(v3).get([SYS_NAME]);
    expect(found).toMatchObject({ varbinds: [{ oid: SYS_NAME }], problem: undefined });
    const value = found.varbinds[0]?.value;
    expect(value?.type === 'octets' && Buffer.from(value.bytes).toString()).toBe('test-host');
  }

  itRuns(`is read without security${missing}`, () => expectName(userOf('noAuthNoPriv')));

  for (const auth of Object.keys(auths) as Auth[]) {
    itRuns(`is read with ${auth} and without privacy${missing}`, () =>
      expectName(userOf('authNoPriv', auth)),
    );
    itRuns(`is read with ${auth} and every cipher${missing}`, async () => {
      for (const priv of Object.keys(privs) as Priv[]) await expectName(userOf('authPriv', auth, priv));
    });
  }

  itRuns(`gives tables as it gives them to the net-snmp package${missing}`, async () => {
    const v3 = userOf('authPriv', 'sha256', 'aes');
    const column = '1.3.6.1.2.1.2.2.1.2';
    const { varbinds, problem } = await open(v3).walk([column], budget);
    expect(problem).toBeUndefined();
    const theirs = await packageSubtree(snmpd.port, v3, column);
    expect(theirs.length).toBeGreaterThan(0);
    expect(
      varbinds.map(({ oid, value }) => [oid, value.type === 'octets' && Buffer.from(value.bytes).toString()]),
    ).toEqual(theirs.map(({ oid, value }) => [oid, value.toString()]));
  });

  const refusal = (detail: string) => ({
    varbinds: [],
    problem: { kind: 'refused', reason: 'authentication', detail },
  });

  itRuns(`names the user, the key or the level that is wrong${missing}`, async () => {
    const v3 = userOf('authPriv', 'sha256', 'aes');
    const first = (changes: Partial<SnmpUser>) => open({ ...v3, ...changes }).get([SYS_NAME]);
    expect(await first({ user: 'nobody' })).toEqual(refusal('unknownUser'));
    expect(await first({ authKey: new Secret('another password') })).toEqual(refusal('authKey'));
    expect(await first({ auth: 'sha512' })).toEqual(refusal('authKey'));
    expect(await first({ authKey: undefined })).toEqual(refusal('authKey'));
    const asked = await open({ ...v3, ...userOf('authNoPriv', 'md5'), level: 'authPriv' }).get([SYS_NAME]);
    expect(asked).toEqual(refusal('securityLevel'));
    const lower = await open({ ...v3, level: 'authNoPriv' }).get([SYS_NAME]);
    expect(lower).toEqual({ varbinds: [], problem: { kind: 'refused', reason: 'noAccess' } });
    // RFC 3414 section 3.2 step 8: what deciphers to nothing is reported, or dropped as this agent does.
    const wrongPrivacy = await open({ ...v3, privKey: new Secret('another password') }, { timeoutMs: 200 });
    expect(await wrongPrivacy.get([SYS_NAME])).toMatchObject({ varbinds: [], problem: {} });
  });

  itRuns(
    `is discovered once, and not at all when it was known before a restart of ours${missing}`,
    async () => {
      const v3 = userOf('authPriv', 'sha256', 'aes');
      for (let i = 0; i < 3; i++) await expectName(v3);
      expect(transport.engines.counters()).toMatchObject({ discoveries: 1, resynchronised: 0 });
      const records = transport.engines.records();
      transport.close();
      transport = await openTransport(world);
      transport.engines.restore(records);
      await expectName(v3);
      expect(transport.engines.counters()).toMatchObject({ discoveries: 0, resynchronised: 0 });
    },
  );

  itRuns(`is followed over its restart, and over one that loses its boots${missing}`, async () => {
    const v3 = userOf('authPriv', 'sha256', 'aes');
    await expectName(v3);
    await snmpd.restart(60);
    await expectName(v3);
    expect(transport.engines.counters()).toMatchObject({ discoveries: 1, resynchronised: 1, wentBack: 0 });
    expect(transport.engines.records()).toMatchObject([{ boots: 61 }]);
    await snmpd.restart(10);
    await expectName(v3);
    expect(transport.engines.counters()).toMatchObject({ discoveries: 1, resynchronised: 2, wentBack: 1 });
    expect(transport.engines.records()).toMatchObject([{ boots: 11 }]);
  });

  itRuns(
    `says with each reading how often its engine has started, where it proved it${missing}`,
    async () => {
      const bootsOf = (v3: SnmpUser): Promise<number | undefined> => {
        const cells = new TableCells({ columns: ['1.3.6.1.2.1.1.9.1.3'] });
        return new Promise((resolve) =>
          open(v3).fill([cells], budget, ({ engineBoots }) => resolve(engineBoots)),
        );
      };
      const v3 = userOf('authPriv', 'sha256', 'aes');
      await snmpd.restart(20);
      expect(await bootsOf(v3)).toBe(21);
      await snmpd.restart(60);
      expect(await bootsOf(v3)).toBe(61);
      expect(await bootsOf(v3)).toBe(61);
    },
  );
});

interface Theirs {
  readonly oid: string;
  readonly value: Buffer;
}

function packageSubtree(port: number, v3: SnmpUser, column: string): Promise<Theirs[]> {
  const { createV3Session, SecurityLevel, AuthProtocols, PrivProtocols } = createRequire(import.meta.url)(
    'net-snmp',
  ) as {
    createV3Session(
      target: string,
      user: object,
      options: object,
    ): {
      subtree(oid: string, feed: (rows: Theirs[]) => void, done: (error: Error | null) => void): void;
      close(): void;
    };
    SecurityLevel: Record<string, number>;
    AuthProtocols: Record<string, number>;
    PrivProtocols: Record<string, number>;
  };
  const user = {
    name: v3.user,
    level: SecurityLevel[v3.level],
    authProtocol: AuthProtocols[v3.auth!],
    authKey: v3.authKey!.reveal(),
    privProtocol: PrivProtocols[v3.priv!],
    privKey: v3.privKey!.reveal(),
  };
  const session = createV3Session('127.0.0.1', user, { port, version: 3 });
  return new Promise((resolve, reject) => {
    const rows: Theirs[] = [];
    session.subtree(
      column,
      (fed) => rows.push(...fed),
      (error) => {
        session.close();
        if (error === null || error === undefined) resolve(rows);
        else reject(error);
      },
    );
  });
}
