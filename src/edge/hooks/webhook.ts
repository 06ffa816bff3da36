/** A system of the operator's that automations may post to: one signed POST each, only to what the configuration names. */
import { milliseconds } from '../../base/instant.ts';
import type { Secret } from '../../base/secret.ts';
import type { World } from '../../base/world.ts';
import type { WebhookPost } from '../../model/automation.ts';
import { refusedUrl } from '../net/address-guard.ts';
import { openHttpClient } from '../net/http-request.ts';
import { postSigned } from '../net/signed-post.ts';

export interface HookSettings {
  readonly url: string;
  readonly secret: Secret;
  readonly allowPrivate?: boolean | undefined;
}

/** JSON schema (draft 7) of one target's settings. */
export const hookSchema = {
  type: 'object',
  properties: {
    url: {
      type: 'string',
      pattern: '^https?://[^\\s@]+$',
      description: 'an address such as https://pager.example/in, without a password in it',
    },
    secret: {},
    allowPrivate: { type: 'boolean' },
  },
  required: ['url', 'secret'],
  additionalProperties: false,
};

export const hookRefusal = ({
  url,
  allowPrivate,
}: Pick<HookSettings, 'url' | 'allowPrivate'>): string | undefined => refusedUrl(url, allowPrivate);

export type HookOutcome =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'retry'; readonly reason: string };

export interface Hook {
  post(post: WebhookPost): Promise<HookOutcome>;
  close(): void;
}

const answerWithin = milliseconds(10_000);

export interface Sender {
  send(post: {
    readonly key: string;
    readonly value: unknown;
    readonly headers?: Readonly<Record<string, string>> | undefined;
  }): Promise<HookOutcome>;
  close(): void;
}

export function openHook(settings: HookSettings, world: World): Hook {
  const sender = openSender(settings, world);
  return {
    post: (post) => sender.send({ key: post.key, value: bodyOf(post) }),
    close: () => sender.close(),
  };
}

/** 2xx is taken; 408, 429, 5xx, silence and a broken connection are tried again with the same key; all else is refused. */
export function openSender(settings: HookSettings, world: World): Sender {
  const { url, secret } = settings;
  const client = openHttpClient({
    world,
    allowPrivate: settings.allowPrivate === true,
    connections: 2,
    timeoutMs: answerWithin,
  });
  return {
    async send(post) {
      const answer = await postSigned(client, { ...post, url, secret, atMs: world.now() });
      if (answer.kind === 'refused') return { kind: 'refused', reason: answer.reason };
      if (answer.kind !== 'answer') return { kind: 'retry', reason: answer.reason };
      const { status } = answer;
      if (status >= 200 && status < 300) return { kind: 'taken' };
      const isLater = status === 408 || status === 429 || status >= 500;
      return { kind: isLater ? 'retry' : 'refused', reason: `HTTP ${status}` };
    },
    close: () => client.close(),
  };
}

const bodyOf = ({ key, automation, on, at, subject, words, facts }: WebhookPost): object => ({
  format: 'allclear-automation/1',
  ...{ key, automation, on, at: new Date(at).toISOString(), subject, text: words, facts },
});
