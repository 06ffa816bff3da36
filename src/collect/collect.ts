/**
 * The room that knows what to ask a device and what its answers mean. Pure: profiles come as parsed documents,
 * answers through the port `session.ts`.
 *
 * Invariants: no number is invented (a row without one is null with `absent`); what arrived is kept when the
 * rest failed; a mistake in one profile leaves all others usable.
 */
export { compileProfiles } from './compile.ts';
export {
  type DetectedDevice,
  detectionOids,
  detectionScalars,
  detectProfile,
  isNameless,
} from './detect-profile.ts';
export {
  isOfPorts,
  MeasuredPorts,
  PortColumns,
  portProgram,
} from './measured-ports.ts';
export {
  isByPort,
  type MeasuredRows,
  measuredRows,
  noSeries,
  type ObjectsKnown,
  type SampleName,
  type SampleSink,
} from './measured-rows.ts';
export { firstGroup, type Pattern, type PatternCompiler } from './pattern.ts';
export { type CellGroup, planOf } from './plan.ts';
export type { Profile, Profiles } from './profile.ts';
export { profileSchema } from './profile-schema.ts';
export { judgeTest, type ProfileTest } from './profile-test.ts';
export { type DeviceAnswer, type ReadingOrder, readDevice } from './read-device.ts';
export { readingOfCells } from './reading-of-cells.ts';
export { groundedProfile, isRelative } from './relative-oids.ts';
export type { FillOutcome } from './session.ts';
export { TableCells } from './table-cells.ts';
export { metricsOf } from './table-metrics.ts';
export { valueTag } from './value-tag.ts';
