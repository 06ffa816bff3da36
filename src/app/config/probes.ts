/** `probes` of the configuration, read and made whole with defaults. */
import { isIP } from 'node:net';
import { neverHappens } from '../../base/fault.ts';
import { days, seconds } from '../../base/instant.ts';
import type { DocumentPath } from '../../base/source-document.ts';
import { refusedTarget } from '../../edge/net/address-guard.ts';
import { resourceId } from '../../model/ids.ts';
import type { HostTarget, Probe } from '../../model/probe.ts';
import {
  addressAt,
  domainName,
  expectedRecords,
  hostTarget,
  lengthOr,
  recordType,
  type ValueReader,
} from './probe-values.ts';
import { parseDuration, type SecretSource } from './values.ts';

export interface RawProbe {
  readonly id: string;
  readonly kind: Probe['kind'];
  readonly target: string;
  readonly resource?: string;
  readonly every?: string;
  readonly timeout?: string;
  readonly from?: string;
  readonly access?: string;
  readonly allowPrivate?: boolean;
  readonly raiseAfter?: number;
  readonly clearAfter?: number;
  readonly count?: number;
  readonly status?: number | readonly number[];
  readonly contains?: string;
  readonly serverName?: string;
  readonly authorities?: string;
  readonly name?: string;
  readonly type?: string;
  readonly expect?: readonly string[];
  readonly secret?: SecretSource;
  readonly limits?: { latency?: string; jitter?: string; loss?: number; expires?: string };
}

type Common = Pick<
  Probe,
  | 'id'
  | 'resource'
  | 'everyMs'
  | 'timeoutMs'
  | 'from'
  | 'access'
  | 'allowPrivate'
  | 'limits'
  | 'raiseAfter'
  | 'clearAfter'
>;

/** Keys that mean something for one kind only. */
const ownKeys: Readonly<Record<Probe['kind'], readonly (keyof RawProbe)[]>> = {
  icmp: ['count'],
  tcp: [],
  http: ['status', 'contains'],
  tls: ['serverName', 'authorities'],
  dns: ['name', 'type', 'expect'],
  radius: ['secret'],
};
/** Undefined: the port must be written. */
const standardPorts: Readonly<Record<Exclude<Probe['kind'], 'http'>, number | undefined>> = {
  // Where fping is not installed: a port that most hosts answer, if only with a refusal.
  icmp: 80,
  tcp: undefined,
  tls: 443,
  dns: 53,
  radius: 1812,
};

export function probesFrom(written: readonly (RawProbe | undefined)[], reader: ValueReader): Probe[] {
  const seen = new Set<string>();
  return written.flatMap((raw, index) => {
    if (raw === undefined) return [];
    const path = ['probes', index] as const;
    if (seen.has(raw.id)) {
      reader.problem([...path, 'id'], 'config/duplicate-id', `the probe id "${raw.id}" occurs twice`);
      return [];
    }
    seen.add(raw.id);
    for (const key of Object.values(ownKeys).flat()) {
      if (raw[key] !== undefined && !ownKeys[raw.kind].includes(key))
        reader.problem(
          [...path, key],
          'config/not-allowed',
          `"${key}" means nothing for the kind ${raw.kind}`,
        );
    }
    const probe = probeOf(raw, path, reader);
    return probe === undefined ? [] : [probe];
  });
}

function commonOf(raw: RawProbe, path: DocumentPath, reader: ValueReader): Common {
  const { limits = {} } = raw;
  const length = (text: string | undefined) => (text === undefined ? undefined : parseDuration(text));
  return {
    id: raw.id,
    resource: resourceId(raw.resource ?? raw.id),
    everyMs: lengthOr(raw.every, seconds(60)),
    timeoutMs: lengthOr(raw.timeout, seconds(2)),
    from: raw.from === undefined ? undefined : addressAt(raw.from, [...path, 'from'], reader),
    access: raw.access,
    allowPrivate: raw.allowPrivate ?? false,
    limits: {
      latencyMs: length(limits.latency),
      jitterMs: length(limits.jitter),
      loss: (limits.loss ?? 20) / 100,
      expiresMs: length(limits.expires) ?? days(21),
    },
    raiseAfter: raw.raiseAfter ?? 3,
    clearAfter: raw.clearAfter ?? 2,
  };
}

function probeOf(raw: RawProbe, path: DocumentPath, reader: ValueReader): Probe | undefined {
  const common = commonOf(raw, path, reader);
  if (raw.kind === 'http') return httpProbe(raw, common, { path, reader });
  const target = hostTarget(raw.target, standardPorts[raw.kind]);
  if (target === undefined) {
    const form = standardPorts[raw.kind] === undefined ? 'HOST:PORT' : 'HOST or HOST:PORT';
    reader.problem([...path, 'target'], 'config/not-valid', `write ${form} for the kind ${raw.kind}`);
    return undefined;
  }
  refuseLocalName(target.host, common, { path, reader });
  switch (raw.kind) {
    case 'icmp':
      return { ...common, kind: 'icmp', ...target, count: raw.count ?? 5 };
    case 'tcp':
      return { ...common, kind: 'tcp', ...target };
    case 'tls': {
      const { serverName, authorities: file } = raw;
      const authorities = file === undefined ? undefined : reader.file(file, [...path, 'authorities']);
      return { ...common, kind: 'tls', ...target, serverName, authorities };
    }
    case 'dns':
      return dnsProbe(raw, { ...common, ...target }, { path, reader });
    case 'radius': {
      if (raw.secret === undefined) {
        reader.problem(path, 'config/missing-key', 'the kind radius needs "secret"');
        return undefined;
      }
      return { ...common, kind: 'radius', ...target, secret: reader.secret(raw.secret, [...path, 'secret']) };
    }
    default:
      return neverHappens(raw.kind);
  }
}

/** An address that was written is meant; a name of this machine or a private network may be a slip. */
function refuseLocalName(host: string, { allowPrivate }: Common, { path, reader }: Place): void {
  const isAddress = isIP(host.replace(/^\[|\]$/g, '')) !== 0;
  const reason = allowPrivate || isAddress ? undefined : refusedTarget(host);
  if (reason !== undefined) reader.problem([...path, 'target'], 'config/refused', reason);
}

interface Place {
  readonly path: DocumentPath;
  readonly reader: ValueReader;
}

function httpProbe(raw: RawProbe, common: Common, { path, reader }: Place): Probe | undefined {
  const { target, status = 200, contains } = raw;
  const isUrl = URL.canParse(target) && /^https?:$/.test(new URL(target).protocol);
  if (!isUrl || new URL(target).username !== '' || new URL(target).password !== '') {
    const message = 'write an address such as https://crm.example/health, without a password in it';
    reader.problem([...path, 'target'], 'config/not-valid', message);
    return undefined;
  }
  refuseLocalName(new URL(target).hostname, common, { path, reader });
  return {
    ...common,
    kind: 'http',
    url: target,
    status: typeof status === 'number' ? [status] : status,
    contains,
  };
}

function dnsProbe(raw: RawProbe, common: Common & HostTarget, { path, reader }: Place): Probe | undefined {
  if (raw.name === undefined) {
    reader.problem(path, 'config/missing-key', 'the kind dns needs "name"');
    return undefined;
  }
  const type = recordType(raw.type, [...path, 'type'], reader);
  return {
    ...common,
    kind: 'dns',
    name: domainName(raw.name, [...path, 'name'], reader),
    type,
    expect: expectedRecords(raw.expect, type, { path: [...path, 'expect'], reader }),
  };
}
