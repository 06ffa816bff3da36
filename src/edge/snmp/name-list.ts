/** Names that were hidden in one place, found again in others: in sentences, in bytes, in indexes. */
import type { Varbind } from '../../collect/session.ts';

/** Shorter ones are found everywhere and tell nothing. */
const shortest = 4;

export class NameList {
  /** By the first letters, in lower case. */
  readonly #names = new Map<string, string[]>();

  add(name: string): void {
    const lower = name.toLowerCase();
    if (lower.length < shortest || (/^[\d.]*$/.test(lower) && lower.length < 6)) return;
    const first = lower.slice(0, shortest);
    const same = this.#names.get(first);
    if (same === undefined) this.#names.set(first, [lower]);
    else if (!same.includes(lower)) same.push(lower);
  }

  replacedIn(text: string, replacement: (name: string) => string): string {
    let made = '';
    for (let at = 0; at < text.length; ) {
      const length = this.#lengthAt(text.toLowerCase(), at);
      made += length === 0 ? text[at]! : replacement(text.slice(at, at + length));
      at += Math.max(1, length);
    }
    return made;
  }

  /** In the value, or spelled out in the row's name. */
  standsIn({ oid, value }: Varbind): boolean {
    const arcs = oid.split('.').map(Number);
    const spelled = arcs.map((arc) => (arc > 255 ? '\0' : String.fromCharCode(arc))).join('');
    if (this.#isIn(spelled)) return true;
    if (value.type === 'octets' || value.type === 'opaque') {
      const bytes = Buffer.from(value.bytes);
      return this.#isIn(bytes.toString('latin1')) || this.#isIn(bytes.toString('utf8'));
    }
    return false;
  }

  #isIn(text: string): boolean {
    const lower = text.toLowerCase();
    for (let at = 0; at + shortest <= lower.length; at++) if (this.#lengthAt(lower, at) > 0) return true;
    return false;
  }

  #lengthAt(lower: string, at: number): number {
    const near = this.#names.get(lower.slice(at, at + shortest));
    return (
      near?.reduce(
        (length, name) => (lower.startsWith(name, at) ? Math.max(length, name.length) : length),
        0,
      ) ?? 0
    );
  }
}
