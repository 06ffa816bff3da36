/** `allclear.yaml` read, checked and made whole with defaults: everything the daemon was told by a person. */
import { dirname, resolve } from 'node:path';
import { type DurationMs, days, seconds } from '../../base/instant.ts';
import { fileProblem, inPlace, type Parsed, type Problem } from '../../base/problem.ts';
import type { Secret } from '../../base/secret.ts';
import type { DocumentPath, SourceDocument } from '../../base/source-document.ts';
import { channelRefusals, channelSchemas } from '../../edge/channels/index.ts';
import { type DeskSettings, deskRefusal } from '../../edge/desks/index.ts';
import { deskSchemas } from '../../edge/desks/schemas.ts';
import { documentViolations, parseYaml, type Violation } from '../../edge/files/yaml-document.ts';
import { type HookSettings, hookRefusal, hookSchema } from '../../edge/hooks/webhook.ts';
import { fingerprintOf } from '../../edge/snmp/usm-engine.ts';
import type { DnsPlatform } from '../../model/dns.ts';
import type { Policy } from '../../model/policy.ts';
import type { Probe } from '../../model/probe.ts';
import type { SnmpUser } from '../../model/snmp-user.ts';
import type { Staff } from '../../model/task.ts';
import { dnsPlatformFrom, type RawDns } from './dns-platform.ts';
import { mistakesKeyByKey } from './key-by-key.ts';
import { policyFrom, type RawPolicy } from './policy.ts';
import { lengthOr } from './probe-values.ts';
import { probesFrom, type RawProbe } from './probes.ts';
import { configSchema } from './schema.ts';
import { Reader } from './second-look.ts';
import { type RawSeries, type SeriesConfig, seriesOf } from './series.ts';
import { readablePart, soundPart, unsureDevices } from './sound-part.ts';
import { type RawSyslogTls, type SyslogTlsConfig, syslogTlsFrom } from './syslog-tls.ts';
import { addressMistake, type HostPort, parseDuration, parseHostPort, type SecretSource } from './values.ts';

export interface DeviceConfig {
  readonly id: string;
  readonly address: string;
  readonly port: number;
  readonly version: '1' | '2c';
  readonly community: Secret;
  readonly v3?: SnmpUser | undefined;
  /** Topology id; the device's own id when not given. */
  readonly resource: string;
  readonly profile: string;
  /** False: judged by its traps alone. */
  readonly poll: boolean;
  /** It sends notifications or lines of syslog at least so often. */
  readonly heartbeatMs?: DurationMs | undefined;
}

