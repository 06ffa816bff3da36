/** Many things of one owner said at once (design L2): terminals of a PON port, modems of an upstream, ports of a switch. */
import { type ResourceId, resourceId } from './ids.ts';
import type { Observation, PerceivedSeverity } from './observation.ts';

/** Fewer are said one by one. */
export const leastAlike = 8;
/** More stand in further bitmaps, so that none outgrows a record of the journal. */
export const mostChildren = 256;

/** Those that changed alike in one poll. */
export interface Bitmap {
  /** What they hang on: a PON port, an upstream; the device where nothing is known between. */
  readonly owner: ResourceId;
  /** Id of the device that was polled. */
  readonly device: string;
  readonly event: 'raise' | 'clear';
  readonly cause: string;
  readonly severity?: PerceivedSeverity | undefined;
  /** All children of the owner as this poll found them; unknown: it brought nothing of them. */
  readonly counts: { readonly down: number; readonly alive: number; readonly unknown: number };
  /** Those that changed. */
  readonly children: readonly BitmapChild[];
}

/** How everything below an owner stands in one poll, said because the line asked for it (design L2). */
export interface FullBitmap {
  readonly owner: ResourceId;
  readonly device: string;
  /** All children of the owner, those in further records of the same poll included. */
  readonly counts: { readonly down: number; readonly alive: number; readonly unknown: number };
  /** `kind/index` below the device, by the loss of sight or light that holds. */
  readonly down: readonly DownChildren[];
  readonly alive: readonly string[];
  /** The poll brought nothing of them, or what it brought is in doubt. */
  readonly unknown: readonly string[];
}

interface DownChildren {
  readonly cause: string;
  readonly severity?: PerceivedSeverity | undefined;
  readonly objects: readonly string[];
}

export interface BitmapChild {
  /** `kind/index` below the device. */
  readonly object: string;
  readonly name?: string | undefined;
  readonly value?: string | undefined;
  /** Further facts for people, such as what its port is called. */
  readonly facts?: Readonly<Record<string, string>> | undefined;
}

/** The same said one by one. */
export function observationsOf({ device, event, cause, severity, children }: Bitmap): readonly Observation[] {
  return children.map(({ object, name, value, facts: further }) => {
    const base = {
      event,
      resource: resourceId(`${device}/${object}`),
      cause,
      source: 'poll',
      device,
    } as const;
    if (event === 'clear') return base;
    const facts = Object.entries({ value, object, name, ...further }).flatMap(([key, fact]) =>
      fact === undefined ? [] : [[key, fact]],
    );
    return { ...base, severity, attributes: Object.fromEntries(facts) as Record<string, string> };
  });
}
