/** People and programs that may call the daemon. */
import type { Instant } from '../base/instant.ts';

export type Role = 'viewer' | 'operator' | 'administrator';

/** A person; the name is what all records of their deeds say, and never changes. */
export interface UserRecord {
  readonly name: string;
  readonly role: Role;
  readonly language: 'ru' | 'en';
  readonly createdAt: Instant;
  readonly disabledAt?: Instant | undefined;
  readonly signedInAt?: Instant | undefined;
}

export interface UserChange extends Partial<Pick<UserRecord, 'role' | 'language'>> {
  readonly isDisabled?: boolean | undefined;
}

/** `lastAdministrator`: nobody would be left who may do this. */
export type UserOutcome =
  | { readonly kind: 'done'; readonly user: UserRecord }
  | { readonly kind: 'taken' | 'unknown' | 'lastAdministrator' }
  | { readonly kind: 'tooMany'; readonly most: number };

/** The token signs in once. */
export type SignInOutcome =
  | { readonly kind: 'done'; readonly token: string }
  | { readonly kind: 'unknown' | 'disabled' };

/** An API key without its secret. */
export interface KeyRecord {
  readonly name: string;
  readonly role: Role;
  readonly createdAt: Instant;
  readonly createdBy: string;
  /** Undefined: until it is revoked. */
  readonly expiresAt?: Instant | undefined;
  /** To the minute. */
  readonly usedAt?: Instant | undefined;
}

/** The secret is in this answer and nowhere else. */
export type AddedKey =
  | { readonly kind: 'added'; readonly key: KeyRecord; readonly secret: string }
  | { readonly kind: 'taken' }
  | { readonly kind: 'tooMany'; readonly most: number };
