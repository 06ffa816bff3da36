/** Works through a list a few items at a time. */

/** Answers in the order of the items; rejects with the first error, while what runs already runs on. */
export async function inParallel<T, U>(
  items: readonly T[],
  most: number,
  run: (item: T, index: number) => Promise<U>,
): Promise<U[]> {
  const done: U[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      done[index] = await run(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, lane));
  return done;
}
