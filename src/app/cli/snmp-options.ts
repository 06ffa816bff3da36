/** Whom to ask and as whom: the SNMP options that `poll` and `discover` share, and the profiles at hand. */
import { existsSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import { Fault } from '../../base/fault.ts';
import type { Parsed } from '../../base/problem.ts';
import type { Secret } from '../../base/secret.ts';
import type { Profiles } from '../../collect/collect.ts';
import type { Credentials, DeviceTarget } from '../../edge/snmp/poll.ts';
import { profileFoldersBeside } from '../config/installation.ts';
import { installedProfiles } from '../config/installed-profiles.ts';
import { readConfig } from '../config/load.ts';
import { profileHint } from '../config/profile-hint.ts';
import { type HostPort, hostMistake, parseHostPort, withBrackets } from '../config/values.ts';
import { collectorsFolder } from '../product-files.ts';
import { configFile, durationFrom, secretFrom, wholeFrom } from './common-options.ts';

export const snmpOptions = {
  community: { type: 'string' },
  version: { type: 'string' },
  'v3-user': { type: 'string' },
  'v3-level': { type: 'string' },
  'v3-auth': { type: 'string' },
  'v3-auth-key': { type: 'string' },
  'v3-priv': { type: 'string' },
  'v3-priv-key': { type: 'string' },
  config: { type: 'string' },
  timeout: { type: 'string' },
  retries: { type: 'string' },
} as const;

export const snmpUsage =
  '[--community C|@FILE|-] [--version 1|2c] [--v3-user U --v3-level authPriv --v3-auth sha256 --v3-auth-key @FILE --v3-priv aes --v3-priv-key @FILE] [--timeout 2s] [--retries N]';

type SnmpValues = { readonly [Name in keyof typeof snmpOptions]?: string | undefined };

const levels = ['noAuthNoPriv', 'authNoPriv', 'authPriv'] as const;
const authentications = ['md5', 'sha', 'sha224', 'sha256', 'sha384', 'sha512'] as const;
const privacies = ['des', 'aes', 'aes192b', 'aes192r', 'aes256b', 'aes256r'] as const;

/** Community `public` over v2c when nothing is said, as in `allclear.yaml`. */
export async function credentialsFrom(values: SnmpValues): Promise<Credentials> {
  refuseContradictions(values);
  const user = values['v3-user'];
  if (user !== undefined) return v3Credentials(user, values);
  const version = oneOf(values.version ?? '2c', ['1', '2c'] as const, 'version');
  const community = await secretFrom(values.community ?? 'public', 'community');
  return { version: version === '1' ? 'v1' : 'v2c', community };
}

const v3Only = ['v3-level', 'v3-auth', 'v3-auth-key', 'v3-priv', 'v3-priv-key'] as const;
const v2Only = ['community', 'version'] as const;

/** Of two ways to ask only one can be meant: which one is not guessed. */
function refuseContradictions(values: SnmpValues): void {
  const given = (names: readonly (keyof SnmpValues)[]) => names.find((name) => values[name] !== undefined);
  if (values.version === '3' && values['v3-user'] === undefined)
    throw new Fault('usage/version', 'version 3 is asked for with --v3-user and its keys, without --version');
  const [older, newer] = [given(v2Only), given(v3Only)];
  if (values['v3-user'] === undefined) {
    if (newer !== undefined) throw new Fault('usage/v3-user', `--${newer} needs --v3-user`);
    return;
  }
  if (values['v3-user'] === '') throw new Fault('usage/v3-user', '--v3-user is empty');
  // `--version 3` beside a user says the same twice.
  if (older === undefined || (older === 'version' && values.version === '3')) return;
  throw new Fault('usage/v3-user', `--v3-user is SNMPv3 and --${older} is SNMPv1 or v2c: give one of them`);
}

async function v3Credentials(user: string, values: SnmpValues): Promise<Credentials> {
  const key = async (name: 'v3-auth-key' | 'v3-priv-key'): Promise<Secret | undefined> => {
    const written = values[name];
    return written === undefined ? undefined : secretFrom(written, name);
  };
  const authKey = await key('v3-auth-key');
  const privKey = await key('v3-priv-key');
  const level = oneOf(values['v3-level'] ?? usualLevel(authKey, privKey), levels, 'v3-level');
  for (const [key, name, least] of [
    [authKey, 'v3-auth', 'authNoPriv'],
    [privKey, 'v3-priv', 'authPriv'],
  ] as const) {
    if (levels.indexOf(level) >= levels.indexOf(least)) continue;
    if (key !== undefined) throw new Fault('usage/v3-level', `level ${level} uses no --${name}-key`);
    if (values[name] !== undefined) throw new Fault('usage/v3-key', `--${name} needs --${name}-key`);
  }
  const needsAuth = level !== 'noAuthNoPriv' && authKey === undefined;
  if (needsAuth || (level === 'authPriv' && privKey === undefined)) {
    const missing = needsAuth ? '--v3-auth-key' : '--v3-priv-key';
    throw new Fault('usage/v3-key', `level ${level} needs ${missing}`);
  }
  // RFC 3414 section 5 and 8: both keys are made from pass phrases of at least 8 characters.
  for (const held of [authKey, privKey]) {
    if (held !== undefined && held.reveal().length < 8) {
      throw new Fault('usage/v3-key', 'an SNMPv3 pass phrase has at least 8 characters');
    }
  }
  const auth = oneOf(values['v3-auth'] ?? 'sha', authentications, 'v3-auth');
  const priv = oneOf(values['v3-priv'] ?? 'aes', privacies, 'v3-priv');
  return { version: 'v3', v3: { user, level, auth, authKey, priv, privKey } };
}

/** What the keys at hand allow. */
export const usualLevel = (authKey: unknown, privKey: unknown): (typeof levels)[number] =>
  privKey !== undefined ? 'authPriv' : authKey !== undefined ? 'authNoPriv' : 'noAuthNoPriv';

function oneOf<T extends string>(written: string, allowed: readonly T[], name: string): T {
  const found = allowed.find((one) => one === written);
  if (found !== undefined) return found;
  throw new Fault(`usage/${name}`, `--${name} is one of ${allowed.join(', ')}, not "${written}"`);
}

/** `HOST`, `HOST:PORT`, `[::1]:PORT` or a bare IPv6 address. */
function deviceAddress(written: string): HostPort {
  const bare = written.replace(/^\[(.*)\]$/, '$1');
  const found = isIPv6(bare)
    ? { host: bare, port: 161 }
    : (parseHostPort(written) ?? { host: bare, port: 161 });
  const mistaken = hostMistake(found.host);
  if (mistaken === undefined && found.port > 0) return found;
  const bracketed = withBrackets(written);
  const hint =
    bracketed === undefined ? mistaken?.[1] : `an IPv6 address before a port has brackets: ${bracketed}`;
  const what = `"${written}" is no HOST or HOST:PORT`;
  throw new Fault('usage/host', hint === undefined ? what : `${what}; ${hint}`);
}

/** The device named on the command line, and as whom to ask it. */
export async function targetFrom(written: string, values: SnmpValues): Promise<DeviceTarget> {
  return {
    ...deviceAddress(written),
    credentials: await credentialsFrom(values),
    timeoutMs: timeoutFrom(values.timeout, 2_000),
    retries: wholeFrom(values.retries, 'retries', { least: 0, most: 10, otherwise: 2 }),
  };
}

const leastTimeoutMs = 10;
const mostTimeoutMs = 60_000;

/** How long one request waits for its answer. */
export function timeoutFrom(written: string | undefined, otherwise: number): number {
  const length = durationFrom(written, 'timeout', otherwise);
  if (length >= leastTimeoutMs && length <= mostTimeoutMs) return length;
  throw new Fault('usage/timeout', `--timeout is from 10ms to 1m, not "${written}"`);
}

/** `auto`, or a profile that there is. */
export function checkedProfile(written: string | undefined, profiles: Profiles): string {
  if (written === undefined || written === 'auto' || profiles.byId.has(written)) return written ?? 'auto';
  const near = profileHint(written, profiles);
  throw new Fault(
    'usage/profile',
    `there is no profile "${written}"${near === undefined ? '' : `; ${near}`}`,
  );
}

/** Shipped profiles, those in `collectors` beside the configuration and those that it names. */
export async function profilesBeside(config: string | undefined): Promise<Parsed<Profiles>> {
  return installedProfiles(await profileFoldersOf(config));
}

/** Profiles of one's own belong to a configuration: without one a folder of that name may be anybody's. */
export const ignoresCollectors = (config: string | undefined): boolean =>
  configFile(config) === undefined &&
  existsSync('collectors') &&
  resolve('collectors') !== resolve(collectorsFolder);

/** What else is wrong with the configuration does not matter here. */
export async function profileFoldersOf(config: string | undefined): Promise<readonly string[]> {
  const file = configFile(config);
  const read = file === undefined ? undefined : await readConfig({ config: file, override: {} });
  return profileFoldersBeside(file, read?.value.profiles ?? []);
}
