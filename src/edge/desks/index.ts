/** All kinds of ticket systems; a new one is a file here and a line below. */
import type { World } from '../../base/world.ts';
import type { Desk } from '../../ticket/desk.ts';
import { noDesk } from './none.ts';
import { type WebhookDeskSettings, webhookDesk, webhookDeskRefusal, webhookDeskSchema } from './webhook.ts';

export type DeskSettings = { readonly kind: 'none' } | WebhookDeskSettings;

/** For the configuration's check. */
export const deskSchemas: readonly object[] = [
  {
    type: 'object',
    properties: { kind: { const: 'none' } },
    required: ['kind'],
    additionalProperties: false,
  },
  webhookDeskSchema,
];

/** What the schema cannot say, e.g. a private target. */
export function deskRefusal(settings: DeskSettings): string | undefined {
  return settings.kind === 'webhook' ? webhookDeskRefusal(settings) : undefined;
}

export function openDesk(name: string, settings: DeskSettings, world: World): Desk {
  return settings.kind === 'webhook' ? webhookDesk(name, settings, world) : noDesk(name);
}
