/** `journal verify` and `journal dump`: what the line was told, checked or printed, also beside a running daemon. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Fault } from '../../base/fault.ts';
import { formatProblem, type Problem } from '../../base/problem.ts';
import { readJournal, verifyJournal } from '../../edge/journal/segments.ts';
import { readSpool, type SpoolRecord } from '../../edge/journal/spool.ts';
import { decodeInput } from '../../flow/record.ts';
import { exitCodes } from '../processes/messages.ts';
import { commonOptions, dataFolder, drained, onlyPositional, wholeFrom } from './common-options.ts';
import { inputLine, pendingLine } from './journal-line.ts';
import { printable } from './table.ts';
import type { Terminal, Verb } from './verb.ts';
import { type Say, speaker } from './words.ts';

const options = {
  ...commonOptions,
  data: { type: 'string' },
  config: { type: 'string' },
  from: { type: 'string' },
} as const;

export const journalVerb: Verb = {
  name: 'journal',
  summary: 'Checks every record of the journal, or prints one input a line.',
  usage: 'allclear journal verify|dump [--data DIR] [--from SEQUENCE] [--jsonl|--json] [--lang ru|en]',
  async run(argv, terminal) {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const say = speaker(values.lang);
    const deed = onlyPositional(positionals, 'verify or dump');
    const data = await dataFolder(values);
    if (!existsSync(join(data, 'journal'))) throw new Fault('journal/missing', `${data} holds no journal`);
    if (deed === 'verify') return verify(data, { terminal, say, isJson: values.json === true });
    if (deed !== 'dump') throw new Fault('usage/argument', `"${deed}" is neither verify nor dump`);
    const bounds = { least: 1, most: Number.MAX_SAFE_INTEGER, otherwise: 1 };
    const from = wholeFrom(values.from, 'from', bounds);
    return dump({ data, from, terminal, isJson: values.jsonl === true || values.json === true });
  },
};

const spoolFolder = (data: string): string => join(data, 'spool', 'traps');

async function verify(
  data: string,
  { terminal, say, isJson }: { terminal: Terminal; say: Say; isJson: boolean },
): Promise<number> {
  const report = await verifyJournal(join(data, 'journal'));
  const spool = existsSync(spoolFolder(data)) ? await verifyJournal(spoolFolder(data)) : undefined;
  const problems = [...report.problems, ...(spool?.problems ?? [])];
  const isSound = problems.every(({ severity }) => severity !== 'error');
  if (isJson) terminal.print(JSON.stringify({ sound: isSound, journal: report, spool: spool ?? null }));
  else {
    for (const problem of problems) terminal.print(formatProblem(problem));
    const { records, segments, firstSequence: first, lastSequence: last } = report;
    const isJournalSound = report.problems.every(({ severity }) => severity !== 'error');
    terminal.print(
      say(isJournalSound ? 'journalSound' : 'journalDamaged', { records, segments, first, last }),
    );
    if (spool !== undefined) terminal.print(`${spoolFolder(data)}: ${spool.records} records`);
  }
  return isSound ? exitCodes.ok : exitCodes.problem;
}

interface Dumping {
  readonly data: string;
  readonly from: number;
  readonly terminal: Terminal;
  readonly isJson: boolean;
}

/**
 * Journal, then spool, then the journal's new end: a record that was confirmed and cut from the spool meanwhile stands
 * there, so that none is missed and none is called pending that is not. What the spool holds at most is kept in memory.
 */
async function dump(dumping: Dumping): Promise<number> {
  const journal = new JournalDump(dumping);
  await journal.read(1);
  const waiting: SpoolRecord[] = [];
  if (existsSync(spoolFolder(dumping.data))) {
    const onProblem = (problem: Problem): void => journal.report(problem);
    for await (const record of readSpool(spoolFolder(dumping.data), { onProblem })) {
      if (!journal.holds(record)) waiting.push(record);
    }
    await journal.read(journal.last + 1);
  }
  for (const record of waiting) if (!journal.holds(record)) journal.print(pendingLine(record.bytes));
  return journal.errors === 0 ? exitCodes.ok : exitCodes.problem;
}

class JournalDump {
  readonly #dumping: Dumping;
  /** Last offset of each spool that the journal holds. */
  readonly #offsets = new Map<string, number>();
  last = 0;
  errors = 0;

  constructor(dumping: Dumping) {
    this.#dumping = dumping;
  }

  /** Every record is looked at for its place in a spool; those from `--from` on are printed. */
  async read(from: number): Promise<void> {
    const { data, from: firstPrinted } = this.#dumping;
    const onProblem = (problem: Problem): void => this.report(problem);
    for await (const { sequence, bytes } of readJournal(join(data, 'journal'), { from, onProblem })) {
      this.last = sequence;
      const { at, input } = decodeInput(bytes, sequence);
      const spool = input.kind === 'observation' ? input.spool : undefined;
      const isRepeat = spool !== undefined && this.holds({ spool: spool.id, offset: spool.offset });
      if (spool !== undefined && !isRepeat) this.#offsets.set(spool.id, spool.offset);
      if (sequence < firstPrinted) continue;
      this.print(inputLine({ sequence, at, input, isRepeat }));
      await drained();
    }
  }

  holds({ spool, offset }: Pick<SpoolRecord, 'spool' | 'offset'>): boolean {
    return offset <= (this.#offsets.get(spool) ?? 0);
  }

  report(problem: Problem): void {
    if (problem.severity === 'error') this.errors++;
    this.#dumping.terminal.complain(formatProblem(problem));
  }

  print(line: Readonly<Record<string, unknown>>): void {
    const { terminal, isJson } = this.#dumping;
    if (isJson) return terminal.print(JSON.stringify(line));
    const { seq, at, kind, ...facts } = line;
    terminal.print(
      `${String(seq ?? '-').padStart(10)}  ${String(at)}  ${String(kind).padEnd(16)}  ${printable(facts)}`,
    );
  }
}
