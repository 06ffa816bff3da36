/** Which words of a text name a product: those of the profiles, and what has the form of a model or a version. */
import type { Profile } from '../../collect/collect.ts';
import { isKnownWord } from './mask-words.ts';

type Source = NonNullable<Profile['identity'][keyof Profile['identity']]>;

/** Said of any maker's equipment, and so in names that people give to it. */
const roles = new Set(
  'olt ont onu gpon epon xgs xgspon dslam cmts router switch bras bng core edge access agg aggregation server host node agent system network client linux test'.split(
    ' ',
  ),
);
const versionForm = /\d\.\d|\bV\d{3}R\d{3}|\bver(?:sion)?\b|\brev(?:ision)?\b|\(c\)|\(tm\)/i;
/** `SMU11B`, `AN5516-06`, `PL-2000M`: capital letters with a number of some length in or behind them. */
const modelIn =
  /(?<![\p{L}\p{N}])(?:[A-Z]{1,4}\d(?:\d{2,}[A-Z]{0,2}|\d*[A-Z]{1,2})|[A-Z]{1,4}-\d{3,4}[A-Z]{0,2})(?![\p{L}\p{N}])/u;
/** What follows a model without a space: `-28SC`, `-1G-16S`, `.2020614`. */
const besideModel = /^(?:[A-Z]{1,2}|(?=\w*\d)[A-Z0-9]{1,6}|\d{1,8})$/;

export class ProductWords {
  readonly #words = new Set<string>();
  readonly #makers = new Set<string>();
  /** Parts of sysDescr by which profiles are chosen, in lower case. */
  readonly #phrases = new Set<string>();

  constructor(profiles: Iterable<Profile>) {
    for (const { match, identity } of profiles) {
      for (const phrase of match.sysDescr) {
        this.#phrases.add(phrase);
        this.#add(phrase);
      }
      for (const source of Object.values(identity)) this.#source(source);
      const { vendor } = identity;
      if (vendor?.kind === 'constant')
        for (const word of vendor.text.match(/[\p{L}\p{N}-]{3,}/gu) ?? [])
          this.#makers.add(word.toLowerCase());
    }
  }

  /** A word of the trade or of a profile; letters only. */
  isKnown(word: string): boolean {
    return isKnownWord(word) || this.#words.has(word.toLowerCase());
  }

  /** Every word of it says what a thing is, none which one. */
  isGeneric(text: string): boolean {
    const words = text.match(/\p{L}+/gu) ?? [];
    return words.length > 0 && !/\d/.test(text) && words.every((word) => this.isKnown(word));
  }

  /** Names a maker, a family, a model or a version: more than the kind of equipment. */
  isProductText(text: string): boolean {
    const words = text.match(/\p{L}+/gu) ?? [];
    const isOfProfiles = (word: string): boolean =>
      word.length >= 3 && !roles.has(word.toLowerCase()) && !isKnownWord(word) && this.isKnown(word);
    return versionForm.test(text) || modelIn.test(text) || words.some(isOfProfiles);
  }

  /** `www.acme.com`: the maker's own. */
  isOfMaker(host: string): boolean {
    return this.#makers.has(host.split('.').at(-2)?.toLowerCase() ?? '');
  }

  /** What stays of a text that need not name a product: phrases and words of profiles, models, short numbers. */
  keptIn(text: string): (chunk: string, from: number) => boolean {
    const lower = text.toLowerCase();
    const models = [...text.matchAll(/\S+/g)].flatMap(({ 0: word, index }) => {
      const at = modelIn.exec(word);
      if (at === null) return [];
      const from = index + at.index;
      return [[from, from + at[0].length, index + word.length] as const];
    });
    const spans: (readonly [from: number, to: number])[] = [];
    for (const phrase of this.#phrases) {
      const from = phrase.length < 3 ? -1 : lower.indexOf(phrase);
      if (from >= 0) spans.push([from, from + phrase.length]);
    }
    return (chunk, from) =>
      /^\d{1,4}$/.test(chunk) ||
      roles.has(chunk.toLowerCase()) ||
      this.isKnown(chunk) ||
      models.some(
        ([start, behind, end]) => start <= from && (from < behind || (besideModel.test(chunk) && from < end)),
      ) ||
      spans.some(([start, end]) => start <= from && from + chunk.length <= end);
  }

  #source(source: Source): void {
    switch (source.kind) {
      case 'constant':
        return this.#add(source.text);
      case 'descr':
        return this.#add(source.after);
      case 'objectID':
        for (const word of source.words.values()) this.#add(word);
        return;
      case 'join':
      case 'first':
        for (const part of source.parts) this.#source(part);
        return;
      default:
        for (const [from, to] of source.map ?? []) {
          this.#add(from);
          this.#add(to);
        }
    }
  }

  #add(text: string): void {
    for (const word of text.match(/\p{L}{3,}/gu) ?? []) this.#words.add(word.toLowerCase());
  }
}
