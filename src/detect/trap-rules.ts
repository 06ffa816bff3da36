/** Turns one notification into an observation by the trap rules; what no rule knows becomes cause TRAP. */
import { neverHappens } from '../base/fault.ts';
import type { DurationMs } from '../base/instant.ts';
import { type ResourceId, resourceId } from '../model/ids.ts';
import type { Observation } from '../model/observation.ts';
import type { DetectionRules, PartOf, PlaceOf, TrapCondition, TrapRule, ValueIn } from './rules.ts';

/** A device that is watched: its id and the resource of the topology it is. */
export interface WatchedDevice {
  readonly id: string;
  readonly resource: ResourceId;
}

export interface Trap {
  /** The device that the sender's address belongs to; undefined when none does. */
  readonly device?: WatchedDevice | undefined;
  /** Agent address, else source address. */
  readonly address: string;
  readonly trapOid: string;
  readonly varbinds: readonly { readonly oid: string; readonly value: string | number }[];
}

export interface TrapMeaning {
  readonly observation: Observation;
  /** How long it holds without another word. */
  readonly endsAfterMs?: DurationMs | undefined;
}

const mostAttributes = 32;
const longestValue = 256;
const longestPart = 64;

/** Undefined when a rule says that it means nothing. */
export function meaningOfTrap(rules: DetectionRules, trap: Trap): TrapMeaning | undefined {
  const id = trap.device?.id ?? `unknown-${trap.address}`;
  const own = trap.device?.resource ?? resourceId(id);
  const rule = matchingRule(rules, trap);
  const base = { source: 'trap', device: id } as const;
  if (rule === undefined) {
    const observation: Observation = {
      ...base,
      event: 'raise',
      resource: resourceId(id),
      cause: 'TRAP',
      severity: 'indeterminate',
      attributes: unknownAttributes(trap),
    };
    return { observation, endsAfterMs: rules.unknownTrapsEndAfterMs };
  }
  if (rule.event === 'ignore') return undefined;
  const resource = (rule.part && partIn(rule.part, id, trap)) ?? own;
  if (rule.event === 'alive') return { observation: { ...base, event: 'alive', resource } };
  const by = rule.by && partIn(rule.by, id, trap);
  const { event, cause } = rule;
  if (event === 'clear') return { observation: { ...base, event, resource, cause, by } };
  const severity = (rule.severityBy && severityIn(rule.severityBy, trap)) ?? rule.severity;
  const attributes = namedAttributes(rule, trap);
  return {
    observation: { ...base, event, resource, cause, by, severity, attributes },
    endsAfterMs: rule.endsAfterMs ?? rules.hintsEndAfterMs,
  };
}

/** True when the notification says that parts or neighbours of the device have changed. */
export const asksForDiscovery = (rules: DetectionRules, trap: Trap): boolean =>
  matchingRule(rules, trap)?.rediscover === true;

function matchingRule(rules: DetectionRules, trap: Trap): TrapRule | undefined {
  const { trapOid } = trap;
  // RFC 3584 section 3.1 puts a zero before the specific number of a v1 trap that its v2 MIB may lack.
  const found = rules.traps.get(trapOid) ?? rules.traps.get(trapOid.replace(/\.0(\.\d+)$/, '$1'));
  return found?.find(({ when }) => when.every((condition) => holds(condition, trap)));
}

function holds(condition: TrapCondition, trap: Trap): boolean {
  const { is, isNot, contains, bits } = condition;
  const text = valueIn(condition, trap);
  if (text === undefined) return false;
  return (
    (is === undefined || is.includes(text)) &&
    isNot?.includes(text) !== true &&
    (contains === undefined || text.includes(contains)) &&
    (bits === undefined || bits.some((bit) => isSet(octetsOf(text), bit)))
  );
}

function severityIn(by: NonNullable<TrapRule['severityBy']>, trap: Trap): Observation['severity'] {
  const value = valueIn(by, trap);
  if (value !== undefined && by.bits === true) {
    const octets = octetsOf(value);
    return Object.entries(by.map).find(([bit]) => isSet(octets, Number(bit)))?.[1];
  }
  return value !== undefined && Object.hasOwn(by.map, value) ? by.map[value] : undefined;
}

function valueIn({ varbind, octet, last }: ValueIn, trap: Trap): string | undefined {
  const value = valueBelow(varbind, trap);
  if (value === undefined) return undefined;
  const text = String(value);
  if (octet !== undefined) return octetsOf(text)[octet - 1]?.toString();
  return last === true ? text.slice(text.lastIndexOf('.') + 1) : text;
}

const encoder = new TextEncoder();

/** Octets stand as text where they are printable, else as `0x` and hex. */
function octetsOf(text: string): Uint8Array {
  if (!/^0x(?:[0-9a-f]{2})*$/.test(text)) return encoder.encode(text);
  return Uint8Array.from(text.slice(2).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

const isSet = (octets: Uint8Array, bit: number): boolean =>
  ((octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0;

/** `<device>/<name>/<found>`; undefined when the trap does not say which. */
function partIn(part: PartOf, device: string, trap: Trap): ResourceId | undefined {
  const text = part.is ?? part.of.map((place) => textAt(place, trap)).find((found) => found !== undefined);
  return text === undefined ? undefined : resourceId(`${device}/${part.name}/${text.slice(0, longestPart)}`);
}

/** Never empty. */
function textAt(place: PlaceOf, trap: Trap): string | undefined {
  switch (place.take) {
    case 'value': {
      const texts = place.varbinds.map((varbind) => valueBelow(varbind, trap));
      return texts.includes(undefined) ? undefined : texts.join('.') || undefined;
    }
    case 'index': {
      const found = trap.varbinds.find(({ oid }) => isBelow(oid, place.varbind));
      return found?.oid.slice(place.varbind.length + 1) || undefined;
    }
    case 'pointer': {
      const text = String(valueBelow(place.varbind, trap));
      return isBelow(text, place.behind) ? text.slice(place.behind.length + 1) || undefined : undefined;
    }
    default:
      return neverHappens(place);
  }
}

const valueBelow = (oid: string, trap: Trap): string | number | undefined =>
  trap.varbinds.find((varbind) => isBelow(varbind.oid, oid))?.value;

const isBelow = (oid: string, base: string): boolean =>
  oid.startsWith(base) && (oid.length === base.length || oid[base.length] === '.');

function namedAttributes(rule: TrapRule, trap: Trap): Readonly<Record<string, string>> {
  const named = Object.entries(rule.attributes).flatMap(([name, oid]) => {
    const value = valueBelow(oid, trap);
    return value === undefined ? [] : [[name, String(value).slice(0, longestValue)] as const];
  });
  const probableCause = rule.probableCause === undefined ? {} : { probableCause: String(rule.probableCause) };
  return { trapOid: trap.trapOid, ...probableCause, ...Object.fromEntries(named) };
}

function unknownAttributes(trap: Trap): Readonly<Record<string, string>> {
  const varbinds = trap.varbinds
    .filter(({ oid }) => !envelope.has(oid))
    .slice(0, mostAttributes)
    .map(({ oid, value }) => [oid.slice(0, 128), String(value).slice(0, longestValue)] as const);
  return { trapOid: trap.trapOid, ...Object.fromEntries(varbinds) };
}

/** sysUpTime.0 and snmpTrapOID.0: in every notification, and said otherwise. */
const envelope: ReadonlySet<string> = new Set(['1.3.6.1.2.1.1.3.0', '1.3.6.1.6.3.1.1.4.1.0']);
