/** Notices to an HTTP gateway of the operator: one signed POST each, the key in `Idempotency-Key`. */
import { milliseconds } from '../../base/instant.ts';
import type { Secret } from '../../base/secret.ts';
import type { Channel, OutgoingNotice } from '../../notify/channel.ts';
import { refusedTarget } from '../net/address-guard.ts';
import { openHttpClient } from '../net/http-request.ts';
import { idIn, postSigned } from '../net/signed-post.ts';
import {
  type ChannelKind,
  type ChannelSettings,
  lengthMs,
  secretProperty,
  sharedProperties,
} from './channel-kind.ts';
import { outcomeOf } from './http-outcome.ts';

export interface WebhookSettings extends ChannelSettings {
  readonly kind: 'webhook';
  readonly url: string;
  readonly secret: Secret;
  readonly address?: 'phone' | 'email' | undefined;
  /** False for a gateway that may send a repeated key twice. */
  readonly honoursKey?: boolean | undefined;
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
        return outcomeOf(await postSigned(client, post), world.now(), ({ body }) => ({
          kind: 'sent',
          externalId: idIn(body),
        }));
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
