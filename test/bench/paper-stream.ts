/** A small network of two OLTs, and streams on it written as lines of a table. */
import type { Stream } from '../../bench/support/baselines/baseline.ts';
import { instant } from '../../src/base/instant.ts';
import type { StreamRecord } from '../../src/flow/replay.ts';
import { resourceId } from '../../src/model/ids.ts';
import { network } from '../measure/score/paper-score.ts';

const twoOlts = network({
  serviceRoots: ['core'],
  resources: [
    { id: 'core', kind: 'core' },
    { id: 'olt-a', kind: 'olt' },
    { id: 'olt-b', kind: 'olt' },
    { id: 'pon-a', kind: 'pon-port', in: { access: 'olt-a' } },
    { id: 'pon-b', kind: 'pon-port', in: { access: 'olt-b' } },
    { id: 'split', kind: 'splitter', in: { access: 'pon-a' } },
    { id: 'far', kind: 'splitter', in: { access: 'pon-a' } },
    ...['a1', 'a2'].map((id) => ({ id, kind: 'ont', in: { access: 'split' } })),
    { id: 'a3', kind: 'ont', in: { access: 'far' } },
    { id: 'b1', kind: 'ont', in: { access: 'pon-b' } },
  ],
  links: [
    { id: 'up-a', ends: ['core', 'olt-a'] },
    { id: 'up-b', ends: ['core', 'olt-b'] },
  ],
});

/** `[seconds, resource, cause, event]` */
export type Row = readonly [number, string, string, ('raise' | 'clear' | 'alive')?];

/** Records are named r0, r1, .. by their place. */
export function streamOf(...lines: readonly Row[]): Stream {
  const records = lines.map(([seconds, resource, cause, event = 'raise'], n): StreamRecord => {
    const said = { resource: resourceId(resource), cause, source: 'trap', record: `r${n}` } as const;
    return { at: instant(seconds * 1_000), observation: { ...said, event } };
  });
  return { topology: twoOlts, records };
}
