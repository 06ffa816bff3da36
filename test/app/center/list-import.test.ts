import { expect, test } from 'vitest';
import { oneAtOnce } from '../../../src/app/center/list-import.ts';
import type { ImportOutcome } from '../../../src/edge/http/import-port.ts';

test('a second list is refused while one is being taken, and taken after it, also when the first one failed', async () => {
  const ends: ((outcome: ImportOutcome | Error) => void)[] = [];
  const take = oneAtOnce(
    () =>
      new Promise((resolve, reject) =>
        ends.push((outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome))),
      ),
  );
  const wish = { apply: true };
  const first = take('a', wish);
  expect(await take('b', wish)).toBe('busy');
  ends[0]!(new Error('a line is wrong'));
  await expect(first).rejects.toThrow('a line is wrong');
  const third = take('c', wish);
  const outcome = { applied: true } as ImportOutcome;
  ends[1]!(outcome);
  expect(await third).toBe(outcome);
  expect(ends).toHaveLength(2);
});
