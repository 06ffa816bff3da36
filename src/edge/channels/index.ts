/** All kinds of channels. A new one is a file here and a line below; configuration, form and docs follow from its schema. */
import type { World } from '../../base/world.ts';
import type { Channel } from '../../notify/channel.ts';
import type { ChannelKind, ChannelSettings } from './channel-kind.ts';
import { smpp } from './smpp.ts';
import { smsHttp } from './sms-http.ts';
import { smtp } from './smtp.ts';
import { telegram } from './telegram.ts';
import { webhook } from './webhook.ts';

const kinds = { webhook, smtp, smpp, 'sms-http': smsHttp, telegram } as unknown as Readonly<
  Record<string, ChannelKind<ChannelSettings>>
>;

/** For the configuration's check. */
export const channelSchemas: readonly object[] = Object.values(kinds).map(({ schema }) => schema);

/** What the schema cannot say about settings that passed it, e.g. a private target. */
export function channelRefusals(
  settings: ChannelSettings,
): readonly { readonly key: string; readonly reason: string }[] {
  return (
    kinds[settings.kind]?.refusals(settings) ?? [
      { key: 'kind', reason: `there is no channel of kind "${settings.kind}"` },
    ]
  );
}

/** `settings` passed the schema and its secrets are read. undefined for a kind that does not exist. */
export function openChannel(name: string, settings: ChannelSettings, world: World): Channel | undefined {
  return kinds[settings.kind]?.open(name, settings, world);
}
