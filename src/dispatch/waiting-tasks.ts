/** Tasks nobody is free for, by skill, the earliest due first. */
import type { Task } from '../model/task.ts';

export class WaitingTasks {
  readonly #bySkill = new Map<string, Task[]>();

  add(task: Task): void {
    const tasks = this.#bySkill.get(task.skill) ?? [];
    tasks.splice(placeOf(tasks, task), 0, task);
    this.#bySkill.set(task.skill, tasks);
  }

  remove(task: Task): void {
    const tasks = this.#bySkill.get(task.skill) ?? [];
    const place = placeOf(tasks, task);
    if (tasks[place]?.id !== task.id) return;
    tasks.splice(place, 1);
    if (tasks.length === 0) this.#bySkill.delete(task.skill);
  }

  first(skill: string): Task | undefined {
    return this.#bySkill.get(skill)?.[0];
  }

  clear(): void {
    this.#bySkill.clear();
  }

  /** Skills by name, tasks by due time, while `isAnyoneFree` says so; tasks may be removed meanwhile. */
  *inOrder(isAnyoneFree: (skill: string) => boolean): Generator<Task> {
    for (const skill of [...this.#bySkill.keys()].sort()) {
      // Nobody is free most of the time in a storm: then the list, which is long, is not even copied.
      if (!isAnyoneFree(skill)) continue;
      for (const task of [...(this.#bySkill.get(skill) ?? [])]) {
        if (!isAnyoneFree(skill)) break;
        yield task;
      }
    }
  }
}

/** Where the task is, or belongs: by due time, then by id. */
function placeOf(tasks: readonly Task[], task: Task): number {
  let low = 0;
  let high = tasks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = tasks[middle]!;
    const isBefore = other.dueAt < task.dueAt || (other.dueAt === task.dueAt && other.id < task.id);
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low;
}
