/** Waits for a condition that comes about by itself. */

/** Looks again each turn of the event loop; rejects when it did not hold in time. */
export async function until(condition: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('not in time');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
