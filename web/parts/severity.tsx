/** Severity as number, shape, word and colour; filled = nobody has taken it, outlined = taken. */

import { words } from '../words/speak.ts';
import type { PerceivedSeverityName } from './severity-name.ts';

const marks: Readonly<Record<PerceivedSeverityName, { digit: string; shape: string }>> = {
  critical: { digit: '1', shape: 'M6 0 12 6 6 12 0 6Z' },
  major: { digit: '2', shape: 'M6 1 12 11 0 11Z' },
  minor: { digit: '3', shape: 'M0 1H12L6 11Z' },
  warning: { digit: '4', shape: 'M6 0A6 6 0 1 1 6 12 6 6 0 1 1 6 0Z' },
  indeterminate: { digit: '?', shape: 'M1 1H11V11H1ZM3 3V9H9V3Z' },
};

export function Severity({
  of: severity,
  isTaken = false,
}: {
  of: PerceivedSeverityName;
  isTaken?: boolean;
}) {
  const mark = marks[severity];
  return (
    <span class={`severity ${severity}${isTaken ? ' taken' : ''}`}>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <path d={mark.shape} fill-rule="evenodd" />
      </svg>
      <span>
        {mark.digit} {words.value.severity[severity]}
      </span>
    </span>
  );
}
