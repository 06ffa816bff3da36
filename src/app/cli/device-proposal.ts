/** The `devices:` part of `allclear.yaml` for devices that were found, ready to paste. */
import type { FoundDevice } from './network-scan.ts';
import { usualLevel } from './snmp-options.ts';

interface Asked {
  readonly community?: string | undefined;
  readonly version?: string | undefined;
  readonly 'v3-user'?: string | undefined;
  readonly 'v3-level'?: string | undefined;
  readonly 'v3-auth'?: string | undefined;
  readonly 'v3-auth-key'?: string | undefined;
  readonly 'v3-priv'?: string | undefined;
  readonly 'v3-priv-key'?: string | undefined;
}

/** Everything that a device said is written as a JSON string, which YAML reads as it is and nothing more. */
export function proposal(found: readonly FoundDevice[], asked: Asked): string {
  const access = accessOf(asked);
  const ids = idsOf(found);
  const lines = found.map((device, i) => {
    const id = ids[i]!;
    const port = device.port === 161 ? [] : [`port: ${device.port}`];
    const parts = [
      `id: ${JSON.stringify(id)}`,
      `address: ${device.address.includes(':') ? JSON.stringify(device.address) : device.address}`,
      ...port,
      ...access,
    ];
    return `  - { ${[...parts, `profile: ${JSON.stringify(device.profile)}`].join(', ')} }`;
  });
  return ['devices:', ...lines].join('\n');
}

/** Each its own, index-aligned. */
export function idsOf(found: readonly FoundDevice[]): readonly string[] {
  const taken = new Set<string>();
  return found.map((device) => freeId(device, taken));
}

/** Secrets that came from a file or from standard input are named, not written out. */
function accessOf(asked: Asked): readonly string[] {
  const user = asked['v3-user'];
  if (user !== undefined) {
    const level = asked['v3-level'] ?? usualLevel(asked['v3-auth-key'], asked['v3-priv-key']);
    const keys = [
      ...(level === 'noAuthNoPriv'
        ? []
        : [`auth: ${asked['v3-auth'] ?? 'sha'}`, 'authKey: { env: SNMP_AUTH_KEY }']),
      ...(level === 'authPriv'
        ? [`priv: ${asked['v3-priv'] ?? 'aes'}`, 'privKey: { env: SNMP_PRIV_KEY }']
        : []),
    ];
    return [`v3: { ${[`user: ${JSON.stringify(user)}`, `level: ${level}`, ...keys].join(', ')} }`];
  }
  const version = asked.version === '1' ? ['version: "1"'] : [];
  const { community } = asked;
  if (community === undefined) return version;
  if (community === '-') return [...version, 'community: { env: SNMP_COMMUNITY }'];
  if (community.startsWith('@'))
    return [...version, `community: { file: ${JSON.stringify(community.slice(1))} }`];
  return [...version, `community: ${JSON.stringify(community)}`];
}

/** What agents say that nobody has named, and what stands where a name was taken out. */
const isNoName = (name: string): boolean =>
  /^<.*>$|^\(.*\)$|^(?:localhost(?:\.localdomain)?|hostname|sysname|unknown|unnamed|noname|none|null|private|default|n\/a)$/i.test(
    name,
  );

/** The name it gave itself as far as an id may hold it, else its address; a second one of a name gets its address too. */
function freeId(device: FoundDevice, taken: Set<string>): string {
  const said = device.sysName?.trim() ?? '';
  const own = (isNoName(said) ? '' : said).replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^-+|-+$/g, '');
  const address = device.address.replace(/[.:]/g, '-');
  const name = own === '' ? `device-${address}` : own.slice(0, 100);
  const id = taken.has(name) ? `${name}-${address}` : name;
  taken.add(id);
  return id;
}
