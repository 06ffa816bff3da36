/** An SNMPv3 user of the security model of RFC 3414, for polls and notifications alike. */
import type { Secret } from '../base/secret.ts';

export interface SnmpUser {
  readonly user: string;
  readonly level: 'noAuthNoPriv' | 'authNoPriv' | 'authPriv';
  readonly auth?: 'md5' | 'sha' | 'sha224' | 'sha256' | 'sha384' | 'sha512' | undefined;
  readonly authKey?: Secret | undefined;
  /** Ending in b: keys extended as Blumenthal wrote, in r: as Reeder did; neither became a standard. */
  readonly priv?: 'des' | 'aes' | 'aes192b' | 'aes192r' | 'aes256b' | 'aes256r' | undefined;
  readonly privKey?: Secret | undefined;
}
