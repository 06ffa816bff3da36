/** The line's hot state as plain JSON (design L13), and which of its forms this program reads. */
import { Fault } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import type { RoomsSnapshot } from './rooms.ts';

/** Raised with every change of what a room writes into its snapshot. */
export const snapshotSchema = 1;

export interface LineSnapshot {
  readonly schema: number;
  readonly sequence: number;
  readonly at: Instant;
  readonly failed: number;
  readonly spools: readonly (readonly [string, number])[];
  readonly rooms: RoomsSnapshot;
}

/** Throws a Fault `journal/snapshot-schema` for the state of another version of the rooms. */
export function refuseOthers({ schema }: LineSnapshot): void {
  if (schema === snapshotSchema) return;
  throw new Fault('journal/snapshot-schema', `the snapshot has schema ${schema}, not ${snapshotSchema}`);
}
