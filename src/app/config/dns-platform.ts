/** `dns` of the configuration: resolvers, zones, what they are asked and when they are bad. */
import { milliseconds, minutes, seconds } from '../../base/instant.ts';
import type { DocumentPath } from '../../base/source-document.ts';
import { canonicalName } from '../../edge/probe/dns-names.ts';
import type { DnsChecks, DnsPlatform, DnsResolver, DnsZone } from '../../model/dns.ts';
import { resourceId } from '../../model/ids.ts';
import {
  addressAt,
  domainName,
  expectedRecords,
  hostTarget,
  lengthOr,
  recordType,
  type ValueReader,
} from './probe-values.ts';

interface RawResolver {
  readonly id: string;
  readonly resource?: string;
  readonly address: string;
  readonly port?: number;
  readonly view?: string;
  readonly platform?: 'old' | 'new';
  readonly statistics?: string;
}

interface RawChecks {
  readonly hit?: string;
  readonly miss?: string;
  readonly answers?: readonly { name: string; type?: string; expect?: readonly string[] }[];
  readonly signed?: string;
  readonly broken?: string;
  readonly open?: { from: string; name: string };
  readonly amplification?: { name: string; type?: string };
}

export interface RawDns {
  readonly resource?: string;
  readonly every?: string;
  readonly timeout?: string;
  readonly from?: string;
  readonly raiseAfter?: number;
  readonly clearAfter?: number;
  readonly resolvers?: readonly RawResolver[];
  readonly zones?: readonly { name: string; resource?: string; serialFrom: readonly string[] }[];
  readonly checks?: RawChecks;
  readonly limits?: {
    hit?: string;
    miss?: string;
    failures?: number;
    nxdomain?: number;
    amplification?: number;
    serialLag?: string;
  };
}

export function dnsPlatformFrom(raw: RawDns, reader: ValueReader): DnsPlatform {
  const { limits = {} } = raw;
  const resource = resourceId(raw.resource ?? 'dns');
  return {
    resource,
    everyMs: lengthOr(raw.every, seconds(30)),
    timeoutMs: lengthOr(raw.timeout, seconds(1)),
    from: raw.from === undefined ? undefined : addressAt(raw.from, ['dns', 'from'], reader),
    resolvers: resolversFrom(raw.resolvers ?? [], reader),
    zones: (raw.zones ?? []).map(({ name, serialFrom, ...zone }, index): DnsZone => {
      const path: DocumentPath = ['dns', 'zones', index];
      return {
        name: domainName(name, [...path, 'name'], reader),
        resource: zone.resource === undefined ? resource : resourceId(zone.resource),
        servers: serialFrom.map((server, place) =>
          serverFrom(server, [...path, 'serialFrom', place], reader),
        ),
      };
    }),
    checks: checksFrom(raw.checks ?? {}, reader),
    limits: {
      hitMs: lengthOr(limits.hit, milliseconds(50)),
      missMs: lengthOr(limits.miss, milliseconds(500)),
      failures: (limits.failures ?? 5) / 100,
      nxdomain: (limits.nxdomain ?? 60) / 100,
      amplification: limits.amplification ?? 30,
      serialLagMs: lengthOr(limits.serialLag, minutes(15)),
    },
    raiseAfter: raw.raiseAfter ?? 3,
    clearAfter: raw.clearAfter ?? 2,
  };
}

function resolversFrom(written: readonly RawResolver[], reader: ValueReader): DnsResolver[] {
  const seen = new Set<string>();
  return written.flatMap((raw, index) => {
    const path: DocumentPath = ['dns', 'resolvers', index];
    if (seen.has(raw.id)) {
      reader.problem([...path, 'id'], 'config/duplicate-id', `the resolver id "${raw.id}" occurs twice`);
      return [];
    }
    seen.add(raw.id);
    const { id, resource = id, port = 53, view = 'default', platform, statistics } = raw;
    const address = addressAt(raw.address, [...path, 'address'], reader);
    if (statistics !== undefined && !URL.canParse(statistics))
      reader.problem([...path, 'statistics'], 'config/not-valid', `"${statistics}" is no address`);
    return [{ id, resource: resourceId(resource), address, port, view, platform, statistics }];
  });
}

function serverFrom(
  written: string,
  path: DocumentPath,
  reader: ValueReader,
): { readonly address: string; readonly port: number } {
  const target = hostTarget(written, 53);
  if (target === undefined) {
    reader.problem(path, 'config/not-valid', `"${written}" is no ADDRESS or ADDRESS:PORT`);
    return { address: '0.0.0.0', port: 53 };
  }
  return { address: addressAt(target.host, path, reader), port: target.port };
}

function checksFrom(raw: RawChecks, reader: ValueReader): DnsChecks {
  const at = (...path: DocumentPath): DocumentPath => ['dns', 'checks', ...path];
  const named = (key: 'hit' | 'miss' | 'signed' | 'broken'): string | undefined =>
    raw[key] === undefined ? undefined : domainName(raw[key], at(key), reader);
  const { open, amplification } = raw;
  const isAsked = [raw.hit, raw.miss, raw.signed, raw.broken, raw.answers?.[0]].some(
    (one) => one !== undefined,
  );
  return {
    // Resolvers alone are asked too: for the root, which every cache holds.
    hit: isAsked ? named('hit') : canonicalName('.'),
    miss: named('miss'),
    signed: named('signed'),
    broken: named('broken'),
    answers: (raw.answers ?? []).map(({ name, type: typeName, expect }, index) => {
      const type = recordType(typeName, at('answers', index, 'type'), reader);
      return {
        name: domainName(name, at('answers', index, 'name'), reader),
        type,
        expect: expectedRecords(expect, type, { path: at('answers', index, 'expect'), reader }),
      };
    }),
    open: open && {
      from: addressAt(open.from, at('open', 'from'), reader),
      name: domainName(open.name, at('open', 'name'), reader),
    },
    amplification: amplification && {
      name: domainName(amplification.name, at('amplification', 'name'), reader),
      type: recordType(amplification.type ?? 'ANY', at('amplification', 'type'), reader),
    },
  };
}
