/**
 * A poll finds late, never early: what it found before a link was told of as down, by whoever hears of that at once, did
 * not fall silent by it.
 */
import type { Instant } from '../base/instant.ts';
import { jumbledMs } from './dead-devices.ts';

interface Word {
  readonly symptom: string;
  readonly polled: boolean;
  readonly at: Instant;
}

/** When a link of these words was first told of as down, but by polls; undefined where polls alone told of it: they do not date it. */
export function toldAt(said: Iterable<Word>): Instant | undefined {
  let first: Instant | undefined;
  for (const { symptom, polled, at } of said)
    if (symptom === 'link' && !polled && (first === undefined || at < first)) first = at;
  return first;
}

/** A silence that was there before what was told of at `since`. */
export const isFoundBefore = ({ symptom, polled, at }: Word, since: Instant | undefined): boolean =>
  since !== undefined && symptom === 'silent' && polled && at < since - jumbledMs;
