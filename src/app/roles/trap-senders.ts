/** Who may send notifications by the configuration, and which device's community or user a message showed. */
import type { Secret } from '../../base/secret.ts';
import { fingerprintOf } from '../../edge/snmp/usm-engine.ts';
import type { ShownCredential, TrapSenders } from '../../edge/trap/trap.ts';
import type { SnmpUser } from '../../model/snmp-user.ts';
import type { Config, DeviceConfig } from '../config/config.ts';

interface Known {
  readonly devices: Config['devices'];
  readonly snmp: Pick<Config['snmp'], 'trapCommunities'>;
}

export function trapSenders(config: Known): TrapSenders {
  const first = new Map<string, string>();
  const keep = (key: string, id: string): void => {
    if (!first.has(key)) first.set(key, id);
  };
  for (const device of config.devices) {
    const key = keyOf(shownBy(device));
    // Of many that share a credential the one at the sender's address is named: it stays true when another goes.
    keep(`${device.address} ${key}`, device.id);
    keep(key, device.id);
  }
  return {
    communities: communitiesOf(config),
    users: config.devices.flatMap(({ v3, address }) =>
      v3 === undefined || !isReceivable(v3) ? [] : [{ ...v3, address }],
    ),
    ownerOf(shown, address) {
      const key = keyOf(shown);
      return first.get(`${address} ${key}`) ?? first.get(key);
    },
  };
}

const shownBy = ({ v3, community }: DeviceConfig): ShownCredential =>
  v3 === undefined ? { community: Buffer.from(community.reveal(), 'utf8') } : { user: v3 };

const keyOf = (shown: ShownCredential): string =>
  'user' in shown ? `u${fingerprintOf(shown.user)}` : `c${shown.community.toString('hex')}`;

/** The receiver has no AES with keys of 192 bits; such users are polled only. */
const isReceivable = ({ priv }: SnmpUser): boolean => priv !== 'aes192b' && priv !== 'aes192r';

/** Communities of devices and those given for traps alone. */
function communitiesOf({ devices, snmp }: Known): readonly Secret[] {
  const all = [
    ...snmp.trapCommunities,
    ...devices.filter((device) => device.v3 === undefined).map((device) => device.community),
  ];
  return [...new Map(all.map((community) => [community.reveal(), community])).values()];
}
