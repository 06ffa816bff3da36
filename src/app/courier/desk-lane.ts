/** Keeps the operator's ticket system in step: one ticket after the other, tried again until it is stored or refused. */
import { neverHappens } from '../../base/fault.ts';
import { instant, milliseconds } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import type { Book } from '../../edge/book/book.ts';
import type { DeskJob, DeskSettlement } from '../../edge/book/records.ts';
import type { Input } from '../../flow/input.ts';
import type { Desk } from '../../ticket/desk.ts';

const jobsAtOnce = 20;
const longestRetryMs = 600_000;

export interface DeskLaneOptions {
  readonly book: Book;
  readonly desk: Desk;
  readonly world: World;
  readonly submit: (input: Input) => Promise<unknown> | undefined;
}

/** Works off what is due; answers how many tickets were handed over. */
export async function workDesk({ book, desk, world, submit }: DeskLaneOptions): Promise<number> {
  const jobs = await book.dueDeskJobs({ limit: jobsAtOnce, now: world.now() });
  const results: DeskSettlement[] = [];
  for (const job of jobs) results.push(await handOver(desk, world, job));
  if (results.length === 0) return 0;
  await book.settleDesk(results);
  for (const result of results) {
    if (result.kind === 'stored')
      await submit({ kind: 'deskUpdate', ticket: result.ticket, external: result.external });
  }
  return results.length;
}

async function handOver(desk: Desk, world: World, job: DeskJob): Promise<DeskSettlement> {
  const { version } = job;
  const ticket = job.ticket.id;
  const again = (reason: string): DeskSettlement => {
    const wait = milliseconds(Math.min(longestRetryMs, 2_000 * 2 ** job.attempts));
    return { kind: 'retry', ticket, version, reason, at: instant(world.now() + wait) };
  };
  try {
    const outcome = await desk.put(job.ticket, textOf(job));
    switch (outcome.kind) {
      case 'stored':
        return { kind: 'stored', ticket, version, external: outcome.external };
      case 'refused':
        return { kind: 'refused', ticket, version, reason: outcome.reason };
      case 'retry':
        return again(outcome.reason);
      default:
        return neverHappens(outcome);
    }
  } catch (error) {
    world.log.error('a ticket system threw', { desk: desk.name, error: String(error) });
    return again('desk threw');
  }
}

function textOf({ ticket, incident, text }: DeskJob): { title: string; description: string } {
  const about =
    incident === undefined
      ? ''
      : `${incident.kind}${incident.root === undefined ? '' : ` at ${incident.root}`}`;
  if (ticket.kind === 'incident') {
    return {
      title: `Incident ${ticket.incident ?? ticket.id}: ${about}`,
      description: `${about}; ${ticket.attached} subscriber tickets`,
    };
  }
  return {
    title: about === '' ? `Ticket ${ticket.id}` : `Ticket ${ticket.id}: ${about}`,
    description: text ?? '',
  };
}
