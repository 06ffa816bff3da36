/** The JSON of users and API keys. */

/** `id` is the name, which never changes. */
export interface UserJson {
  readonly id: string;
  readonly name: string;
  readonly role: 'viewer' | 'operator' | 'administrator';
  readonly language: 'ru' | 'en';
  readonly state: 'active' | 'disabled';
  readonly createdAt: string;
  readonly signedInAt: string | null;
}

/** Signs in once. */
export interface SignInLinkJson {
  readonly url: string;
  readonly expiresAt: string;
}

/** Without its secret. `usedAt` is right to the minute. */
export interface KeyJson {
  readonly id: string;
  readonly name: string;
  readonly role: UserJson['role'];
  readonly createdAt: string;
  readonly createdBy: string;
  /** Null: until it is revoked. */
  readonly expiresAt: string | null;
  readonly usedAt: string | null;
}
