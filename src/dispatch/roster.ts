/** Who can be given work: skills, load, idle time, and what each has given back. */
import type { Instant } from '../base/instant.ts';
import type { StaffId } from '../model/ids.ts';
import type { Staff, Task } from '../model/task.ts';

interface Member {
  staff: Staff;
  openTasks: number;
  idleSince: Instant;
}

export interface RosterSnapshot {
  readonly members: readonly {
    readonly staff: Staff;
    readonly openTasks: number;
    readonly idleSince: Instant;
  }[];
}

/** Candidates named in `why`. */
const whyKept = 3;

export class Roster {
  readonly #members = new Map<StaffId, Member>();

  get(id: StaffId): Staff | undefined {
    return this.#members.get(id)?.staff;
  }

  all(): Staff[] {
    return [...this.#members.values()].map(({ staff }) => staff);
  }

  put(staff: Staff, at: Instant): void {
    const member = this.#members.get(staff.id);
    if (member === undefined) this.#members.set(staff.id, { staff, openTasks: 0, idleSince: at });
    else member.staff = staff;
  }

  took(id: StaffId): void {
    const member = this.#members.get(id);
    if (member !== undefined) member.openTasks++;
  }

  freed(id: StaffId, at: Instant): void {
    const member = this.#members.get(id);
    if (member === undefined) return;
    member.openTasks = Math.max(0, member.openTasks - 1);
    member.idleSince = at;
  }

  /** Somebody who is not off duty has this skill. */
  knows(skill: string): boolean {
    for (const { staff } of this.#members.values())
      if (staff.state !== 'off' && staff.skills.includes(skill)) return true;
    return false;
  }

  /** There, and below the limit. */
  isFree(id: StaffId): boolean {
    const member = this.#members.get(id);
    return (
      member !== undefined && member.staff.state === 'available' && member.openTasks < member.staff.limit
    );
  }

  /**
   * Those who can take the task now: least load first, then longest idle, then by id. Who gave it back is asked
   * again only as the sole expert.
   */
  candidates(skill: string, gaveBack: readonly StaffId[]): StaffId[] {
    const skilled = [...this.#members.values()].filter((member) => member.staff.skills.includes(skill));
    return skilled
      .filter(({ staff }) => this.isFree(staff.id) && (!gaveBack.includes(staff.id) || skilled.length === 1))
      .sort(byLoad)
      .map((member) => member.staff.id);
  }

  /** The decision in numbers: the chosen one, then the next. */
  why(skill: string, inOrder: readonly StaffId[]): Task['why'] {
    return inOrder.slice(0, whyKept).map((id) => {
      const member = this.#members.get(id)!;
      return { staff: id, openTasks: member.openTasks, skilled: member.staff.skills.includes(skill) };
    });
  }

  snapshot(): RosterSnapshot {
    return { members: [...this.#members.values()].map((member) => ({ ...member })) };
  }

  restore({ members }: RosterSnapshot): void {
    this.#members.clear();
    for (const member of members) this.#members.set(member.staff.id, { ...member });
  }
}

const byLoad = (a: Member, b: Member): number =>
  a.openTasks - b.openTasks || a.idleSince - b.idleSince || (a.staff.id < b.staff.id ? -1 : 1);
