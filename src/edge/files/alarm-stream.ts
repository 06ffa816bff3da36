/** Reads `alarms.ndjson` piece by piece, so that a stream of any length runs through a replay in constant memory. */
import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { Instant } from '../../base/instant.ts';
import { type JsonMistake, jsonMistake } from '../../base/json-mistake.ts';
import type { Problem } from '../../base/problem.ts';
import { readAlarmRecord } from '../../flow/alarm-record.ts';
import type { StreamRecord } from '../../flow/replay.ts';

const pieceBytes = 1024 * 1024;
/** A longer line is no record of ours; it is passed over without being kept. */
const longestLine = 1024 * 1024;

/** A line that is so far ahead of the one before it may have an `at` from the future: those after it show whether it has. */
const aheadMs = 3_600_000;
/** After so many lines in order a pause was what it seemed. */
const mostInDoubt = 1_000;

interface Place {
  readonly column?: number | undefined;
  readonly hint?: string | undefined;
}

interface NumberedRecord {
  readonly number: number;
  readonly read: StreamRecord;
}

/**
 * Sound records in the file's order. A line that is none, whose `at` falls, or whose `at` is far ahead of the lines around
 * it, goes to `report` with its number and is left out. Throws what the file system throws. Synchronous, because the line
 * that takes them is.
 */
export function* readAlarmStream(file: string, report: (problem: Problem) => void): Generator<StreamRecord> {
  const refuse = (line: number, message: string, { column = 1, hint }: Place = {}): void =>
    report({ file, line, column, severity: 'error', code: 'stream/bad-record', message, hint });
  let last: Instant | undefined;
  const inDoubt: NumberedRecord[] = [];
  for (const one of soundLines(file, refuse)) {
    const { at } = one.read;
    const isBack = last !== undefined && at >= last && at < (inDoubt[0]?.read.at ?? at);
    if (isBack && inDoubt.length > 0) {
      for (const { number, read } of inDoubt.splice(0))
        refuse(number, `at ${read.at} is in the future of ${at} of a line below`);
    }
    const newest = inDoubt.at(-1)?.read.at ?? last;
    if (newest !== undefined && at < newest) {
      refuse(one.number, `at ${at} is before the ${newest} of a line above`);
      continue;
    }
    if (inDoubt.length > 0 || (last !== undefined && at - last > aheadMs)) inDoubt.push(one);
    else {
      last = at;
      yield one.read;
    }
    if (inDoubt.length < mostInDoubt) continue;
    last = at;
    for (const { read } of inDoubt.splice(0)) yield read;
  }
  for (const { read } of inDoubt) yield read;
}

function* soundLines(
  file: string,
  refuse: (line: number, message: string, place?: Place) => void,
): Generator<NumberedRecord> {
  for (const { number, text, isOpen } of linesOf(file)) {
    if (text === undefined) refuse(number, `the line is longer than ${longestLine} characters`);
    else if (text.trim() !== '') {
      const read = readLine(text);
      if (typeof read === 'string') refuse(number, read);
      else if ('reason' in read) {
        const hint = isOpen === true ? 'the file ends within this line: was all of it written?' : undefined;
        refuse(number, `not JSON: ${read.reason}`, { column: read.column, hint });
      } else yield { number, read };
    }
  }
}

function readLine(text: string): StreamRecord | JsonMistake | string {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    return jsonMistake(text);
  }
  const read = readAlarmRecord(record);
  if (typeof read === 'string') return read;
  const { at, observation } = read;
  return at === undefined ? 'at is missing: whole milliseconds since 1970' : { at, observation };
}

interface NumberedLine {
  /** From 1. */
  readonly number: number;
  /** undefined: too long. */
  readonly text: string | undefined;
  /** The last one, without a line break. */
  readonly isOpen?: true | undefined;
}

function* linesOf(file: string): Generator<NumberedLine> {
  const descriptor = openSync(file, 'r');
  try {
    const piece = Buffer.allocUnsafe(pieceBytes);
    const decoder = new StringDecoder('utf8');
    let number = 0;
    let rest = '';
    let isTooLong = false;
    for (let count = readSync(descriptor, piece); count > 0; count = readSync(descriptor, piece)) {
      const parts = (rest + decoder.write(piece.subarray(0, count))).split('\n');
      rest = parts.pop() ?? '';
      for (const text of parts) {
        number++;
        yield { number, text: isTooLong || text.length > longestLine ? undefined : unmarked(text, number) };
        isTooLong = false;
      }
      if (rest.length > longestLine) {
        isTooLong = true;
        rest = '';
      }
    }
    rest += decoder.end();
    number++;
    if (isTooLong || rest !== '')
      yield { number, text: isTooLong ? undefined : unmarked(rest, number), isOpen: true };
  } finally {
    closeSync(descriptor);
  }
}

const unmarked = (text: string, number: number): string =>
  number === 1 && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
