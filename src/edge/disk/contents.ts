/** Immutable contents by their SHA-256: rule sets, topologies, policies, kept as long as the journal names them. */
import { createHash } from 'node:crypto';
import { type FileSystem, readWhole, realFiles, writeWhole } from './file-system.ts';

type FoundContent =
  | { readonly kind: 'found'; readonly bytes: Uint8Array }
  | { readonly kind: 'absent' }
  /** The file is there, but its bytes are not those of the hash. */
  | { readonly kind: 'damaged'; readonly path: string };

export interface Contents {
  /** Resolves with the lower-case hex of the SHA-256 once the bytes are durable; putting them again mends damage. */
  put(bytes: Uint8Array): Promise<string>;
  /** The same for one content in pieces, one behind the other; `sha256` where the caller made it already. */
  putPieces(pieces: readonly Uint8Array[], sha256?: string): Promise<string>;
  get(sha256: string): Promise<FoundContent>;
}

/** One process at a time writes to the folder. */
export async function openContents(options: {
  readonly folder: string;
  readonly files?: FileSystem | undefined;
}): Promise<Contents> {
  const { folder, files = realFiles } = options;
  await files.makeFolder(folder);
  const underWay = new Map<string, Promise<void>>();

  const get = async (sha256: string): Promise<FoundContent> => {
    // Names come from journals and files: nothing but a hash may become part of a path.
    if (!/^[0-9a-f]{64}$/.test(sha256)) return { kind: 'absent' };
    const path = `${folder}/${sha256}`;
    const bytes = await readWhole(files, path);
    if (bytes === undefined) return { kind: 'absent' };
    return hashOf([bytes]) === sha256 ? { kind: 'found', bytes } : { kind: 'damaged', path };
  };
  const write = async (sha256: string, pieces: readonly Uint8Array[]): Promise<void> => {
    if ((await get(sha256)).kind !== 'found') await writeWhole(files, { folder, name: sha256 }, pieces);
    // One that is there may come from a process that was killed before it synced the folder.
    else await files.syncFolder(folder);
  };
  const putPieces = async (pieces: readonly Uint8Array[], known?: string): Promise<string> => {
    const sha256 = known ?? hashOf(pieces);
    let writing = underWay.get(sha256);
    if (writing === undefined) {
      writing = write(sha256, pieces).finally(() => underWay.delete(sha256));
      underWay.set(sha256, writing);
    }
    await writing;
    return sha256;
  };
  return {
    get,
    put: (bytes) => putPieces([bytes]),
    putPieces,
  };
}

/** Lower-case hex of the SHA-256 of all pieces, one behind the other. */
export function hashOf(pieces: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}
