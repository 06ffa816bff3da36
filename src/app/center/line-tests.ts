/** Line tests on demand: asks the device that sees a line and waits for what its next poll says of it. */
import { seconds } from '../../base/instant.ts';
import type { Wake, World } from '../../base/world.ts';
import type { LineTest, LineVerdict } from '../../edge/http/outside-port.ts';
import type { Input } from '../../flow/input.ts';
import type { FullBitmap } from '../../model/bitmap.ts';
import { type ResourceId, resourceId } from '../../model/ids.ts';

/** Under way at once; a device is asked once in five seconds anyway. */
const mostTests = 100;
/** A poll with its repeats takes less. */
const patience = seconds(45);

type Ask = (resources: readonly ResourceId[]) => number;

export class LineTests {
  readonly #world: World;
  readonly #ask: Ask;
  readonly #waiting = new Map<string, Waiting>();

  /** `ask` answers how many devices were asked. */
  constructor(world: World, ask: Ask) {
    this.#world = world;
    this.#ask = ask;
  }

  /** Whoever asks for the same line meanwhile waits for the same answer. */
  start(resource: string): LineTest {
    const under = this.#waiting.get(resource);
    if (under !== undefined) return { verdict: under.verdict };
    if (this.#waiting.size >= mostTests) return { reason: `${mostTests} line tests are under way` };
    const waiting = waitFor(this.#world, () => this.#waiting.delete(resource));
    this.#waiting.set(resource, waiting);
    if (this.#ask([resourceId(resource)]) > 0) return { verdict: waiting.verdict };
    waiting.end({ state: 'unknown' });
    return { reason: 'no device that is polled sees this line, or it was asked a moment ago' };
  }

  /** Sees every input of the collector: the answer is among them. */
  take(input: Input): void {
    if (this.#waiting.size === 0 || input.kind !== 'fullBitmap') return;
    for (const [resource, { end }] of this.#waiting) {
      const verdict = verdictIn(input.bitmap, resource);
      if (verdict !== undefined) end(verdict);
    }
  }
}

interface Waiting {
  readonly verdict: Promise<LineVerdict>;
  readonly end: (verdict: LineVerdict) => void;
}

function waitFor(world: World, ended: () => void): Waiting {
  let timer: Wake | undefined;
  let end: Waiting['end'] = () => undefined;
  const verdict = new Promise<LineVerdict>((resolve) => {
    end = (seen) => {
      timer?.cancel();
      ended();
      resolve(seen);
    };
  });
  timer = world.after(patience, () => end({ state: 'unknown' }));
  return { verdict, end };
}

function verdictIn({ device, down, alive, unknown }: FullBitmap, resource: string): LineVerdict | undefined {
  if (!resource.startsWith(`${device}/`)) return undefined;
  const object = resource.slice(device.length + 1);
  const lost = down.find(({ objects }) => objects.includes(object));
  if (lost !== undefined) return { state: 'down', cause: lost.cause, device, object };
  if (alive.includes(object)) return { state: 'alive', device, object };
  return unknown.includes(object) ? { state: 'unknown', device, object } : undefined;
}
