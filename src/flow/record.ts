/** The journal's record of one input: compact JSON with a schema number; older schemas are lifted on reading (design L8). */
import { Fault } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import type { Observation } from '../model/observation.ts';
import type { Input, ObservationInput } from './input.ts';

/** Raised with every change of the record's form; each raise brings an upcaster in `lift`. */
const schema = 1;

export interface RecordedInput {
  readonly at: Instant;
  readonly input: Input;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** An observation without evidence stays below 120 bytes (design L14): one letter a field, absent ones left out. */
export function encodeInput(at: Instant, input: Input): Uint8Array {
  const record = input.kind === 'observation' ? packObservation(at, input) : { v: schema, at, ...input };
  return encoder.encode(JSON.stringify(record));
}

/** Throws a Fault `journal/unreadable-record` for bytes that are no record: the journal's checksum held, so it is a bug or a newer engine. */
export function decodeInput(bytes: Uint8Array): RecordedInput {
  let record: Record<string, unknown>;
  try {
    record = JSON.parse(decoder.decode(bytes)) as Record<string, unknown>;
  } catch (error) {
    throw new Fault('journal/unreadable-record', 'a journal record is not JSON', error);
  }
  const version = record['v'];
  if (typeof version !== 'number' || version > schema) {
    throw new Fault(
      'journal/newer-schema',
      `a journal record has schema ${String(version)}, this engine reads up to ${schema}`,
    );
  }
  if ('o' in record) return unpackObservation(record as unknown as PackedObservation);
  const { v: _version, at, ...input } = record;
  return { at: at as Instant, input: input as unknown as Input };
}

interface PackedObservation {
  readonly v: number;
  readonly a: number;
  readonly o: Observation['event'];
  readonly r: string;
  readonly c?: string | undefined;
  readonly b?: string | undefined;
  readonly w?: 1 | undefined;
  readonly p?: Observation['severity'];
  readonly s: Observation['source'];
  readonly t?: number | undefined;
  readonly i?: string | undefined;
  readonly d?: string | undefined;
  readonly x?: Observation['attributes'];
  readonly e?: ObservationInput['evidence'];
  readonly q?: ObservationInput['spool'];
}

function packObservation(at: Instant, input: ObservationInput): PackedObservation {
  const seen = input.observation;
  return {
    v: schema,
    a: at,
    o: seen.event,
    r: seen.resource,
    c: seen.cause,
    b: seen.by,
    w: seen.below === true ? 1 : undefined,
    p: seen.severity,
    s: seen.source,
    t: seen.deviceAt,
    i: seen.record,
    d: seen.device,
    x: seen.attributes,
    e: input.evidence,
    q: input.spool,
  };
}

function unpackObservation(packed: PackedObservation): RecordedInput {
  const observation = {
    event: packed.o,
    resource: packed.r,
    cause: packed.c,
    by: packed.b,
    below: packed.w === 1 ? true : undefined,
    severity: packed.p,
    source: packed.s,
    deviceAt: packed.t,
    record: packed.i,
    device: packed.d,
    attributes: packed.x,
  } as Observation;
  return {
    at: packed.a as Instant,
    input: { kind: 'observation', observation, evidence: packed.e, spool: packed.q },
  };
}
