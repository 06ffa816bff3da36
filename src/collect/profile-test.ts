/** The tests inside a profile: rows of a made-up device, and what a reading of them must say. */
import type { Problem } from '../base/problem.ts';
import type { Finding, SourceDocument } from '../base/source-document.ts';
import type { DeviceReading } from '../model/reading.ts';
import type { TestSource } from './profile-source.ts';
import type { Varbind, VarbindValue } from './session.ts';

export interface ProfileTest {
  /** Undefined for a test on a recording. */
  readonly rows: readonly Varbind[] | undefined;
  /** Name of a recording without its ending. */
  readonly recording: string | undefined;
  readonly expectations: readonly Expectation[];
}

interface Expectation {
  /** `os`, `interfaces`, `objects ont`, `links`, `ont/1.2 optical.rx`, `ont/1.2 state`, `.. parent`, `.. NAME` of an attribute. */
  readonly subject: string;
  readonly expected: string | number | null;
  /** At the expectation in its file. */
  problemAt(found: Finding): Problem;
}

export const rowTypes = [
  ...(['integer', 'octets', 'oid', 'ipAddress', 'counter32', 'gauge32'] as const),
  ...(['timeticks', 'counter64', 'opaque'] as const),
] as const;

/** A row that is none of its type becomes a problem; the test is then left out. */
export function compileTests(
  document: SourceDocument,
  tests: readonly TestSource[],
  found: (path: readonly (string | number)[], finding: Finding) => void,
): ProfileTest[] {
  return tests.map((test, i) => {
    const rows: Varbind[] = [];
    for (const [oid, [type, value]] of Object.entries(test.rows ?? {})) {
      const read = rowValue(type, value);
      if (read !== undefined) rows.push({ oid, value: read });
      else
        found(['tests', i, 'rows', oid], { code: 'profile/test-row', message: `"${value}" is no ${type}` });
    }
    const expectations = Object.entries(test.expect).map(([subject, expected]) => ({
      subject,
      expected,
      problemAt: (finding: Finding) => document.problemAt(['tests', i, 'expect', subject], finding),
    }));
    return { rows: test.rows === undefined ? undefined : rows, recording: test.recording, expectations };
  });
}

function rowValue(type: string, value: string | number): VarbindValue | undefined {
  switch (type) {
    case 'octets':
    case 'opaque':
      return { type, bytes: bytesOf(String(value)) };
    case 'oid':
      return /^[0-2](\.\d{1,10})+$/.test(String(value)) ? { type, oid: String(value) } : undefined;
    case 'ipAddress':
      return /^\d{1,3}(\.\d{1,3}){3}$/.test(String(value)) ? { type, address: String(value) } : undefined;
    case 'counter64':
      return /^\d{1,20}$/.test(String(value)) ? { type, bigint: BigInt(value) } : undefined;
    case 'integer':
    case 'gauge32':
    case 'counter32':
    case 'timeticks':
      return Number.isInteger(Number(value)) && value !== '' ? { type, number: Number(value) } : undefined;
    default:
      return undefined;
  }
}

/** `0x` and hex, else text. */
function bytesOf(text: string): Uint8Array {
  const [, hex] = /^0x((?:[0-9a-fA-F]{2})*)$/.exec(text) ?? [];
  if (hex === undefined) return new TextEncoder().encode(text);
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** What a reading says otherwise than expected, each at its place in the file. */
export function judgeTest(test: ProfileTest, reading: DeviceReading): Problem[] {
  return test.expectations.flatMap(({ subject, expected, problemAt }) => {
    const got = saidOf(subject, reading);
    if (isSame(got, expected)) return [];
    const said = got === undefined ? 'nothing' : JSON.stringify(got);
    const message = `${subject}: ${said} was read, not ${JSON.stringify(expected)}`;
    return [problemAt({ code: 'profile/test', message })];
  });
}

type Said = string | number | boolean | null | undefined;

const isSame = (got: Said, expected: string | number | null): boolean =>
  got === expected ||
  (got !== null && got !== undefined && String(got) === String(expected)) ||
  (typeof got === 'number' &&
    typeof expected === 'number' &&
    Math.abs(got - expected) <= 1e-9 * Math.abs(expected));

/** Undefined: the reading says nothing of it. */
function saidOf(subject: string, reading: DeviceReading): Said {
  const [first = '', ...rest] = subject.split(' ');
  const what = rest.join(' ');
  if (what === '') {
    if (first === 'interfaces' || first === 'links' || first === 'readings') return reading[first].length;
    if (first === 'objects') return reading.objects.length;
    if (first === 'profile') return reading.profile;
    return (reading.device as Readonly<Record<string, string | number | undefined>>)[first];
  }
  if (first === 'objects') return reading.objects.filter(({ kind }) => kind === what).length;
  if (first === 'links') return linkSaid(reading, what);
  const found = reading.readings.find(({ object, metric }) => object === first && metric === what);
  if (found !== undefined) return found.value;
  return ofObject(first, what, reading);
}

function ofObject(id: string, what: string, reading: DeviceReading): Said {
  const object = reading.objects.find((one) => one.id === id);
  if (object !== undefined) {
    if (what === 'parent' || what === 'state' || what === 'key' || what === 'kind') return object[what];
    return object.attributes[what];
  }
  const port = reading.interfaces.find(({ ifIndex }) => `interface/${ifIndex}` === id);
  const held = port as unknown as Readonly<Record<string, Said>> | undefined;
  return held?.[what] ?? port?.counters?.[what];
}

/** `links 1/0/3 remoteName`: of the first link of a local port. */
function linkSaid(reading: DeviceReading, what: string): Said {
  const at = what.lastIndexOf(' ');
  const link = reading.links.find(({ localPort }) => localPort === what.slice(0, at));
  return (link as unknown as Readonly<Record<string, Said>> | undefined)?.[what.slice(at + 1)];
}
