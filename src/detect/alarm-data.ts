/** A syslog message that carries an alarm in its structured data (RFC 5674): observed as it says, without any rule. */
import { resourceId } from '../model/ids.ts';
import { type Observation, type PerceivedSeverity, severities } from '../model/observation.ts';
import type { DetectionRules } from './rules.ts';
import type { SyslogLine } from './syslog-rules.ts';

const longestPart = 64;

/**
 * Undefined unless resource, probableCause and perceivedSeverity are there (section 3). The element is `alarm`, or
 * `alarm@` and the number of an enterprise. A resource that is the name of a polled port is that port.
 */
export function meaningOfAlarmData(
  rules: DetectionRules,
  line: SyslogLine,
  portOf: (device: string, name: string) => number | undefined,
): Observation | undefined {
  const fields = fieldsOf(line);
  const { resource: about, probableCause, perceivedSeverity: severity } = fields;
  if (!about || !probableCause || severity === undefined) return undefined;
  if (severity !== 'cleared' && !isSeverity(severity)) return undefined;
  const id = line.device?.id ?? `unknown-${line.address}`;
  const ifIndex = portOf(id, about);
  const place =
    ifIndex === undefined
      ? {
          resource: line.device?.resource ?? resourceId(id),
          by: resourceId(`${id}/resource/${about.slice(0, longestPart)}`),
        }
      : { resource: resourceId(`${id}/if/${ifIndex}`) };
  const cause = rules.probableCauses.get(probableCause) ?? probableCause.slice(0, longestPart);
  const base = { cause, source: 'syslog', device: id, deviceAt: line.deviceAt, ...place } as const;
  if (severity === 'cleared') return { event: 'clear', ...base };
  const attributes = { ...line.attributes, ...fields, line: line.text.slice(0, 1_024) };
  return { event: 'raise', ...base, severity, attributes };
}

const names = [
  'resource',
  'probableCause',
  'perceivedSeverity',
  'eventType',
  'trendIndication',
  'resourceURI',
] as const;

function fieldsOf({ attributes }: SyslogLine): Partial<Record<(typeof names)[number], string>> {
  if (attributes === undefined) return {};
  const element = Object.keys(attributes)
    .map((key) => /^(alarm(?:@[\d.]+)?)\.resource$/.exec(key)?.[1])
    .find((found) => found !== undefined);
  if (element === undefined) return {};
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = attributes[`${element}.${name}`];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

const isSeverity = (word: string): word is PerceivedSeverity =>
  (severities as readonly string[]).includes(word);
