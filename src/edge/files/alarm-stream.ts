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

/**
 * Sound records in the file's order. A line that is none, or whose `at` falls, goes to `report` with its number and
 * is left out. Throws what the file system throws. Synchronous, because the line that takes them is.
 */
export function* readAlarmStream(file: string, report: (problem: Problem) => void): Generator<StreamRecord> {
  let last: Instant | undefined;
  for (const { number, text } of linesOf(file)) {
    const refuse = (message: string, column = 1): void =>
      report({ file, line: number, column, severity: 'error', code: 'stream/bad-record', message });
    if (text === undefined) refuse(`the line is longer than ${longestLine} characters`);
    else if (text.trim() !== '') {
      const read = readLine(text);
      if (typeof read === 'string') refuse(read);
      else if ('reason' in read) refuse(`not JSON: ${read.reason}`, read.column);
      else if (last !== undefined && read.at < last)
        refuse(`at ${read.at} is before the ${last} of a line above`);
      else {
        last = read.at;
        yield read;
      }
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
    if (isTooLong || rest !== '') yield { number, text: isTooLong ? undefined : unmarked(rest, number) };
  } finally {
    closeSync(descriptor);
  }
}

const unmarked = (text: string, number: number): string =>
  number === 1 && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
