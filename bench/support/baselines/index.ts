/** The baselines, in the order in which they are printed. */
import type { Baseline } from './baseline.ts';
import { clusteredByDefault, clusteredTuned } from './dbscan.ts';
import { topmostAncestor } from './topmost.ts';
import { windowPerCauseAndHead, windowPerHead } from './windows.ts';

export const baselines: readonly Baseline[] = [
  ...[windowPerHead, windowPerCauseAndHead, topmostAncestor, clusteredByDefault, clusteredTuned],
];
