/** Long work in steps: who does it lets others have their turn between two of them. */

/** Pauses after each step; answers what came of it. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Pieces of evidence, or places, that one step looks at. */
export const stepSize = 512;

/** All steps at once. */
export function finished<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
