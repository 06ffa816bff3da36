/** Where requests go and what their replies must show: address, version, community, or the user of SNMPv3. */
import type { RemoteInfo } from 'node:dgram';
import { isIP, SocketAddress } from 'node:net';
import type { SessionProblem } from '../../collect/session.ts';
import type { Learned } from './learned.ts';
import { type MessageView, pduTag, type SnmpVersion } from './pdu.ts';
import type { Peer as UsmPeer } from './usm.ts';

export interface Peer {
  /** As the kernel reports a sender (`canonicalIpv6`). */
  readonly address: string;
  /** 0: no address, nothing can be sent. */
  readonly family: number;
  readonly port: number;
  readonly version: SnmpVersion;
  readonly community: Uint8Array;
  /** Of one try, until the device is known. */
  readonly timeoutMs: number;
  /** Tries after the first. */
  readonly retries: number;
  /** True: a reply from another address counts (devices that answer from another interface). */
  readonly anySource: boolean;
  readonly learned: Learned;
  /** SNMPv3: requests and replies travel inside its messages. */
  readonly usm: UsmPeer | undefined;
}

/** One logical request; its retries reuse the request id, so that a late reply to the first try still counts. */
export interface Ask {
  readonly peer: Peer;
  /** On `World.monotonicMs`: no try lasts longer, whatever retries are left. */
  readonly giveUpAtMs: number;
  /** True: a reply whose names are no OIDs is broken; else the names are looked at by who asked. */
  readonly readsNames: boolean;
  /** Size of the reply wanted. */
  readonly replyBytes: number;
  /** The datagram, for each try anew, valid until the next call of anybody's; undefined when none would be large enough. */
  encode(requestId: number): Uint8Array | undefined;
  /** The kernel had no room: the bytes are sent later, so that nobody may write into them any more. */
  leaveBytes?(): void;
  /** Called once. A view is valid only during the call. */
  done(outcome: MessageView | SessionProblem): void;
}

/** True when the sender may speak for the peer. */
export const isFrom = (from: RemoteInfo, { address, port, anySource, learned }: Peer): boolean =>
  anySource || (from.port === port && (from.address === address || from.address === learned.replyAddress));

/** Its response in the form of the request; what was asked in SNMPv3 is answered so, the inner form alone proves nothing. */
export const isAnswerFor = ({ usm, version, community }: Peer, view: MessageView): boolean =>
  usm === undefined &&
  view.pduTag === pduTag.response &&
  view.version === version &&
  view.hasCommunity(community);

/** Address and family as a peer has them; family 0 for what is no address. */
export function addressOf(text: string): { readonly address: string; readonly family: number } {
  const family = isIP(text);
  return { address: family === 6 ? canonicalIpv6(text) : text, family };
}

/** The form in which the kernel reports a sender, whatever way the address was written. */
function canonicalIpv6(address: string): string {
  const [bare = address, zone] = address.split('%');
  const canonical = new SocketAddress({ family: 'ipv6', address: bare }).address;
  return zone === undefined ? canonical : `${canonical}%${zone}`;
}
