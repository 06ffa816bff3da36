import { expect, test } from 'vitest';
import { instant } from '../../src/base/instant.ts';
import { DueGroups } from '../../src/correlate/due-groups.ts';
import { type Group, none } from '../../src/correlate/group.ts';

function explained(due: DueGroups, dueAt: number | undefined, validUntil = Number.POSITIVE_INFINITY): Group {
  const group = due.begin();
  group.found = none;
  group.dueAt = dueAt === undefined ? undefined : instant(dueAt);
  group.validUntil = validUntil;
  due.explained(group);
  return group;
}

test('a look takes the groups that are due, in the order in which they began, and leaves the others', () => {
  const due = new DueGroups();
  const [late, third, first] = [explained(due, 900), explained(due, 300), explained(due, 100)];
  expect(due.nextAt).toBe(100);
  expect(due.take(instant(300))).toEqual([third, first]);
  expect(due.nextAt).toBe(900);
  expect(due.take(instant(899))).toEqual([]);
  expect(due.take(instant(900))).toEqual([late]);
});

test('a group whose time is to be found out, or that has questions, is taken in each look until both are settled', () => {
  const due = new DueGroups();
  const group = explained(due, undefined);
  for (const at of [1, 2]) expect(due.take(instant(at))).toEqual([group]);
  group.dueAt = instant(50);
  group.hasQuestions = true;
  due.looked(group);
  expect(due.take(instant(3))).toEqual([group]);
  group.hasQuestions = false;
  due.looked(group);
  expect(due.take(instant(4))).toEqual([]);
  expect(due.take(instant(50))).toEqual([group]);
});

test('what changed is not looked at before it is explained, and what is gone never again', () => {
  const due = new DueGroups();
  const [changed, gone] = [explained(due, 10), explained(due, 10, 5)];
  expect(due.hasUnexplained).toBe(false);
  due.changed(changed);
  gone.isGone = true;
  due.forget(gone);
  due.changed(gone);
  expect(due.take(instant(10))).toEqual([]);
  expect(due.lapsed(instant(10))).toEqual([]);
  expect(due.nextAt).toBeUndefined();
  expect(due.hasUnexplained).toBe(true);
  due.forget(changed);
  expect(due.hasUnexplained).toBe(false);
  expect(due.all()).toEqual([]);
});

test('an explanation that is too old stays so until there is a new one', () => {
  const due = new DueGroups();
  const [second, first] = [explained(due, 90, 40), explained(due, 90, 30)];
  expect(due.lapsed(instant(30))).toEqual([]);
  expect(due.lapsed(instant(31))).toEqual([first]);
  expect(due.lapsed(instant(41))).toEqual([second, first]);
  first.validUntil = Number.POSITIVE_INFINITY;
  due.explained(first);
  expect(due.lapsed(instant(41))).toEqual([second]);
});
