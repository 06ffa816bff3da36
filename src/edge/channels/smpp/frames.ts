/** Cuts what a connection brings into PDUs by their length (SMPP 3.4 section 3.2), with a bound on what is kept. */
import { headerOctets } from './pdu.ts';

/** A `message_payload` may have 64 KiB (section 5.3.2.32); around it stands a little more. */
const longestPdu = 66_560;

export class Frames {
  #kept: Uint8Array = new Uint8Array();

  /** Whole PDUs in order; `isBroken` when a length cannot be right: where the next one begins is then unknown for good. */
  push(chunk: Uint8Array): { readonly frames: readonly Uint8Array[]; readonly isBroken: boolean } {
    const octets = this.#kept.length === 0 ? chunk : joined(this.#kept, chunk);
    const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
    const frames: Uint8Array[] = [];
    let at = 0;
    while (octets.length - at >= 4) {
      const length = view.getUint32(at);
      if (length < headerOctets || length > longestPdu) {
        this.#kept = new Uint8Array();
        return { frames, isBroken: true };
      }
      if (octets.length - at < length) break;
      frames.push(octets.subarray(at, at + length));
      at += length;
    }
    this.#kept = at === octets.length ? new Uint8Array() : octets.slice(at);
    return { frames, isBroken: false };
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
