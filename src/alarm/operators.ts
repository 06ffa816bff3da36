/** What people do with an alarm beside its own life: take it, put it on the shelf, write a note to it. */
import type { Instant } from '../base/instant.ts';
import type { Alarm, Unshelved } from '../model/alarm.ts';

/** What changes in the record; nothing where it is so already. */
type Changed = Partial<Alarm>;

/** More on one alarm are a conversation, which belongs elsewhere; the newest stay. */
const mostNotes = 50;

export interface Shelving {
  /** An instant that has passed takes it off the shelf. */
  readonly until: Instant;
  /** It comes off the shelf with the end of the alarm, if that is earlier. */
  readonly untilCleared?: true | undefined;
}

export const acknowledged = ({ ackState }: Alarm, by: string): Changed =>
  ackState === 'acknowledged' ? {} : { ackState: 'acknowledged', ackBy: by };

export const unacknowledged = ({ ackState }: Alarm): Changed =>
  ackState === 'unacknowledged' ? {} : { ackState: 'unacknowledged', ackBy: undefined };

/** A shelf always has an end of its own: what is hidden for good is forgotten (ISA-18.2 limits shelving in time). */
export function shelved(alarm: Alarm, { until, untilCleared }: Shelving, by: string): Changed {
  if (alarm.shelvedUntil === until && alarm.shelf?.untilCleared === untilCleared) return {};
  return { shelvedUntil: until, shelf: { by, untilCleared }, unshelved: undefined };
}

export function takenOffShelf(alarm: Alarm, at: Instant, because: Unshelved['because']): Changed {
  if (alarm.shelvedUntil === undefined) return {};
  return { shelvedUntil: undefined, shelf: undefined, unshelved: { at, because } };
}

/** The alarm is over: a shelf that was to last until then is, too. */
export const shelfAtEnd = (alarm: Alarm, at: Instant): Changed =>
  alarm.shelf?.untilCleared === true ? takenOffShelf(alarm, at, 'cleared') : {};

/** Nobody writes the same row twice, but a journal may be asked to. */
export function noted({ notes = [] }: Alarm, note: NonNullable<Alarm['notes']>[number]): Changed {
  if (notes.some(({ text }) => text === note.text)) return {};
  return { notes: [...notes, note].slice(-mostNotes) };
}
