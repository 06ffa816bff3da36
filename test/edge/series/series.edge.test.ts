/** The embedded store passes the suite of all stores in every state its samples can be in. */
import { judgeSeriesStore } from '../../flow/series-compliance.ts';
import { embedded } from './harness.ts';

judgeSeriesStore('samples in the head', () => embedded());
judgeSeriesStore('samples in segments of their day', () => embedded({ settle: 'day' }));
judgeSeriesStore('samples in sealed days', () => embedded({ settle: 'sealed' }));
judgeSeriesStore('through a message port', () => embedded({ settle: 'day', throughPort: true }));
judgeSeriesStore('a head that is always too full', () => embedded({ headBytes: 1 }));
