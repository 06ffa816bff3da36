/** Domain names between text and wire: RFC 1035 sections 3.1, 4.1.4 and 5.1, with every byte taken as hostile. */

/** Thrown inside the codec only; whoever decodes gets a value. */
export class BadMessage extends Error {}

const mostLabel = 63;
const mostName = 255;
/** A name of 255 bytes has no more labels; a chain of pointers alone would cost thousands of steps a name. */
const mostPointers = 127;

/**
 * The name at `from` and where it ends. Each pointer must lead before the place where the labels it ends began, so that
 * the way through a message is finite whatever it holds.
 */
export function readName(bytes: Uint8Array, from: number): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = from;
  let began = from;
  let end: number | undefined;
  let length = 1;
  let pointers = 0;
  for (;;) {
    const size = bytes[at];
    if (size === undefined) throw new BadMessage('a name runs over the end');
    if (size === 0) return { name: labels.length === 0 ? '.' : labels.join('.'), end: end ?? at + 1 };
    if (size >= 0xc0) {
      const low = bytes[at + 1];
      if (low === undefined) throw new BadMessage('a pointer runs over the end');
      const target = ((size & 0x3f) << 8) | low;
      if (target >= began) throw new BadMessage('a pointer leads forward');
      if (++pointers > mostPointers) throw new BadMessage('too many pointers in a name');
      end ??= at + 2;
      at = target;
      began = target;
      continue;
    }
    if (size > mostLabel) throw new BadMessage('a label of an unknown type');
    length += size + 1;
    if (length > mostName) throw new BadMessage('a name is too long');
    if (at + 1 + size > bytes.length) throw new BadMessage('a label runs over the end');
    labels.push(labelText(bytes.subarray(at + 1, at + 1 + size)));
    at += size + 1;
  }
}

/** Letters are compared without case (RFC 4343); a point within a label and what cannot be printed are escaped. */
function labelText(label: Uint8Array): string {
  let text = '';
  for (const byte of label) {
    if (byte >= 0x41 && byte <= 0x5a) text += String.fromCharCode(byte + 32);
    else if (byte === 0x2e || byte === 0x5c) text += `\\${String.fromCharCode(byte)}`;
    else if (byte <= 0x20 || byte >= 0x7f) text += `\\${String(byte).padStart(3, '0')}`;
    else text += String.fromCharCode(byte);
  }
  return text;
}

/** Throws BadMessage for what is no name. */
export function writeName(name: string): number[] {
  const bytes: number[] = [];
  for (const label of labelsOf(name)) {
    if (label.length === 0 || label.length > mostLabel) throw new BadMessage(`"${name}" is no domain name`);
    bytes.push(label.length, ...label);
  }
  bytes.push(0);
  if (bytes.length > mostName) throw new BadMessage(`"${name}" is too long for a domain name`);
  return bytes;
}

function labelsOf(name: string): number[][] {
  const bare = name.endsWith('.') && !name.endsWith('\\.') ? name.slice(0, -1) : name;
  if (bare === '') return [];
  const labels: number[][] = [[]];
  for (let at = 0; at < bare.length; at++) {
    const code = bare.charCodeAt(at);
    if (code > 0x7e) throw new BadMessage(`"${name}" is no domain name`);
    if (code === 0x2e) labels.push([]);
    else if (code !== 0x5c) labels.at(-1)!.push(code);
    else {
      const digits = /^\d{3}/.exec(bare.slice(at + 1))?.[0];
      const byte = digits === undefined ? bare.charCodeAt(at + 1) : Number(digits);
      if (!(byte <= 255)) throw new BadMessage(`"${name}" is no domain name`);
      labels.at(-1)!.push(byte);
      at += digits === undefined ? 1 : 3;
    }
  }
  return labels;
}

/** The same name as text in one form: lower case, without the point at the end. */
export const canonicalName = (name: string): string => readName(Uint8Array.from(writeName(name)), 0).name;
