/** The text of a file that a person writes: what is too large, no file or no text is refused with its place and what to do. */
import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Parsed, Problem } from '../../base/problem.ts';
import { unreadableBecause } from './unreadable-because.ts';

/** Larger files are refused unread: no configuration, rule or profile comes near. */
export const largestText = 16 * 1024 * 1024;
/** What YAML 1.2 section 5.1 lets no text hold. */
const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

export interface SourceLimits {
  readonly mayBePipe?: boolean | undefined;
  /** In bytes; `largestText` where nothing is said. */
  readonly largest?: number | undefined;
}

/** Undefined with a problem where there is no text. What stands in a folder is read only when it is a file on a disk. */
export async function sourceText(
  file: string,
  { mayBePipe = false, largest = largestText }: SourceLimits = {},
): Promise<Parsed<string | undefined>> {
  const refused = (found: Refusal): Parsed<undefined> => ({
    value: undefined,
    problems: [problemOf(file, found)],
  });
  try {
    const bytes = await boundedBytes(file, mayBePipe, largest);
    if (!(bytes instanceof Uint8Array)) return refused(bytes);
    const wrong = notText(bytes);
    return wrong === undefined ? { value: new TextDecoder().decode(bytes), problems: [] } : refused(wrong);
  } catch (error) {
    return refused({ message: unreadableBecause(error) });
  }
}

interface Refusal {
  readonly message: string;
  readonly hint?: string | undefined;
  /** Characters from the beginning, where there is such a place. */
  readonly before?: string | undefined;
}

async function boundedBytes(
  file: string,
  mayBePipe: boolean,
  largest: number,
): Promise<Uint8Array | Refusal> {
  const tooLarge: Refusal = {
    message: `is larger than ${largest / 2 ** 20} MiB`,
    hint: 'no configuration, profile or rule file comes near: split it, or is it another file?',
    before: '',
  };
  // A pipe without a writer would be waited for until one comes.
  const handle = await open(file, mayBePipe ? 'r' : constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await handle.stat();
    if (found.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    if (!found.isFile() && !mayBePipe) return { message: 'is a pipe or device, not a file' };
    if (found.size > largest) return tooLarge;
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of handle.createReadStream({ autoClose: false })) {
      pieces.push(piece as Uint8Array);
      size += (piece as Uint8Array).length;
      if (size > largest) return tooLarge;
    }
    return Buffer.concat(pieces);
  } finally {
    await handle.close();
  }
}

function notText(bytes: Uint8Array): Refusal | undefined {
  const inUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (inUtf16) return { message: 'is UTF-16', hint: 'save the file as UTF-8', before: '' };
  if (!isUtf8(bytes)) {
    const [before] = new TextDecoder().decode(bytes).split('\ufffd', 1);
    return {
      message: 'is no UTF-8',
      hint: 'save the file in that encoding; or is it no text at all?',
      before,
    };
  }
  const text = new TextDecoder().decode(bytes);
  const at = text.search(control);
  if (at < 0) return undefined;
  const code = text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
  return {
    message: `holds the control character U+${code}`,
    hint: 'no YAML has such: is it a binary file?',
    before: text.slice(0, at),
  };
}

function problemOf(file: string, { message, hint, before }: Refusal): Problem {
  const lines = before?.split('\n');
  const place = { line: lines?.length ?? 0, column: lines === undefined ? 0 : lines.at(-1)!.length + 1 };
  return { file, ...place, severity: 'error', code: 'file/unreadable', message: `the file ${message}`, hint };
}
