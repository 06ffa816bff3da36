/** A ticket system behind a webhook: each state of a ticket is one signed POST, our ticket id is the key. */
import { type DurationMs, milliseconds } from '../../base/instant.ts';
import type { Secret } from '../../base/secret.ts';
import type { World } from '../../base/world.ts';
import { ticketStatuses } from '../../model/ticket.ts';
import type { Desk, DeskItem, DeskNote, DeskOutcome, DeskTicket } from '../../ticket/desk.ts';
import { type HttpOutcome, openHttpClient } from '../net/http-request.ts';
import { idIn, isSignedBy, postSigned } from '../net/signed-post.ts';
import { failureOf, isRecord, jsonIn, nameIn, plainText, recordsIn } from './desk-call.ts';
import { isMoved, oneByOne, presentable } from './mirror.ts';

export interface WebhookDeskSettings {
  readonly kind: 'webhook';
  readonly url: string;
  readonly secret: Secret;
  readonly contacts?: boolean | undefined;
  readonly allowPrivate?: boolean | undefined;
}

const answerWithin: DurationMs = milliseconds(15_000);

/**
 * `POST url` with `{ ticket, title, description, external, parent }` or `{ note }`; 2xx with an optional `{ "id" }` = stored.
 * `Idempotency-Key` is our ticket id with its last status change, or the note's, so that a repeat is one there too.
 */
export function webhookDesk(name: string, settings: WebhookDeskSettings, world: World): Desk {
  const client = openHttpClient({
    world,
    allowPrivate: settings.allowPrivate === true,
    connections: 4,
    timeoutMs: answerWithin,
  });
  const post = async (key: string, value: unknown, external: string): Promise<DeskOutcome> => {
    const { url, secret } = settings;
    const answer = await postSigned(client, { url, secret, key, value, atMs: world.now() });
    if (answer.kind === 'refused') return { kind: 'refused', reason: answer.reason };
    if (answer.kind !== 'answer') return { kind: 'retry', reason: answer.reason };
    return outcomeOf(answer, external);
  };
  return {
    name,
    put: (tickets) =>
      oneByOne<DeskTicket, DeskOutcome>(tickets, (ticket) =>
        post(stateKey(ticket), presentable(ticket), ticket.external ?? ticket.ticket.id),
      ),
    say: (notes) =>
      oneByOne<DeskNote, DeskOutcome>(notes, ({ isRepeat: _, ...note }) =>
        post(note.key, { note: { ...note, text: plainText(note.text) } }, note.external),
      ),
    read({ headers, body }) {
      const signature = headers['x-allclear-signature'];
      if (!isSignedBy(settings.secret, { signature, body, atMs: world.now() })) return undefined;
      return itemsIn(body);
    },
    close: async () => client.close(),
  };
}

const mostItems = 100;

/**
 * `{ "items": [{ "external", "status" } | { "external", "id", "by", "text" }] }`: a status of TMF621, or words by `subscriber` or
 * `staff` with an id of the desk's own. What is neither is passed over.
 */
function itemsIn(body: string): readonly DeskItem[] {
  const read = jsonIn(body)?.value;
  return recordsIn(isRecord(read) ? read['items'] : undefined)
    .slice(0, mostItems)
    .flatMap((item): DeskItem[] => {
      const external = nameIn(item['external']);
      const { status, by, text } = item;
      const id = nameIn(item['id']);
      if (external === undefined) return [];
      const known = ticketStatuses.find((one) => one === status);
      if (known !== undefined) return [{ kind: 'status', external, statuses: [known] }];
      const isSaid = id !== undefined && (by === 'subscriber' || by === 'staff') && typeof text === 'string';
      return isSaid ? [{ kind: 'said', external, id, by, text: plainText(text) }] : [];
    });
}

/** The history has a bound, so that its length alone would stay the same. */
function stateKey(given: DeskTicket): string {
  const { id, status, history, attached, expectedResolutionAt: promise } = given.ticket;
  const state = `${id}-${history.length}-${history.at(-1)?.at ?? 0}-${status}-${attached}-${promise ?? 0}`;
  // It may go from one incident to another and change in nothing else.
  return isMoved(given) ? `${state}-${given.linked ?? ''}>${given.parent ?? ''}` : state;
}

function outcomeOf(answer: HttpOutcome & { readonly kind: 'answer' }, external: string): DeskOutcome {
  const { status } = answer;
  if (status >= 200 && status < 300) return { kind: 'stored', external: idIn(answer.body) ?? external };
  return failureOf(status, answer.headers['retry-after'], answer.body);
}
