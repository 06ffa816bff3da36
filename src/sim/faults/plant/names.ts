/** Ids in one of several styles: paths, numbers, opaque inventory keys; nothing may be read from an id. */
import type { Shape } from './shape.ts';

const short: Readonly<Record<string, string>> = {
  'pon-port': 'pon',
  'fiber-node': 'fn',
  'dsl-line': 'dsl',
  aggregation: 'agg',
  collector: 'col',
  'service-platform': 'plat',
};

export class Names {
  readonly #style: Shape['naming'];
  readonly #counters = new Map<string, number>();
  #made = 0;

  constructor(style: Shape['naming']) {
    this.#style = style;
  }

  /** `above` is the id of the thing it belongs to, `order` its place there; both only for styles that show them. */
  make(kind: string, above?: string, order?: number): string {
    const word = short[kind] ?? kind;
    const number = (this.#counters.get(kind) ?? 0) + 1;
    this.#counters.set(kind, number);
    this.#made++;
    switch (this.#style) {
      case 'flat':
        return `${word}-${String(number).padStart(5, '0')}`;
      case 'opaque':
        // An odd factor makes the product modulo 2^32 one to one.
        return `R${(Math.imul(this.#made, 0x9e3779b1) >>> 0).toString(36).toUpperCase().padStart(7, '0')}`;
      case 'path':
        return above === undefined || order === undefined ? `${word}-${number}` : `${above}/${word}${order}`;
      case 'dashed':
        return above === undefined || order === undefined
          ? `${word.toUpperCase()}${number}`
          : `${above}.${order}-${word}${number}`;
    }
  }
}
