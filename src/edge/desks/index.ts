/** All kinds of ticket systems; a new one is a file here and a line below. */
import { neverHappens } from '../../base/fault.ts';
import type { World } from '../../base/world.ts';
import type { Desk } from '../../ticket/desk.ts';
import { refusedUrl } from '../net/address-guard.ts';
import { noDesk } from './none.ts';
import { type RequestTrackerSettings, requestTrackerDesk, requestTrackerRefusal } from './request-tracker.ts';
import { type Tmf621Settings, tmf621Desk } from './tmf621.ts';
import { type WebhookDeskSettings, webhookDesk } from './webhook.ts';
import { type ZammadSettings, zammadDesk } from './zammad.ts';

export type DeskSettings =
  | { readonly kind: 'none' }
  | RequestTrackerSettings
  | ZammadSettings
  | Tmf621Settings
  | WebhookDeskSettings;

/** What the schema cannot say, e.g. a private target. */
export function deskRefusal(settings: DeskSettings): string | undefined {
  switch (settings.kind) {
    case 'none':
      return undefined;
    case 'requestTracker':
      return requestTrackerRefusal(settings);
    case 'zammad':
    case 'tmf621':
    case 'webhook':
      return refusedUrl(settings.url, settings.allowPrivate);
    default:
      return neverHappens(settings);
  }
}

export function openDesk(name: string, settings: DeskSettings, world: World): Desk {
  switch (settings.kind) {
    case 'none':
      return noDesk(name);
    case 'requestTracker':
      return requestTrackerDesk(name, settings, world);
    case 'zammad':
      return zammadDesk(name, settings, world);
    case 'tmf621':
      return tmf621Desk(name, settings, world);
    case 'webhook':
      return webhookDesk(name, settings, world);
    default:
      return neverHappens(settings);
  }
}
