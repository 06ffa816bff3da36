/** Why a file that a person named cannot be read. */

/** Why a file or folder cannot be read, behind its name. */
export function unreadableBecause(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return Object.hasOwn(reasons, code ?? '')
    ? reasons[code as keyof typeof reasons]
    : `cannot be read: ${code ?? String(error)}`;
}

const reasons = {
  ENOENT: 'is not there',
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'is a file, not a folder',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
} as const;
