/**
 * One reading of a device as somebody wants to see it at three in the morning: what is bad first, values in the units
 * people read, what is missing says why. A device with more than a screen is counted by kind; `--all` has every line.
 */
import type { DeviceReading, InterfaceReading } from '../../model/reading.ts';
import { objectLines, summaryOfKinds } from './reading-objects.ts';
import { readingLines } from './reading-values.ts';
import { type ReportHeads, reportHeads } from './reading-words.ts';
import type { Language } from './session-problem.ts';
import { shownTime, shownValue } from './shown-value.ts';
import { formatTable, printable } from './table.ts';
import type { Verdict } from './verdicts.ts';
import type { Say } from './words.ts';

/** More lines than these of a kind are counted, not listed. */
const shortList = { interfaces: 30, readings: 45, objects: 30, bad: 30 };
/** Of a section with `--all`; `--json` has all. */
const mostLines = 10_000;

export interface ReportOptions {
  readonly say: Say;
  readonly language: Language;
  readonly isWhole: boolean;
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

export function readingReport(reading: DeviceReading, options: ReportOptions): string {
  const { device, interfaces, readings, objects, links, profile } = reading;
  const { say, language, isWhole } = options;
  const name = printable(device.sysName ?? device.hardware ?? 'device');
  const counts = { interfaces: interfaces.length, readings: readings.length, objects: objects.length };
  const words = reportHeads[language];
  const parts = [say('answered', { name, profile, ...counts })];
  parts.push(formatTable([words.device, ''], factsOf(device, words)));
  const section = (
    head: readonly string[],
    rows: readonly (readonly unknown[])[],
    most = mostLines,
  ): void => {
    if (rows.length === 0) return;
    const left = rows.length - most;
    const table = formatTable(head, rows.slice(0, most));
    parts.push(left > 0 ? `${table}\n${words.more.replace('{count}', String(left))}` : table);
  };
  const isLong = {
    interfaces: !isWhole && interfaces.length > shortList.interfaces,
    readings: !isWhole && readings.length > shortList.readings,
    objects: !isWhole && objects.length > shortList.objects,
  };
  const lines = readingLines(reading, options);
  if (isLong.readings) {
    const bad = lines.filter(({ isBad }) => isBad).map(({ row }) => row);
    section(words.bad, bad, shortList.bad);
    parts.push(formatTable(words.kinds, summaryOfKinds(reading, options)));
  } else {
    section(
      words.readings,
      lines.map(({ row }) => row),
    );
  }
  parts.push(...interfacePart(interfaces, { words, isLong: isLong.interfaces, section }));
  section(
    words.links,
    links.map((one) => [one.localPort, one.remoteName ?? one.remoteChassis, one.remotePort]),
  );
  // What is counted by kind above is not listed below.
  if (!isLong.objects && !isLong.readings) section(words.objects, objectLines(objects));
  if (isLong.interfaces || isLong.readings || isLong.objects) parts.push(words.whole);
  return parts.join('\n\n');
}

/** One line, and of what needs a look one line each: for whoever only wants to know whether something is wrong. */
export function quietReport(
  reading: DeviceReading,
  options: Omit<ReportOptions, 'isWhole'>,
): { readonly text: string; readonly needsLook: boolean } {
  const { device, interfaces, readings, objects, profile } = reading;
  const words = reportHeads[options.language];
  const name = printable(device.sysName ?? device.hardware ?? 'device');
  const counts = { interfaces: interfaces.length, readings: readings.length, objects: objects.length };
  const bad = readingLines(reading, options).flatMap(({ isBad, row }) => (isBad ? [row] : []));
  const down = interfaces.filter((one) => isDown(one) && (one.ifAlias ?? '') !== '');
  const parts = [options.say('answered', { name, profile, ...counts })];
  if (bad.length > 0) parts.push(formatTable(words.bad, bad.slice(0, mostLines)));
  if (down.length > 0)
    parts.push(
      formatTable(
        words.interfaces,
        down.slice(0, mostLines).map((one) => interfaceRow(one, words)),
      ),
    );
  return { text: parts.join('\n\n'), needsLook: parts.length > 1 };
}

function factsOf(
  { sysUpTimeTicks, ...rest }: DeviceReading['device'],
  words: ReportHeads,
): (readonly [string, unknown])[] {
  const facts: (readonly [string, unknown])[] = Object.entries(rest).filter(
    ([, value]) => value !== undefined,
  );
  if (sysUpTimeTicks !== undefined) facts.push([words.upTime, shownTime(sysUpTimeTicks / 100)]);
  return facts;
}

const isOff = ({ adminStatus }: InterfaceReading): boolean => adminStatus === 'down';
const isDown = (one: InterfaceReading): boolean =>
  one.adminStatus === 'up' && one.operStatus !== undefined && /down/i.test(one.operStatus);

function interfaceRow(one: InterfaceReading, words: ReportHeads): readonly unknown[] {
  return [
    isDown(one) ? '!' : '',
    one.ifIndex,
    one.ifName ?? one.ifDescr,
    isOff(one) ? words.adminDown : one.operStatus,
    (one.speedBps ?? 0) > 0 ? shownValue(one.speedBps ?? 0, 'bit/s') : '',
    one.ifAlias,
  ];
}

/** Down first, those with a description before the others; of many only what is down and described, and the counts. */
function interfacePart(
  interfaces: readonly InterfaceReading[],
  given: {
    readonly words: ReportHeads;
    readonly isLong: boolean;
    readonly section: (head: readonly string[], rows: readonly (readonly unknown[])[], most?: number) => void;
  },
): readonly string[] {
  const { words, isLong, section } = given;
  const rank = (one: InterfaceReading): number =>
    isOff(one) ? 3 : isDown(one) ? ((one.ifAlias ?? '') === '' ? 1 : 0) : 2;
  const sorted = [...interfaces].sort((a, b) => rank(a) - rank(b) || a.ifIndex - b.ifIndex);
  const row = (one: InterfaceReading): readonly unknown[] => interfaceRow(one, words);
  if (!isLong) {
    section(words.interfaces, sorted.map(row));
    return [];
  }
  const counted = new Map<string, number>();
  for (const one of interfaces) {
    const state = isOff(one) ? words.adminDown : (one.operStatus ?? '-');
    counted.set(state, (counted.get(state) ?? 0) + 1);
  }
  const counts = [...counted].map(([state, count]) => `${count} ${printable(state, 30)}`).join(', ');
  const down = sorted.filter(isDown);
  section(words.interfaces, down.filter(({ ifAlias }) => (ifAlias ?? '') !== '').map(row), shortList.bad);
  const bare = down
    .filter(({ ifAlias }) => (ifAlias ?? '') === '')
    .map((one) => printable(one.ifName ?? one.ifDescr, 24));
  const names = bare.length === 0 ? '' : `\n${words.bareDown}: ${listed(bare, 24)}`;
  return [`${words.interfaceCount}: ${counts}.${names}`];
}

function listed(names: readonly string[], most: number): string {
  const left = names.length - most;
  return names.slice(0, most).join(', ') + (left > 0 ? ` .. +${left}` : '');
}
