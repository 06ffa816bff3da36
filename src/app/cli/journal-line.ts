/** One input as a line of `journal dump --jsonl`. */

import type { Instant } from '../../base/instant.ts';
import { decodeTrap } from '../../edge/trap/trap.ts';
import type { Input, ObservationInput } from '../../flow/input.ts';

type Line = Readonly<Record<string, unknown>>;

/** `repeat`: it came out of the spool a second time and the line passed over it. */
export function inputLine(recorded: {
  readonly sequence: number;
  readonly at: Instant;
  readonly input: Input;
  readonly isRepeat: boolean;
}): Line {
  const { sequence: seq, at, input, isRepeat } = recorded;
  const head = { seq, at: iso(at) };
  const repeat = isRepeat ? { repeat: true } : {};
  if (input.kind === 'observation') return { ...head, ...observationFacts(input), ...repeat };
  const { kind, ...facts } = input;
  return { ...head, kind: shortKinds[kind] ?? kind, ...facts };
}

/** The contract's words for kinds that are called otherwise inside. */
const shortKinds: Readonly<Record<string, string>> = {
  subscriberReply: 'reply',
  subscriberContact: 'contact',
  receipts: 'receipt',
};

function observationFacts({ observation, evidence, spool }: ObservationInput): Line {
  const { source, record: id, ...facts } = observation;
  const kind =
    evidence !== undefined || source === 'trap' ? 'trap' : source === 'syslog' ? 'syslog' : 'alarm';
  return { kind, ...evidence, ...facts, source, id, spool };
}

/** A notification that is on disk in the spool and not yet in the journal. */
export function pendingLine(bytes: Uint8Array): Line {
  const { at, from, inform, trapOid, varbinds, agentAddress } = decodeTrap(bytes);
  const facts = { from, inform, trapOid, varbinds, agentAddress };
  return { seq: null, at: iso(at), kind: 'trap', ...facts, pending: true };
}

const iso = (at: Instant): string => new Date(at).toISOString();
