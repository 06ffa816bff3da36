/** Notices to an HTTP gateway of the operator: one signed POST each, the key in `Idempotency-Key`. */
import { milliseconds } from '../../base/instant.ts';
import type { Secret } from '../../base/secret.ts';
import type { Channel, OutgoingNotice, SendOutcome } from '../../notify/channel.ts';
import { refusedTarget } from '../net/address-guard.ts';
import { type HttpOutcome, openHttpClient } from '../net/http-request.ts';
import { idIn, postSigned } from '../net/signed-post.ts';
import {
  type ChannelKind,
  type ChannelSettings,
  lengthMs,
  secretProperty,
  sharedProperties,
} from './channel-kind.ts';

export interface WebhookSettings extends ChannelSettings {
  readonly kind: 'webhook';
  readonly url: string;
  readonly secret: Secret;
  readonly address?: 'phone' | 'email' | undefined;
  /** False for a gateway that may send a repeated key twice. */
  readonly honoursKey?: boolean | undefined;
  readonly allowPrivate?: boolean | undefined;
  readonly timeout?: string | undefined;
}

export const webhook: ChannelKind<WebhookSettings> = {
  schema: {
    type: 'object',
    properties: {
      kind: { const: 'webhook' },
      url: {
        type: 'string',
        pattern: '^https?://[^\\s@]+$',
        description: 'an address such as https://gw.example/send, without a password in it',
      },
      secret: secretProperty,
      address: { enum: ['phone', 'email'] },
      honoursKey: { type: 'boolean' },
      ...sharedProperties,
    },
    required: ['kind', 'url', 'secret'],
    additionalProperties: false,
  },
  refusals(settings) {
    const host = URL.canParse(settings.url) ? new URL(settings.url).hostname : settings.url;
    const reason = settings.allowPrivate === true ? undefined : refusedTarget(host);
    return reason === undefined ? [] : [{ key: 'url', reason }];
  },
  open(name, settings, world): Channel {
    const client = openHttpClient({
      world,
      allowPrivate: settings.allowPrivate === true,
      connections: settings.window ?? 32,
      timeoutMs: milliseconds(lengthMs(settings.timeout, 5_000)),
    });
    return {
      name,
      address: settings.address ?? 'phone',
      honoursKey: settings.honoursKey !== false,
      async send(notice) {
        const { url, secret } = settings;
        const post = { url, secret, key: notice.key, value: bodyOf(notice), atMs: world.now() };
        return outcomeOf(await postSigned(client, post), world.now());
      },
      close: async () => client.close(),
    };
  },
};

const bodyOf = ({
  to,
  text,
  language,
  subscriber,
  incident,
  type,
  key,
  subject,
}: OutgoingNotice): object => ({
  to,
  text,
  subject,
  language,
  subscriber,
  incident,
  type,
  key,
});

function outcomeOf(answer: HttpOutcome, now: number): SendOutcome {
  if (answer.kind === 'refused') return { kind: 'failed', reason: answer.reason };
  if (answer.kind !== 'answer')
    return { kind: 'retry', reason: answer.reason, uncertain: answer.kind === 'lost' };
  const { status } = answer;
  if (status >= 200 && status < 300) return { kind: 'sent', externalId: idIn(answer.body) };
  const afterMs = retryAfterMs(answer.headers['retry-after'], now);
  // 408 and 425 are said of requests that were not acted on (RFC 9110 section 15.5.9, RFC 8470 section 5.2).
  if ([408, 425, 429].includes(status))
    return { kind: 'retry', reason: `HTTP ${status}`, afterMs, uncertain: false };
  if (status >= 500) return { kind: 'retry', reason: `HTTP ${status}`, afterMs, uncertain: true };
  return { kind: 'failed', reason: `HTTP ${status}` };
}

/** RFC 9110 section 10.2.3: seconds or a date; a gateway may not put us off for more than an hour. */
function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const wanted = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isFinite(wanted) ? Math.min(Math.max(0, wanted), 3_600_000) : undefined;
}
