/** A ticket system behind a webhook: each state of a ticket is one signed POST, our ticket id is the key. */
import { type DurationMs, milliseconds } from '../../base/instant.ts';
import type { Secret } from '../../base/secret.ts';
import type { World } from '../../base/world.ts';
import type { Ticket } from '../../model/ticket.ts';
import type { Desk, DeskOutcome } from '../../ticket/desk.ts';
import { refusedTarget } from '../net/address-guard.ts';
import { openHttpClient } from '../net/http-request.ts';
import { idIn, postSigned } from '../net/signed-post.ts';

export interface WebhookDeskSettings {
  readonly kind: 'webhook';
  readonly url: string;
  readonly secret: Secret;
  readonly allowPrivate?: boolean | undefined;
}

export const webhookDeskSchema = {
  type: 'object',
  properties: {
    kind: { const: 'webhook' },
    url: { type: 'string', pattern: '^https?://[^\\s@]+$' },
    secret: {},
    allowPrivate: { type: 'boolean' },
  },
  required: ['kind', 'url', 'secret'],
  additionalProperties: false,
};

const answerWithin: DurationMs = milliseconds(15_000);

export function webhookDeskRefusal(settings: WebhookDeskSettings): string | undefined {
  if (!URL.canParse(settings.url)) return `"${settings.url}" is no address`;
  return settings.allowPrivate === true ? undefined : refusedTarget(new URL(settings.url).hostname);
}

/**
 * `POST url` with `{ ticket, title, description }`; 2xx with an optional `{ "id" }` = stored. `Idempotency-Key` is our
 * ticket id with its last status change, so that a repeat of one state is one state there too.
 */
export function webhookDesk(name: string, settings: WebhookDeskSettings, world: World): Desk {
  const client = openHttpClient({
    world,
    allowPrivate: settings.allowPrivate === true,
    connections: 4,
    timeoutMs: answerWithin,
  });
  return {
    name,
    async put(ticket, text) {
      const { url, secret } = settings;
      const answer = await postSigned(client, {
        url,
        secret,
        key: stateKey(ticket),
        value: { ticket, ...text },
        atMs: world.now(),
      });
      if (answer.kind === 'refused') return { kind: 'refused', reason: answer.reason };
      if (answer.kind !== 'answer') return { kind: 'retry', reason: answer.reason };
      return outcomeOf(answer, ticket);
    },
    close: async () => client.close(),
  };
}

const stateKey = (ticket: Ticket): string => `${ticket.id}-${ticket.history.length}-${ticket.attached}`;

function outcomeOf(answer: { readonly status: number; readonly body: string }, ticket: Ticket): DeskOutcome {
  const { status } = answer;
  if (status >= 200 && status < 300) return { kind: 'stored', external: idIn(answer.body) ?? ticket.id };
  if (status === 429 || status === 408 || status >= 500) return { kind: 'retry', reason: `HTTP ${status}` };
  return { kind: 'refused', reason: `HTTP ${status}` };
}
