/** What the answers of a device taught: plain data that may be kept over a restart and handed back. */

import { mostGrowth } from '../../collect/session.ts';

export interface Learned {
  /** Bytes of variable bindings asked for in one reply. */
  roomBytes: number;
  /** The largest reply that came. */
  largestReplyBytes: number;
  /** Replies that were as large as asked, since the room last changed. */
  fullInARow: number;
  /** So many of them let the room grow; rises each time growing did not help. */
  growAfter: number;
  /** False: GETBULK is not answered while GETNEXT is. */
  usesBulk: boolean;
  /** Requests in a row of the usual size that brought silence, each followed by the answer to a smaller one. */
  silences: number;
  /** By which the budget of a table is multiplied, a power of two; 0: its tables have no end. */
  growth: number;
  /** Tables with rising rows that were longer than their budget, since the last growth. */
  overruns: number;
  hasAnswered: boolean;
  hasAnsweredBulk: boolean;
  /** False: sysUpTime is hidden from us, so it is not asked for in each message. */
  tellsUpTime: boolean;
  hasCounter64: boolean;
  /** Mean round trip, microseconds. Whole numbers keep all these objects alike for the engine that runs us. */
  rttMicros: number;
  /** 95 of 100 answers come within this time. */
  rttP95Micros: number;
  rttCount: number;
  /** Requests one after the other while others waited. */
  inARow: number;
  /** The last request ran out of tries. */
  isSilent: boolean;
  /** Where answers come from when not from the asked address. */
  replyAddress: string | undefined;
  /** An address that answered in place of the asked one, and in how many requests in a row nothing else did. */
  foreignAddress: string | undefined;
  foreignTimes: number;
}

/** With id, community and binding headers of most requests this makes replies of 1472 bytes, which pass unfragmented. */
const USUAL_ROOM = 1_415;
const MOST_ROOM = 16_000;
const LEAST_ROOM = 16;
const SOONEST_GROWTH = 4;
const SILENCES_BELIEVED = 2;
const OVERRUNS_BELIEVED = 2;
const RTT_KNOWN_AFTER = 16;
const LONGEST_MICROS = 60_000_000;
const SHORTEST_TIMEOUT_MS = 500;
/** Shorter ones would open the window just when everything is slow, and the socket's buffer would overflow. */
const SHORTEST_WAIT_MS = 200;
const FOREIGN_TIMES = 3;
/** Requests of a device before it waits behind the others again, else a long walk would starve them. */
const MOST_IN_A_ROW = 16;

export const nothingLearned = (): Learned => ({
  roomBytes: USUAL_ROOM,
  largestReplyBytes: 0,
  fullInARow: 0,
  growAfter: SOONEST_GROWTH,
  usesBulk: true,
  silences: 0,
  growth: 1,
  overruns: 0,
  hasAnswered: false,
  hasAnsweredBulk: false,
  tellsUpTime: true,
  hasCounter64: false,
  rttMicros: 0,
  rttP95Micros: 0,
  rttCount: 0,
  inARow: 0,
  isSilent: false,
  replyAddress: undefined,
  foreignAddress: undefined,
  foreignTimes: 0,
});

/** What was kept of an earlier start; what is no such thing is left out. */
export function learnedFrom(kept: unknown): Learned {
  const learned = nothingLearned();
  if (typeof kept !== 'object' || kept === null) return learned;
  for (const [name, value] of Object.entries(kept)) {
    if (!Object.hasOwn(learned, name)) continue;
    const isAddress = name === 'replyAddress' && typeof value === 'string';
    if (isAddress || typeof value === typeof learned[name as keyof Learned]) {
      Object.assign(learned, { [name]: value });
    }
  }
  return { ...learned, isSilent: false };
}

/** An answer to the first try; those after a repetition may belong to either (Karn and Partridge, 1987). */
export function learnRoundTrip(learned: Learned, ms: number): void {
  const micros = Math.min(LONGEST_MICROS, Math.round(ms * 1000));
  if (learned.rttCount === 0) {
    learned.rttMicros = micros;
    learned.rttP95Micros = 2 * micros;
  } else {
    learned.rttMicros += (micros - learned.rttMicros) >> 3;
    const step = (learned.rttMicros >> 3) + 100;
    learned.rttP95Micros += micros > learned.rttP95Micros ? step : -Math.floor(step / 19);
  }
  if (learned.rttCount < RTT_KNOWN_AFTER) learned.rttCount++;
}

