/** The JSON of devices: how each is polled, what it answers, and what it says of its neighbours. */
import type { ConflictKind, FactKind, FactSource, Place } from '../../model/discovered.ts';
import type { DeviceReading } from '../../model/reading.ts';
import type { Language } from './contract.ts';

export interface DeviceJson {
  readonly id: string;
  readonly address: string;
  readonly profile: string | null;
  readonly state: 'answers' | 'silent' | 'notPolled' | 'unknown';
  readonly lastAnswerAt: string | null;
  /** Null for one that is not polled. */
  readonly nextPollAt: string | null;
  /** Only in the answer for one device, as `reading`; null for one that is not polled. */
  readonly polling?: DevicePollingJson | null;
  readonly reading?: DeviceReading | null;
}

/** `lateMs`: after the moment of the last turn. `silentRounds`: in a row, without an answer. */
export interface DevicePollingJson {
  readonly everySeconds: number;
  readonly lateMs: number;
  readonly silentRounds: number;
  /** `unknownUser`, `authKey`, `privKey`, `noAccess`, `unreachable`, ..: what it says instead of an answer. */
  readonly refusal: string | null;
  /** Tables that did not arrive whole, by their first column. */
  readonly incomplete: readonly { readonly column: string; readonly problem: string }[];
}

/** Bit/s of the last hour, oldest first, a minute each; null where nothing was measured. */
type MinutesOfHour = readonly (number | null)[];
export type PortTrafficJson = { readonly ifIndex: number } & Record<'inBps' | 'outBps', MinutesOfHour>;

/** Something that a device said of itself or of its neighbour. Texts in places come from the network. */
export interface FactJson {
  readonly kind: FactKind;
  readonly source: FactSource;
  readonly from: Place;
  readonly to: Place;
  /** Of an adjacency or a part. */
  readonly state: string | null;
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Not said any more for hours. */
  readonly stale: boolean;
}

export interface ConflictWordsJson {
  readonly what: string;
  readonly settle: string;
}

export interface ConflictJson {
  readonly kind: ConflictKind;
  /** The chassis id, the sysName or the configured link that it is about. */
  readonly name: string | null;
  readonly at: readonly Place[];
  readonly seen: readonly Place[];
  readonly words: Readonly<Record<Language, ConflictWordsJson>>;
}
