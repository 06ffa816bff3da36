/** The journal's record of one input: compact JSON with a schema number (design L8). */
import { Fault } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import type { Observation, ObservationSource, PerceivedSeverity } from '../model/observation.ts';
import type { Input, ObservationInput } from './input.ts';
import { lifted, schema, schemaOf, wrongWith } from './record-forms.ts';

export interface RecordedInput {
  readonly at: Instant;
  readonly input: Input;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** An observation without evidence stays below 120 bytes (design L14): one letter a field, absent ones left out. */
export function encodeInput(at: Instant, input: Input): Uint8Array {
  const record =
    input.kind === 'observation' ? packObservation(at, input) : { v: schemaOf(input), at, ...input };
  return encoder.encode(JSON.stringify(record));
}

/**
 * Throws a Fault `journal/unreadable-record` for bytes that are no record: the journal's checksum held, so it is a bug or an
 * unknown engine; and `journal/newer-schema` for what only a newer one reads. `sequence` names the place.
 */
export function decodeInput(bytes: Uint8Array, sequence?: number): RecordedInput {
  const place = sequence === undefined ? 'a journal record' : `record ${sequence} of the journal`;
  const record = parse(bytes, place);
  const version = record['v'];
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw new Fault('journal/unreadable-record', `${place} has no schema number`);
  }
  if (version > schema) {
    throw new Fault(
      'journal/newer-schema',
      `${place} has schema ${version}, this engine reads up to ${schema}; start the version that wrote it`,
    );
  }
  const now = lifted(record);
  if ('o' in now) return unpackObservation(now as unknown as PackedObservation, place);
  const wrong = wrongWith(now);
  if (wrong !== undefined) throw new Fault('journal/unreadable-record', `${place} holds ${wrong}`);
  const { v: _version, at, ...input } = now;
  if (typeof at !== 'number') throw new Fault('journal/unreadable-record', `${place} has no time`);
  return { at: at as Instant, input: input as unknown as Input };
}

function parse(bytes: Uint8Array, place: string): Readonly<Record<string, unknown>> {
  try {
    const record: unknown = JSON.parse(decoder.decode(bytes));
    if (typeof record === 'object' && record !== null) return record as Record<string, unknown>;
  } catch (error) {
    throw new Fault('journal/unreadable-record', `${place} is not JSON`, error);
  }
  throw new Fault('journal/unreadable-record', `${place} is not an object`);
}

interface PackedObservation {
  readonly v: number;
  readonly a: number;
  readonly o: string;
  readonly r: string;
  readonly c?: string | undefined;
  readonly b?: string | undefined;
  readonly w?: 1 | undefined;
  readonly p?: string | undefined;
  readonly s: string;
  /** The device's clock less ours. */
  readonly t?: number | undefined;
  readonly i?: string | undefined;
  readonly d?: string | undefined;
  readonly x?: Observation['attributes'];
  readonly e?: ObservationInput['evidence'];
  readonly q?: ObservationInput['spool'];
}

// What recurs in every record is one letter on disk. A letter is never given another meaning within a schema.
const eventLetters = { raise: 'r', clear: 'c', alive: 'a', unknown: 'u' } as const;
const severityLetters = { critical: 'c', major: 'm', minor: 'n', warning: 'w', indeterminate: 'i' } as const;
const sourceLetters = { trap: 't', poll: 'p', syslog: 's', reply: 'r', collector: 'c', api: 'a' } as const;
const eventOf = turned<Observation['event']>(eventLetters);
const severityOf = turned<PerceivedSeverity>(severityLetters);
const sourceOf = turned<ObservationSource>(sourceLetters);

function turned<Name extends string>(letters: Readonly<Record<Name, string>>): ReadonlyMap<string, Name> {
  return new Map((Object.entries(letters) as [Name, string][]).map(([name, letter]) => [letter, name]));
}

function packObservation(at: Instant, input: ObservationInput): PackedObservation {
  const seen = input.observation;
  return {
    v: schemaOf(input),
    a: at,
    o: eventLetters[seen.event],
    r: seen.resource,
    c: seen.cause,
    b: seen.by,
    w: seen.below === true ? 1 : undefined,
    p: seen.severity === undefined ? undefined : severityLetters[seen.severity],
    s: sourceLetters[seen.source],
    t: seen.deviceAt === undefined ? undefined : seen.deviceAt - at,
    i: seen.record,
    d: seen.device,
    x: seen.attributes,
    e: input.evidence,
    q: input.spool,
  };
}

function unpackObservation(packed: PackedObservation, place: string): RecordedInput {
  const event = eventOf.get(packed.o);
  const source = sourceOf.get(packed.s);
  if (event === undefined || source === undefined) {
    throw new Fault('journal/unreadable-record', `${place} has event ${packed.o} of ${packed.s}`);
  }
  const observation = {
    event,
    resource: packed.r,
    cause: packed.c,
    by: packed.b,
    below: packed.w === 1 ? true : undefined,
    severity: packed.p === undefined ? undefined : severityOf.get(packed.p),
    source,
    deviceAt: packed.t === undefined ? undefined : packed.a + packed.t,
    record: packed.i,
    device: packed.d,
    attributes: packed.x,
  } as Observation;
  return {
    at: packed.a as Instant,
    input: { kind: 'observation', observation, evidence: packed.e, spool: packed.q },
  };
}
