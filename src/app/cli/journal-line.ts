/** One input as a line of `journal dump --jsonl`. */

import type { Instant } from '../../base/instant.ts';
import type { Input, ObservationInput } from '../../flow/input.ts';
import { evidenceOfSpooled } from '../center/spooled.ts';

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
  if (evidence?.kind === 'syslog' || source === 'syslog') {
    // Both have a severity: that of the message keeps the name.
    const { severity: perceivedSeverity, ...others } = facts;
    return { kind: 'syslog', ...evidence, ...others, perceivedSeverity, source, id, spool };
  }
  const kind = evidence !== undefined || source === 'trap' ? 'trap' : 'alarm';
  return { kind, ...evidence, ...facts, source, id, spool };
}

/** A notification or syslog message that is on disk in the spool and not yet in the journal. */
export function pendingLine(bytes: Uint8Array): Line {
  const { at, evidence, agentAddress } = evidenceOfSpooled(bytes);
  return { seq: null, at: iso(at), kind: 'trap', ...evidence, agentAddress, pending: true };
}

const iso = (at: Instant): string => new Date(at).toISOString();