/** An answer only after a repetition, or none: the device is slower than thought, or datagrams are lost. */
export function learnDelay(learned: Learned): void {
  learned.rttP95Micros = Math.min(LONGEST_MICROS, Math.ceil(learned.rttP95Micros * 1.5));
}

/** Of one try: shorter than configured once the device is known. */
export function timeoutOf(learned: Learned, configuredMs: number): number {
  if (learned.rttCount < RTT_KNOWN_AFTER) return configuredMs;
  return Math.min(configuredMs, Math.max(SHORTEST_TIMEOUT_MS, learned.rttP95Micros / 250));
}

/** A walk keeps its place for some requests: of fewer devices at a time all stays in the processor's caches. */
export function keepsPlace(learned: Learned, wasJustServed: boolean): boolean {
  const mayKeep = wasJustServed && learned.inARow < MOST_IN_A_ROW;
  learned.inARow = mayKeep ? learned.inARow + 1 : 0;
  return mayKeep;
}

/** After this time without an answer a request no longer counts as one that may be answered any moment. */
export function patienceOf(learned: Learned): number {
  return Math.max(SHORTEST_WAIT_MS, learned.rttMicros / 250);
}

/** Nothing but answers from this address came, with the right id, version and community. */
export function learnForeignAddress(learned: Learned, address: string): void {
  learned.foreignTimes = learned.foreignAddress === address ? learned.foreignTimes + 1 : 1;
  learned.foreignAddress = address;
  if (learned.foreignTimes >= FOREIGN_TIMES) learned.replyAddress = address;
}

/** A reply with all that was asked, which had been cut to the room. */
export function learnFullReply(learned: Learned): void {
  if (++learned.fullInARow < learned.growAfter) return;
  learned.fullInARow = 0;
  learned.growAfter = Math.max(SOONEST_GROWTH, learned.growAfter >> 2);
  learned.roomBytes = Math.min(
    MOST_ROOM,
    learned.roomBytes < USUAL_ROOM / 2 ? learned.roomBytes + (learned.roomBytes >> 2) : learned.roomBytes * 2,
  );
}

/** The agent cut its reply: asking for more than this is of no use for a long time. */
export function learnCutReply(learned: Learned, bindingBytes: number): void {
  learned.fullInARow = 0;
  if (learned.roomBytes <= USUAL_ROOM) return;
  learned.roomBytes = Math.max(USUAL_ROOM, Math.ceil(bindingBytes));
  learned.growAfter = Math.min(100_000, learned.growAfter * 16);
}

/**
 * A smaller request was answered after the silence of one for so many bytes: it was too large, or all its tries were lost. A
 * line that loses much must not end in requests for one value each, so it is believed when it comes again, or where it is
 * sure: the smaller one brought silence too.
 */
export function learnSilence(learned: Learned, bindingBytes: number, isSure: boolean): void {
  if (++learned.silences >= SILENCES_BELIEVED || isSure) shrinkRoom(learned, bindingBytes, 4);
}

/** The request for so many bytes was too large, said the device. */
export function learnTooLarge(learned: Learned, bindingBytes: number): void {
  shrinkRoom(learned, bindingBytes, 16);
}

function shrinkRoom(learned: Learned, bindingBytes: number, patience: number): void {
  learned.fullInARow = 0;
  learned.silences = 0;
  learned.growAfter = Math.min(100_000, learned.growAfter * patience);
  learned.roomBytes = Math.max(LEAST_ROOM, Math.floor(Math.min(learned.roomBytes, bindingBytes) / 2));
}

/**
 * A table whose rows only rose was longer than its budget. What a device delivers honestly is let grow, reading by reading;
 * what has no end at the most either has none at all, and never grows again.
 */
export function learnOverrun(learned: Learned): void {
  if (learned.growth === 0 || ++learned.overruns < OVERRUNS_BELIEVED) return;
  learned.overruns = 0;
  learned.growth = learned.growth >= mostGrowth ? 0 : learned.growth * 2;
}

export const growthOf = (learned: Learned): number => Math.max(1, learned.growth);
