/** The accounts of people and programs, as administrators keep them. `by` is on record with each deed. */
import type { Instant } from '../../base/instant.ts';
import type { AddedKey, KeyRecord, Role, UserChange, UserOutcome, UserRecord } from '../../model/account.ts';

export interface StaffPort {
  users(): Promise<readonly UserRecord[]>;
  addUser(user: Pick<UserRecord, 'name' | 'role' | 'language'>, by: string): Promise<UserOutcome>;
  /** Who is disabled is signed out everywhere at once. */
  changeUser(name: string, change: UserChange, by: string): Promise<UserOutcome>;
  removeUser(name: string, by: string): Promise<UserOutcome>;
  /** A link that signs in once; the one before it works no more. */
  link(name: string, by: string): Promise<SignInLink | 'unknown' | 'disabled'>;
  keys(): Promise<readonly KeyRecord[]>;
  addKey(
    key: { readonly name: string; readonly role: Role; readonly days?: number | undefined },
    by: string,
  ): Promise<AddedKey>;
  /** False: there is none of that name. */
  revokeKey(name: string, by: string): Promise<boolean>;
  /** How many people can let go what waits for a second person. */
  releasers(): Promise<number>;
}

export interface SignInLink {
  readonly url: string;
  readonly expiresAt: Instant;
}