/** A channel's settings as written, its secret read; `edge/channels` knows what each kind needs. */
export interface ChannelConfig {
  readonly name: string;
  readonly kind: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface Config {
  /** Folder of the file; relative paths are relative to it. */
  readonly folder: string;
  readonly data: string;
  readonly http: HostPort;
  readonly public: HostPort;
  readonly publicUrl?: string | undefined;
  readonly traps: HostPort;
  readonly syslog: HostPort;
  /** Syslog over TLS; undefined: not listened for. */
  readonly syslogTls?: SyslogTlsConfig | undefined;
  readonly language: 'ru' | 'en';
  /** Whose telephone numbers are written without their code, ISO 3166-1. */
  readonly country?: string | undefined;
  readonly snmp: {
    readonly intervalMs: DurationMs;
    readonly timeoutMs: DurationMs;
    readonly retries: number;
    readonly trapCommunities: readonly Secret[];
  };
  readonly devices: readonly DeviceConfig[];
  readonly probes: readonly Probe[];
  readonly dns?: DnsPlatform | undefined;
  readonly topology?: string | undefined;
  readonly subscribers?: string | undefined;
  readonly rules?: string | undefined;
  /** Folders of device profiles, added to the shipped ones. */
  readonly profiles: readonly string[];
  readonly channels: readonly ChannelConfig[];
  readonly policy: Policy;
  /** A file whose policy replaces the one written here. */
  readonly policyFile?: string | undefined;
  readonly desk?: DeskSettings | undefined;
  /** What the telephone system shows at `POST /deflect`; undefined: it is not asked. */
  readonly telephone?: { readonly token: Secret } | undefined;
  /** A folder of automations, added to the shipped ones. */
  readonly automations?: string | undefined;
  /** Where automations may post to. */
  readonly webhooks: readonly { readonly name: string; readonly settings: HookSettings }[];
  readonly staff: readonly (Staff & { readonly name: string })[];
  readonly series: SeriesConfig;
  /** How much of what devices sent stays to be read again. */
  readonly spool: { readonly keepMs: DurationMs; readonly keepBytes: number };
}

/** Parses the text of a configuration; every problem has its line, and what is sound is in the value. */
export function parseConfig(file: string, text: string): Parsed<Config> {
  const { value: document, problems: syntax } = parseYaml(file, text);
  const folder = dirname(resolve(file));
  if (document.value === undefined)
    return { value: defaultConfig(folder), problems: mistakesKeyByKey(file, text, violationsOf) ?? syntax };
  const blank: SourceDocument = document.value === null ? { ...document, value: {} } : document;
  const wrong = violationsOf(blank);
  const { value, problems } = build({ ...blank, value: soundPart(blank.value, wrong) }, folder);
  if (wrong.length === 0 && syntax.length === 0) return { value, problems };
  // One mistake hides none of the others: the second look takes along what has a mistake elsewhere.
  const look = { channels: namesIn(blank.value), unsure: unsureDevices(wrong) };
  const closer = build({ ...blank, value: readablePart(blank.value, wrong) }, folder, look);
  const all = [...syntax, ...wrong.map(({ problem }) => problem), ...closer.problems];
  return { value, problems: inPlace(all) };
}

const violationsOf = (document: SourceDocument): readonly Violation[] =>
  documentViolations(configSchema({ channels: channelSchemas, desks: deskSchemas, hook: hookSchema }))(
    document,
  );

const namesIn = (value: unknown): readonly string[] =>
  Object.keys((value as { readonly channels?: object | null } | null)?.channels ?? {});

export const defaultConfig = (folder: string): Config =>
  build({ file: 'defaults', value: {}, problemAt: neverWrong }, folder).value;

const neverWrong = (): Problem => fileProblem('defaults', 'bug/defaults', 'the defaults are wrong');

interface RawDevice {
  readonly id: string;
  readonly address: string;
  readonly port?: number;
  readonly version?: string | number;
  readonly community?: SecretSource;
  readonly v3?: Readonly<Record<string, unknown>>;
  readonly resource?: string;
  readonly profile?: string;
  readonly poll?: boolean;
  readonly heartbeat?: string;
}

interface RawConfig extends RawPolicy {
  readonly data?: string;
  readonly http?: string;
  readonly public?: string;
  readonly publicUrl?: string;
  readonly traps?: string;
  readonly syslog?: string;
  readonly syslogTls?: RawSyslogTls;
  readonly language?: 'ru' | 'en';
  readonly country?: string;
  readonly snmp?: {
    interval?: string;
    timeout?: string;
    retries?: number;
    trapCommunities?: readonly SecretSource[];
  };
  readonly devices?: readonly RawDevice[];
  readonly probes?: readonly (RawProbe | undefined)[];
  readonly dns?: RawDns;
  readonly topology?: string;
  readonly subscribers?: string;
  readonly rules?: string;
  readonly profiles?: string | readonly string[];
  readonly policy?: string;
  readonly channels?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly staff?: readonly { id: string; name?: string; skills: readonly string[]; limit?: number }[];
  readonly series?: RawSeries;
  readonly spool?: { keep?: string; keepGigabytes?: number };
  readonly desk?: Readonly<Record<string, unknown>>;
  readonly telephone?: { readonly token: SecretSource };
  readonly automations?: string;
  readonly webhooks?: Readonly<Record<string, RawHook | undefined>>;
}

interface RawHook {
  readonly url: string;
  readonly secret: SecretSource;
  readonly allowPrivate?: boolean;
}

/** What a second look at a document with mistakes must not take for another one. */
interface CloserLook {
  /** Names of channels, of those with mistakes too. */
  readonly channels: readonly string[];
  /** Devices of which it is not known how they are asked. */
  readonly unsure: ReadonlySet<number>;
}

function build(document: SourceDocument, folder: string, look?: CloserLook): Parsed<Config> {
  const raw = document.value as RawConfig;
  const reader = new Reader(document, folder);
  const path = (written: string | undefined): string | undefined =>
    written === undefined ? undefined : resolve(folder, written);
  const port = (name: 'http' | 'public' | 'traps' | 'syslog', standard: string): HostPort =>
    parseHostPort(raw[name] ?? standard) ?? reader.wrongPort(name, standard);
  const lengthAboveZero = (name: 'interval' | 'timeout', standard: DurationMs): DurationMs => {
    const length = lengthOr(raw.snmp?.[name], standard);
    if (length > 0) return length;
    reader.problem(['snmp', name], 'config/not-valid', `"snmp.${name}" is nothing at all: it is above 0`);
    return standard;
  };
  const policy = policyFrom(raw, {
    channels: look?.channels ?? namesIn(raw),
    webhooks: Object.keys(raw.webhooks ?? {}),
  });
  const value: Config = {
    folder,
    data: path(raw.data ?? './data')!,
    http: port('http', '127.0.0.1:8080'),
    public: port('public', '127.0.0.1:8081'),
    publicUrl: raw.publicUrl?.replace(/\/+$/, ''),
    traps: port('traps', '0.0.0.0:1162'),
    syslog: port('syslog', '0.0.0.0:1514'),
    syslogTls: syslogTlsFrom(raw.syslogTls, reader),
    language: raw.language ?? 'en',
    country: raw.country,
    snmp: {
      intervalMs: lengthAboveZero('interval', seconds(60)),
      timeoutMs: lengthAboveZero('timeout', seconds(2)),
      retries: raw.snmp?.retries ?? 2,
      trapCommunities: (raw.snmp?.trapCommunities ?? []).map((source, index) =>
        reader.secret(source, ['snmp', 'trapCommunities', index]),
      ),
    },
    devices: usersCompared(devicesOf(raw.devices ?? [], reader, look?.unsure), raw.devices ?? [], reader),
    probes: probesFrom(raw.probes ?? [], reader),
    dns: raw.dns === undefined ? undefined : dnsPlatformFrom(raw.dns, reader),
    topology: path(raw.topology),
    subscribers: path(raw.subscribers),
    rules: path(raw.rules),
    profiles: ([] as string[]).concat(raw.profiles ?? []).map((written) => resolve(folder, written)),
    channels: Object.entries(raw.channels ?? {}).map(([name, written]) => channelOf(name, written, reader)),
    policy: policy.value,
    policyFile: path(raw.policy),
    desk: raw.desk === undefined ? undefined : deskOf(raw.desk, reader),
    telephone: raw.telephone && { token: reader.secret(raw.telephone.token, ['telephone', 'token']) },
    automations: path(raw.automations),
    webhooks: Object.entries(raw.webhooks ?? {}).flatMap(([name, written]) =>
      written === undefined ? [] : [{ name, settings: hookOf(name, written, reader) }],
    ),
    staff: (raw.staff ?? [])
      .filter((one) => one !== undefined)
      .map(({ id, name, skills, limit }) => ({
        id: id as Staff['id'],
        name: name ?? id,
        skills,
        state: 'available' as const,
        limit: limit ?? 3,
      })),
    series: seriesOf(raw.series ?? {}, reader),
    spool: {
      keepMs: lengthOr(raw.spool?.keep, days(7)),
      keepBytes: (raw.spool?.keepGigabytes ?? 2) * 1024 ** 3,
    },
  };
  const policyProblems = policy.problems.map(({ path: at, ...found }) => document.problemAt(at, found));
  return { value, problems: [...reader.problems, ...policyProblems] };
}

function devicesOf(
  written: readonly (RawDevice | undefined)[],
  reader: Reader,
  unsure: ReadonlySet<number> = new Set(),
): DeviceConfig[] {
  const seen = new Map<string, number>();
  const asked = new Map<string, number>();
  return written.flatMap((device, index) => {
    if (device === undefined) return [];
    const at = ['devices', index] as const;
    const first = seen.get(device.id);
    if (first !== undefined) {
      const line = reader.lineOf(['devices', first, 'id']);
      const message = `the device id "${device.id}" occurs twice, first in line ${line}`;
      reader.problem([...at, 'id'], 'config/duplicate-id', message);
      return [];
    }
    seen.set(device.id, index);
    const mistaken = addressMistake(device.address);
    if (mistaken !== undefined) reader.problem([...at, 'address'], 'config/device-address', ...mistaken);
    // Several devices may stand behind one address, but not as one user.
    const place = JSON.stringify([device.address, device.port ?? 161, device.community, device.v3]);
    const same = asked.get(place);
    if (unsure.has(index)) {
      // Whether it is asked at the same place as another is not known.
    } else if (same === undefined) asked.set(place, index);
    else {
      const line = reader.lineOf(['devices', same, 'address']);
      const message = `"${device.id}" is asked at the same address as "${written[same]?.id}" in line ${line}`;
      reader.warning([...at, 'address'], 'config/duplicate-address', message);
    }
    return [
      {
        id: device.id,
        address: device.address,
        port: device.port ?? 161,
        version: String(device.version) === '1' ? '1' : '2c',
        community: reader.secret(device.community ?? 'public', [...at, 'community']),
        v3: device.v3 === undefined ? undefined : userOf(device.v3, [...at, 'v3'], reader),
        resource: device.resource ?? device.id,
        profile: device.profile ?? 'auto',
        poll: device.poll ?? true,
        heartbeatMs: device.heartbeat === undefined ? undefined : parseDuration(device.heartbeat),
      } as const,
    ];
  });
}

/**
 * One user name with several keys works, since notifications are tried with each, but it is mostly a slip: each name is said
 * once, where it first differs.
 */
function usersCompared(
  devices: readonly DeviceConfig[],
  written: readonly (RawDevice | undefined)[],
  reader: Reader,
): readonly DeviceConfig[] {
  const firsts = new Map<string, DeviceConfig>();
  const others = new Map<string, { readonly other: DeviceConfig; further: number }>();
  for (const device of devices) {
    if (device.v3 === undefined) continue;
    const first = firsts.get(device.v3.user);
    if (first === undefined) firsts.set(device.v3.user, device);
    else if (fingerprintOf(first.v3!) !== fingerprintOf(device.v3)) {
      const known = others.get(device.v3.user);
      if (known === undefined) others.set(device.v3.user, { other: device, further: 0 });
      else known.further++;
    }
  }
  const placeOf = ({ id }: DeviceConfig): number => written.findIndex((device) => device?.id === id);
  for (const [user, { other, further }] of others) {
    const first = firsts.get(user)!;
    const line = reader.lineOf(['devices', placeOf(first), 'v3']);
    const more = further === 0 ? '' : `, and so at ${further} more`;
    reader.warning(
      ['devices', placeOf(other), 'v3', 'user'],
      'config/v3-user-keys',
      `the SNMPv3 user "${user}" has another level or keys at "${other.id}" than at "${first.id}" in line ${line}${more}`,
      "where that is meant, informs and traps are tried with each of them, the keys of the device at the sender's address first; else give the user one key, or each device a user of its own",
    );
  }
  return devices;
}

function userOf(written: Readonly<Record<string, unknown>>, at: DocumentPath, reader: Reader): SnmpUser {
  const user = written as unknown as SnmpUser;
  const need = (key: 'authKey' | 'privKey'): void => {
    if (written[key] === undefined) {
      reader.problem(at, 'config/missing-key', `level ${user.level} needs "${key}"`);
    }
  };
  if (user.level !== 'noAuthNoPriv') need('authKey');
  if (user.level === 'authPriv') need('privKey');
  const secret = (key: string): Secret | undefined =>
    written[key] === undefined ? undefined : reader.secret(written[key] as SecretSource, [...at, key]);
  return {
    ...user,
    // Polling and traps must agree on what is meant where nothing is written.
    auth: user.auth ?? (written['authKey'] === undefined ? undefined : 'sha'),
    priv: user.priv ?? (written['privKey'] === undefined ? undefined : 'aes'),
    authKey: secret('authKey'),
    privKey: secret('privKey'),
  };
}

function channelOf(name: string, written: Readonly<Record<string, unknown>>, reader: Reader): ChannelConfig {
  const settings: Record<string, unknown> = { ...written };
  for (const key of ['secret', 'password', 'ca', 'token', 'inboundSecret']) {
    if (key in settings)
      settings[key] = reader.secret(settings[key] as SecretSource, ['channels', name, key]);
  }
  for (const { key, reason } of channelRefusals({ ...settings, kind: String(written['kind']) })) {
    reader.problem(['channels', name, key], 'config/refused', reason);
  }
  return { name, kind: String(written['kind']), settings };
}

function deskOf(written: Readonly<Record<string, unknown>>, reader: Reader): DeskSettings {
  const settings: Record<string, unknown> = { ...written };
  for (const key of ['secret', 'password', 'token', 'newsSecret']) {
    if (key in settings) settings[key] = reader.secret(settings[key] as SecretSource, ['desk', key]);
  }
  const desk = settings as unknown as DeskSettings;
  const refusal = deskRefusal(desk);
  if (refusal !== undefined) reader.problem(['desk'], 'config/refused', refusal);
  return desk;
}

function hookOf(name: string, written: RawHook, reader: Reader): HookSettings {
  const secret = reader.secret(written.secret, ['webhooks', name, 'secret']);
  const refusal = hookRefusal(written);
  if (refusal !== undefined) reader.problem(['webhooks', name, 'url'], 'config/refused', refusal);
  return { url: written.url, secret, allowPrivate: written.allowPrivate };
}
