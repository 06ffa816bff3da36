/** Get of exact instances over a wire: v1's way of naming culprits, tooBig, and parts of bounded size. */
import type { Answer, Oid, SessionProblem, Varbind, VarbindValue } from '../../collect/session.ts';
import { encodeOid } from './oid.ts';
import { errorStatus } from './pdu.ts';
import type { Wire } from './session.ts';

const NAMES_PER_GET = 24;
/** A get is a handful of names: this only bounds an agent that answers each of them with an error. */
const MOST_GETS = 200;

/** Names still to be asked, and what became of each by its position in the request. */
export async function getAll(wire: Wire, oids: readonly Oid[]): Promise<Answer> {
  const names = encodedNames(oids);
  if (names === undefined) return { varbinds: [], problem: { kind: 'badAnswer', reason: 'malformed' } };
  const found = new Map<string, VarbindValue>();
  const parts: number[][] = [];
  for (let i = 0; i < names.length; i += NAMES_PER_GET) {
    parts.push(Array.from({ length: Math.min(NAMES_PER_GET, names.length - i) }, (_, offset) => i + offset));
  }
  let problem: SessionProblem | undefined;
  for (let asked = 0; parts.length > 0; asked++) {
    if (asked >= MOST_GETS) return answerOf(oids, found, { kind: 'overBudget', budget: 'requests' });
    const part = parts.shift()!;
    const outcome = await getPart(
      wire,
      part.map((i) => names[i]!),
      found,
    );
    if (outcome.problem !== undefined && outcome.problem.kind !== 'badAnswer') {
      return answerOf(oids, found, problem ?? outcome.problem);
    }
    problem ??= outcome.problem;
    parts.unshift(...partsAfter(part, outcome, oids, found));
  }
  return answerOf(oids, found, problem);
}

interface PartOutcome {
  readonly problem?: SessionProblem | undefined;
  readonly status: number;
  readonly index: number;
}

/** RFC 1157 names the culprit by position: it is left out and the rest asked again; tooBig halves the list. */
function partsAfter(
  part: readonly number[],
  outcome: PartOutcome,
  oids: readonly Oid[],
  found: Map<string, VarbindValue>,
): number[][] {
  if (outcome.status === errorStatus.none) return [];
  const culprit = part[outcome.index - 1];
  if (outcome.status !== errorStatus.tooBig && (culprit !== undefined || part.length === 1)) {
    if (outcome.status === errorStatus.noSuchName) {
      found.set(oids[culprit ?? part[0]!]!, { type: 'noSuchInstance' });
    }
    const rest = part.filter((i) => i !== (culprit ?? part[0]));
    return rest.length > 0 ? [rest] : [];
  }
  if (part.length === 1) return [];
  const half = part.length >> 1;
  return [part.slice(0, half), part.slice(half)];
}

function getPart(
  wire: Wire,
  names: readonly Uint8Array[],
  found: Map<string, VarbindValue>,
): Promise<PartOutcome> {
  return new Promise((resolve) => {
    wire.get({
      names,
      done(outcome) {
        if ('kind' in outcome) {
          resolve({ problem: outcome, status: 0, index: 0 });
          return;
        }
        const status = outcome.errorStatus;
        const index = outcome.errorIndex;
        if (status === errorStatus.noAccess || status === errorStatus.authorization) {
          resolve({ problem: { kind: 'refused', reason: 'noAccess' }, status: 0, index: 0 });
          return;
        }
        if (status !== errorStatus.none) {
          resolve({ problem: problemOf(status, names.length), status, index });
          return;
        }
        let problem: SessionProblem | undefined;
        for (let i = 0; i < outcome.count; i++) {
          const value = outcome.value(i);
          if (value === undefined) problem = { kind: 'badAnswer', reason: 'malformed' };
          else found.set(outcome.oid(i), value);
        }
        resolve({ problem, status, index });
      },
    });
  });
}

function problemOf(status: number, asked: number): SessionProblem | undefined {
  if (status === errorStatus.noSuchName) return undefined;
  if (status === errorStatus.tooBig) {
    return asked === 1 ? { kind: 'badAnswer', reason: 'tooBig' } : undefined;
  }
  return { kind: 'badAnswer', reason: 'errorStatus' };
}

/** In the order asked; what was never answered is left out and the problem says why. */
function answerOf(
  oids: readonly Oid[],
  found: ReadonlyMap<string, VarbindValue>,
  problem: SessionProblem | undefined,
): Answer {
  const varbinds: Varbind[] = [];
  let missing: SessionProblem | undefined;
  for (const oid of oids) {
    const value = found.get(oid.startsWith('.') ? oid.slice(1) : oid);
    if (value !== undefined) varbinds.push({ oid, value });
    else missing = { kind: 'badAnswer', reason: 'malformed' };
  }
  return { varbinds, problem: problem ?? missing };
}

function encodedNames(oids: readonly Oid[]): Uint8Array[] | undefined {
  const names = oids.map(encodeOid);
  return names.every((name) => name !== undefined) ? names : undefined;
}
