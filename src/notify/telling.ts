/** Walks a slice of subscribers and makes the `tell`s of it: who is left out and why, who must wait for the morning. */
import type { Instant } from '../base/instant.ts';
import { type Range, runsOf } from '../base/ranges.ts';
import type { SuppressReason, Tell } from '../model/notice.ts';

export interface Walk {
  readonly slice: readonly Range[];
  readonly reasonOf: (number: number) => SuppressReason | undefined;
  readonly notBeforeOf: (number: number) => Instant | undefined;
}

/** What all tells of the walk have in common. */
export type TellFrame = Pick<
  Tell,
  'incident' | 'revision' | 'type' | 'topologyVersion' | 'held' | 'notAfter' | 'order' | 'caps' | 'facts'
>;

export interface Walked {
  readonly tells: readonly Tell[];
  readonly told: readonly Range[];
  readonly suppressed: number;
}

export function walk({ slice, reasonOf, notBeforeOf }: Walk, frame: TellFrame): Walked {
  const tells: Tell[] = [];
  const told: number[] = [];
  let suppressed = 0;
  for (const range of slice) {
    let part = newPart(range.from);
    for (let number = range.from; number < range.to; number++) {
      const reason = reasonOf(number);
      if (reason !== undefined) {
        part.except.push(number);
        part.suppressed[reason] = (part.suppressed[reason] ?? 0) + 1;
        suppressed++;
        continue;
      }
      const notBefore = notBeforeOf(number);
      if (part.recipients > 0 && notBefore !== part.notBefore) {
        tells.push(tellOf(part, number, frame));
        part = newPart(number);
      }
      part.notBefore = notBefore;
      part.recipients++;
      told.push(number);
    }
    // A tell that reaches nobody is not sent; its reasons are counted all the same.
    if (part.recipients > 0) tells.push(tellOf(part, range.to, frame));
  }
  return { tells, told: runsOf(told), suppressed };
}

interface Part {
  readonly from: number;
  readonly except: number[];
  readonly suppressed: Partial<Record<SuppressReason, number>>;
  notBefore: Instant | undefined;
  recipients: number;
}

const newPart = (from: number): Part => ({
  from,
  except: [],
  suppressed: {},
  notBefore: undefined,
  recipients: 0,
});

const tellOf = (part: Part, to: number, frame: TellFrame): Tell => ({
  ...frame,
  from: part.from,
  to,
  except: part.except,
  suppressed: part.suppressed,
  notBefore: part.notBefore,
});
