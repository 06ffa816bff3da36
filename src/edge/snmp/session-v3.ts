/** SNMPv3 sessions: those of v2c, whose requests the transport carries in messages of the User-based Security Model. */
import { Secret } from '../../base/secret.ts';
import type { Session } from '../../collect/session.ts';
import type { SnmpUser } from '../../model/snmp-user.ts';
import { V2C } from './pdu.ts';
import { openSession, type Target } from './session.ts';
import type { Transport } from './transport.ts';
import { peerOf } from './usm.ts';

export interface V3Target extends Omit<Target, 'version' | 'community' | 'usm'> {
  readonly v3: SnmpUser;
  /** contextName (RFC 3412 section 6.6); none by default. */
  readonly context?: string | undefined;
}

const noCommunity = new Secret('');

/** What the sessions of one device learn of its engine stays in `transport.engines`. */
export function openV3Session(transport: Transport, target: V3Target): Session {
  const usm = peerOf(transport.engines, target);
  return openSession(transport, { ...target, version: V2C, community: noCommunity, usm });
}
