/** Truth and statement brought onto one ground: raises as numbers, and who claims which of them. */
import type { Problem } from '../../base/problem.ts';
import type { StatedIncident } from './stated.ts';
import type { TrueFault, Truth } from './truth.ts';

export interface Claims {
  readonly truth: Truth;
  readonly incidents: readonly StatedIncident[];
  /** Raise lines of the stream, in its order: id to resource. */
  readonly raises: ReadonlyMap<string, string>;
  /** Where the two come from, for what is told of them. */
  readonly files: { readonly truth: string; readonly incidents: string };
}

export interface GroundedFault {
  readonly fault: TrueFault;
  /** Judged raises. */
  readonly raises: Int32Array;
  /** Raises not judged for this fault alone. */
  readonly optional: Int32Array;
}

export interface GroundedIncident {
  readonly incident: StatedIncident;
  /** Raises, less those that are never judged. */
  readonly raises: Int32Array;
  /** All it names, known or not. */
  readonly named: number;
}

export interface Ground {
  /** In all, of whatever worth. */
  readonly count: number;
  /** By raise. */
  readonly resources: readonly string[];
  readonly faults: readonly GroundedFault[];
  /** Without merged ones. */
  readonly incidents: readonly GroundedIncident[];
  /** By raise: the incident it stands in, or -1. */
  readonly incidentOf: Int32Array;
  /** By raise: the fault it belongs to, from `faults.length` on a group of noise, or -1 for noise on its own. */
  readonly groupOf: Int32Array;
  /** By raise: 1 where no list of optional raises holds it. */
  readonly isJudged: Uint8Array;
  /** By raise: 1 where it belongs to a fault, be it as an optional one. */
  readonly isOfFault: Uint8Array;
  readonly isTolerated: Uint8Array;
}

/** Raises named by two faults or two incidents belong to the first; the second and unknown ids are told. */
export function groundOf(claims: Claims): { readonly ground: Ground; readonly problems: readonly Problem[] } {
  const { truth, raises } = claims;
  const numbers = new Map<string, number>();
  for (const id of raises.keys()) numbers.set(id, numbers.size);
  const count = numbers.size;
  const never = flagged(count, known(numbers, truth.optional).found);
  const isJudged = new Uint8Array(count).fill(1);
  const isOfFault = new Uint8Array(count);
  const groupOf = new Int32Array(count).fill(-1);
  const problems: Problem[] = [];
  const tell: Tell = (message, { line, severity }) => {
    const file = line === 0 ? claims.files.truth : claims.files.incidents;
    const hint = 'a raise is named by the "id" of its line in the alarm stream, and by one incident at most';
    problems.push({ file, line, column: line === 0 ? 0 : 1, severity, code: 'score/alarms', message, hint });
  };
  const faults = truth.faults.map((fault, index): GroundedFault => {
    const alarms = known(numbers, fault.alarms);
    const optional = known(numbers, fault.optional).found;
    const own = flaggedSet(optional);
    let elsewhere = 0;
    for (const raise of alarms.found) {
      isOfFault[raise] = 1;
      if (groupOf[raise] === -1) groupOf[raise] = index;
      else elsewhere++;
    }
    for (const raise of optional) isOfFault[raise] = 1;
    tellUnsound(tell, `fault "${fault.id}"`, { unknown: alarms.unknown, elsewhere, line: 0 });
    return {
      fault,
      optional,
      raises: alarms.found.filter((raise) => never[raise] === 0 && !own.has(raise)),
    };
  });
  for (const { optional } of faults) for (const raise of optional) isJudged[raise] = 0;
  for (let raise = 0; raise < count; raise++) if (never[raise] === 1) isJudged[raise] = 0;
  [...truth.noiseGroups, ...truth.tolerated].forEach((group, index) => {
    for (const raise of known(numbers, group).found) {
      if (groupOf[raise] === -1) groupOf[raise] = faults.length + index;
    }
  });
  const { incidents, incidentOf } = groundedIncidents(claims, { numbers, never, tell });
  const isTolerated = flagged(count, known(numbers, truth.tolerated.flat()).found);
  const resources = [...raises.values()];
  return {
    ground: { count, resources, faults, incidents, incidentOf, groupOf, isJudged, isOfFault, isTolerated },
    problems,
  };
}

type Tell = (
  message: string,
  about: { readonly line: number; readonly severity: 'error' | 'warning' },
) => void;

function groundedIncidents(
  { incidents: stated }: Claims,
  {
    numbers,
    never,
    tell,
  }: { readonly numbers: ReadonlyMap<string, number>; readonly never: Uint8Array; readonly tell: Tell },
): { readonly incidents: readonly GroundedIncident[]; readonly incidentOf: Int32Array } {
  const incidentOf = new Int32Array(never.length).fill(-1);
  const incidents = stated
    .filter(({ merged }) => !merged)
    .map((incident, index): GroundedIncident => {
      const alarms = known(numbers, incident.alarms);
      const own: number[] = [];
      let elsewhere = 0;
      for (const raise of alarms.found) {
        if (incidentOf[raise] === -1) {
          incidentOf[raise] = index;
          if (never[raise] === 0) own.push(raise);
        } else elsewhere++;
      }
      tellUnsound(tell, `incident "${incident.id}"`, {
        unknown: alarms.unknown,
        elsewhere,
        line: incident.line,
      });
      return { incident, raises: Int32Array.from(own), named: incident.alarms.length };
    });
  return { incidents, incidentOf };
}

function tellUnsound(
  tell: Tell,
  who: string,
  {
    unknown,
    elsewhere,
    line,
  }: { readonly unknown: readonly string[]; readonly elsewhere: number; readonly line: number },
): void {
  if (unknown.length > 0) {
    const message = `${who} names ${unknown.length} alarms that the stream does not raise, the first is "${unknown[0]}"`;
    tell(message, { line, severity: 'error' });
  }
  if (elsewhere === 0) return;
  // Two faults may look back on one alarm; an incident must decide.
  const severity = line === 0 ? 'warning' : 'error';
  tell(`${who} names ${elsewhere} alarms that another one above has already`, { line, severity });
}

/** Each known one once, in the order named. */
function known(
  numbers: ReadonlyMap<string, number>,
  ids: readonly string[],
): { readonly found: Int32Array; readonly unknown: readonly string[] } {
  const found = new Set<number>();
  const unknown: string[] = [];
  for (const id of ids) {
    const number = numbers.get(id);
    if (number === undefined) unknown.push(id);
    else found.add(number);
  }
  return { found: Int32Array.from(found), unknown };
}

function flagged(count: number, which: Int32Array): Uint8Array {
  const flags = new Uint8Array(count);
  for (const one of which) flags[one] = 1;
  return flags;
}

const noNumbers: ReadonlySet<number> = new Set();
const flaggedSet = (which: Int32Array): ReadonlySet<number> =>
  which.length === 0 ? noNumbers : new Set(which);
