/** A device as the measuring loop asks it; edge makes it real over SNMP. Nothing here rejects or throws. */
import type { CellGroup, FillOutcome, TableCells } from '../collect/collect.ts';
import type { WatchedDevice } from '../detect/detect.ts';
import type { DeviceReading } from '../model/reading.ts';

/** What became of asking for everything. */
export type FullAnswer =
  /** `incomplete`: tables that ended early; what arrived of them is in the reading. */
  | { readonly kind: 'reading'; readonly reading: DeviceReading; readonly incomplete?: number | undefined }
  | { readonly kind: 'silent' }
  /** It answers, and refuses: the word for the counter, such as `authentication`. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Numbers are left out: those of a large device take long to unpack. */
export type DeviceNames = Pick<DeviceReading, 'interfaces' | 'objects'>;

/** What a device is asked in most rounds. */
export interface PolledPlan {
  readonly groups: readonly CellGroup[];
  /** Index-aligned with the groups; of this device alone. */
  readonly cells: readonly TableCells[];
  /** Of its software, where it says so: decides variants of metrics. */
  readonly version: string | undefined;
}

export interface PolledDevice extends WatchedDevice {
  /** Everything that its profile names; `costly`: tables too that are asked on suspicion only. One call at a time. */
  readAll(costly: boolean): Promise<FullAnswer>;
  /** Undefined until everything was read once; another object when it has become another device. */
  plan(): PolledPlan | undefined;
  /** Numbers and states of these groups, into their cells. */
  fill(groups: readonly number[], done: (outcome: FillOutcome) => void): void;
  /** One small question: does it live? */
  probe(): Promise<boolean>;
  /** What rises when interfaces or parts come and go, as one text; undefined without an answer. */
  changeMarks(): Promise<string | undefined>;
  /** What things are called, as the last whole reading said. */
  named(): DeviceNames | undefined;
  /** The same with what was measured since: made when somebody looks, in slices that hold up nobody. */
  reading(): Promise<DeviceReading | undefined>;
  /** Profile id, once it is known. */
  profile(): string | undefined;
}
