/** What a syslog line means: the first rule whose words it holds. */
import type { Instant } from '../base/instant.ts';
import { resourceId } from '../model/ids.ts';
import type { Observation } from '../model/observation.ts';
import type { DetectionRules } from './rules.ts';
import type { WatchedDevice } from './trap-rules.ts';

export interface SyslogLine {
  readonly device?: WatchedDevice | undefined;
  readonly address: string;
  readonly text: string;
  readonly deviceAt?: Instant | undefined;
  /** What the message says of itself beside its text; shown with the alarm. */
  readonly attributes?: Observation['attributes'];
}

/** Undefined for a line that no rule knows. `portOf` finds the number of a device's port by its name. */
export function meaningOfLine(
  rules: DetectionRules,
  line: SyslogLine,
  portOf: (device: string, name: string) => number | undefined,
): Observation | undefined {
  const rule = rules.syslog.find(({ contains }) => contains.every((part) => line.text.includes(part)));
  if (rule === undefined) return undefined;
  const id = line.device?.id ?? `unknown-${line.address}`;
  const { event, cause, severity } = rule;
  const word = rule.by && wordBehind(line.text, rule.by.behind);
  const ifIndex = word === undefined ? undefined : portOf(id, word);
  const base = { event, cause, source: 'syslog', device: id, deviceAt: line.deviceAt } as const;
  // A port that readings know is the same resource to all sources; else the word tells ports apart.
  const about =
    ifIndex !== undefined && cause === rules.interfaces.cause
      ? { resource: resourceId(`${id}/if/${ifIndex}`) }
      : {
          resource: line.device?.resource ?? resourceId(id),
          by: word === undefined ? undefined : resourceId(`${id}/${rule.by?.name}/${word}`),
        };
  if (event === 'clear') return { ...base, ...about };
  const attributes = { ...line.attributes, line: line.text.slice(0, 1_024) };
  return { ...base, ...about, severity, attributes };
}

/** The word behind `text` up to white space, comma or closing sign; undefined when there is none. */
function wordBehind(line: string, text: string): string | undefined {
  const from = line.indexOf(text);
  if (from < 0) return undefined;
  return /^\s*([^\s,;:)\]]{1,64})/.exec(line.slice(from + text.length, from + text.length + 128))?.[1];
}
