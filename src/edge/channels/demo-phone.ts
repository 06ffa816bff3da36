/** The phones of the demo city: notices go into an inbox in memory that the simulated subscribers read. */
import type { Channel, OutgoingNotice } from '../../notify/channel.ts';
import type { ChannelKind, ChannelSettings } from './channel-kind.ts';

export interface DemoPhoneSettings extends ChannelSettings {
  readonly kind: 'demo-phone';
  /** Called once a notice; a repeated key is swallowed as a good gateway does. */
  readonly onNotice?: ((notice: OutgoingNotice) => void) | undefined;
  readonly address?: 'phone' | 'email' | undefined;
}

/** Keys remembered for telling repeats; more than a demo city has subscribers. */
const keysKept = 200_000;

export const demoPhone: ChannelKind<DemoPhoneSettings> = {
  schema: {
    type: 'object',
    properties: { kind: { const: 'demo-phone' }, address: { enum: ['phone', 'email'] } },
    required: ['kind'],
    additionalProperties: false,
  },
  refusals: () => [],
  open: (name, settings): Channel => {
    const seen = new Set<string>();
    return {
      name,
      address: settings.address ?? 'phone',
      honoursKey: true,
      async send(notice) {
        if (!seen.has(notice.key)) {
          seen.add(notice.key);
          // A Set keeps the order of adding: the first is the oldest.
          if (seen.size > keysKept)
            for (const oldest of seen) {
              seen.delete(oldest);
              break;
            }
          settings.onNotice?.(notice);
        }
        return { kind: 'sent', externalId: notice.key };
      },
      close: async () => {},
    };
  },
};
