/**
 * Reads as much of an SNMP message as tells who sent it, before the package sees it: a stranger's datagram then costs a
 * microsecond, and neither a key derivation (a MiB of hashing for each new engine id) nor an error text with a secret in it.
 */

export type Envelope =
  | { readonly version: 'v1' | 'v2c'; readonly community: Buffer }
  | {
      readonly version: 'v3';
      readonly engineId: Buffer;
      readonly user: string;
      readonly isAuthenticated: boolean;
    };

const sequence = 0x30;
const integer = 0x02;
const octets = 0x04;
const trapV1 = 0xa4;
const inform = 0xa6;
const trapV2 = 0xa7;

/** Undefined: no SNMP message, or one that is no notification (v3 hides that until it is decrypted). */
export function readEnvelope(bytes: Buffer): Envelope | undefined {
  const outer = element(bytes, { at: 0, end: bytes.length }, sequence);
  if (outer === undefined) return undefined;
  const version = element(bytes, { at: outer.at, end: outer.end }, integer);
  if (version === undefined || version.end - version.at !== 1) return undefined;
  const rest = { at: version.end, end: outer.end };
  switch (bytes[version.at]) {
    case 0:
      return communityEnvelope(bytes, rest, { version: 'v1', tags: [trapV1] });
    case 1:
      return communityEnvelope(bytes, rest, { version: 'v2c', tags: [trapV2, inform] });
    case 3:
      return userEnvelope(bytes, rest);
    default:
      return undefined;
  }
}

interface Span {
  readonly at: number;
  readonly end: number;
}

function communityEnvelope(
  bytes: Buffer,
  span: Span,
  expected: { readonly version: 'v1' | 'v2c'; readonly tags: readonly number[] },
): Envelope | undefined {
  const community = element(bytes, span, octets);
  if (community === undefined) return undefined;
  const pdu = { at: community.end, end: span.end };
  const tag = bytes[pdu.at];
  if (tag === undefined || !expected.tags.includes(tag)) return undefined;
  if (element(bytes, pdu, tag) === undefined) return undefined;
  return { version: expected.version, community: bytes.subarray(community.at, community.end) };
}

/** RFC 3412 section 6 and RFC 3414 section 2.4. */
function userEnvelope(bytes: Buffer, span: Span): Envelope | undefined {
  const [header, wrapped] = elements(bytes, span, [sequence, octets]);
  const [, , flags, model] =
    header === undefined ? [] : elements(bytes, header, [integer, integer, octets, integer]);
  // Security model 3 is USM, the only one the package knows.
  if (flags === undefined || flags.end - flags.at !== 1) return undefined;
  if (model === undefined || model.end - model.at !== 1 || bytes[model.at] !== 3) return undefined;
  const security = wrapped === undefined ? undefined : element(bytes, wrapped, sequence);
  const [engine, , , user] =
    security === undefined ? [] : elements(bytes, security, [octets, integer, integer, octets]);
  // At most 32 bytes each: RFC 3411 section 5 (engine id) and RFC 3414 section 2.4 (user name).
  if (engine === undefined || engine.end - engine.at > 32) return undefined;
  if (user === undefined || user.end - user.at > 32) return undefined;
  return {
    version: 'v3',
    engineId: Buffer.from(bytes.subarray(engine.at, engine.end)),
    user: bytes.toString('utf8', user.at, user.end),
    isAuthenticated: (bytes[flags.at]! & 1) === 1,
  };
}

/** The contents of elements that follow one another; shorter than `tags` when one of them is missing or wrong. */
function elements(bytes: Buffer, span: Span, tags: readonly number[]): Span[] {
  const found: Span[] = [];
  let at = span.at;
  for (const tag of tags) {
    const one = element(bytes, { at, end: span.end }, tag);
    if (one === undefined) break;
    found.push(one);
    at = one.end;
  }
  return found;
}

/** The content of the element at `span.at`, when it has this tag and ends within the span. */
function element(bytes: Buffer, span: Span, tag: number): Span | undefined {
  let at = span.at;
  if (at + 2 > span.end || bytes[at++] !== tag) return undefined;
  let length = bytes[at++]!;
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > 4 || at + count > span.end) return undefined;
    length = bytes.readUIntBE(at, count);
    at += count;
  }
  return length > span.end - at ? undefined : { at, end: at + length };
}
