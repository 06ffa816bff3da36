/** Tasks: work for one member of staff, and the staff who may get it. */
import type { Instant } from '../base/instant.ts';
import type { Words } from './automation.ts';
import type { Answer } from './confirmation.ts';
import type { IncidentId, StaffId, SubscriberKey, TaskId, TicketId } from './ids.ts';

/** Kinds of work the dispatcher shares out. The last three an automation asked for, each with its words. */
export type TaskKind =
  | 'repair'
  | 'diagnose'
  | 'callBack'
  | 'ratingCall'
  | 'triage'
  /** Of a question that a subscriber asked. */
  | 'answer'
  | 'errand'
  | 'reminder'
  /** A text for subscribers that a person sends or drops. */
  | 'draft';

/** `sent` and `dropped` are of a draft, `done` is of an errand or a reminder. */
export type TaskOutcome = 'fixed' | 'notFixed' | 'talked' | 'noAnswer' | 'done' | 'sent' | 'dropped';

export interface Task {
  readonly id: TaskId;
  readonly kind: TaskKind;
  readonly state: 'queued' | 'offered' | 'accepted' | 'active' | 'paused' | 'done' | 'returned' | 'cancelled';
  readonly skill: string;
  readonly ticket?: TicketId | undefined;
  readonly incident?: IncidentId | undefined;
  readonly subscriber?: SubscriberKey | undefined;
  readonly assignee?: StaffId | undefined;
  /** Name of the automation that asked for it, and what it wrote. */
  readonly automation?: string | undefined;
  readonly words?: Words | undefined;
  readonly createdAt: Instant;
  readonly dueAt: Instant;
  readonly doneAt?: Instant | undefined;
  readonly outcome?: TaskOutcome | undefined;
  /** Of a call about a low mark: what it was about, an id of `feedback-cause.ts`. */
  readonly cause?: string | undefined;
  /** What the subscriber said since somebody began it. */
  readonly says?: Answer | undefined;
  /** The decision in words and numbers: chosen first, then the next candidates. */
  readonly why: readonly { readonly staff: StaffId; readonly openTasks: number; readonly skilled: boolean }[];
}

export interface TaskChange {
  readonly kind: 'queued' | 'assigned' | 'started' | 'told' | 'done' | 'returned' | 'cancelled';
  readonly task: Task;
}

/** Who is assigned work. Names live in the book. */
export interface Staff {
  readonly id: StaffId;
  readonly skills: readonly string[];
  readonly state: 'available' | 'away' | 'off';
  /** How many tasks at once. */
  readonly limit: number;
}
