/**
 * Conditions of rules: a typed subset of the Common Expression Language, compiled once into closures.
 * It always ends: no loop, no call of anything but the functions below, no pattern matching; text, size, depth and lists
 * are bounded. Numbers are double; a key that a map lacks reads as "".
 */
import { didYouMean } from './problem.ts';

export type ExpressionType = 'bool' | 'number' | 'string' | 'list' | 'map';
type Facts = Readonly<Record<string, unknown>>;

export interface CompiledExpression {
  /** Always true or false, whatever the facts hold. */
  readonly holds: (facts: Facts) => boolean;
  /** Operations and values in it. */
  readonly size: number;
  /** What it is whatever the facts are; undefined where it depends on them. */
  readonly always: boolean | undefined;
}

export interface ExpressionMistake {
  readonly message: string;
  readonly hint?: string | undefined;
}

const mostCharacters = 1_000;
const mostNodes = 200;
const deepest = 24;
const longestList = 100;

interface Node {
  readonly type: ExpressionType;
  /** Of the items of a list. */
  readonly item?: ExpressionType | undefined;
  readonly isConstant: boolean;
  readonly value: (facts: Facts) => unknown;
}

class Refused extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** `names` are what the condition may speak of. */
export function compileExpression(
  text: string,
  names: Readonly<Record<string, ExpressionType>>,
): CompiledExpression | { readonly mistake: ExpressionMistake } {
  try {
    if (text.length > mostCharacters)
      throw new Refused(`a condition has at most ${mostCharacters} characters`);
    const parser = new Parser(tokensOf(text), names);
    const node = parser.whole();
    const holds = (facts: Facts): boolean => node.value(facts) === true;
    return { holds, size: parser.size, always: node.isConstant ? holds({}) : undefined };
  } catch (error) {
    if (error instanceof Refused) return { mistake: { message: error.message, hint: error.hint } };
    throw error;
  }
}

interface Token {
  readonly kind: 'number' | 'string' | 'name' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

const shapes =
  /\s*(?:(\d+(?:\.\d+)?)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([A-Za-z_]\w*)|(&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()[\]]))/y;

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  shapes.lastIndex = 0;
  while (shapes.lastIndex < text.trimEnd().length) {
    const at = shapes.lastIndex;
    const found = shapes.exec(text);
    if (found === null) throw new Refused(`character ${at + 1} cannot be read: ${text.slice(at, at + 12)}`);
    const [, number, string, name, sign] = found;
    if (number !== undefined) tokens.push({ kind: 'number', text: number, at });
    else if (string !== undefined)
      tokens.push({ kind: 'string', text: string.slice(1, -1).replace(/\\(.)/g, '$1'), at });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, at });
    else tokens.push({ kind: 'sign', text: sign!, at });
  }
  return [...tokens, { kind: 'end', text: 'the end', at: text.length }];
}

type Compare = (a: never, b: never) => boolean;
type Calculate = (a: number, b: number) => number;

/** From weakest to strongest binding. */
const levels: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
];
const orders: Readonly<Record<string, Compare>> = {
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
};
const sums: Readonly<Record<string, Calculate>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};
const textTests: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  startsWith: (text, part) => text.startsWith(part),
  endsWith: (text, part) => text.endsWith(part),
  contains: (text, part) => text.includes(part),
};

class Parser {
  readonly #tokens: readonly Token[];
  readonly #names: Readonly<Record<string, ExpressionType>>;
  #next = 0;
  #depth = 0;
  size = 0;

  constructor(tokens: readonly Token[], names: Readonly<Record<string, ExpressionType>>) {
    this.#tokens = tokens;
    this.#names = names;
  }

  whole(): Node {
    const node = this.#choice();
    if (this.#token.kind !== 'end') throw new Refused(`"${this.#token.text}" is one word too many`);
    return must(node, 'bool', 'a condition');
  }

  get #token(): Token {
    return this.#tokens[this.#next]!;
  }

  #is(text: string): boolean {
    const { kind, text: found } = this.#token;
    return (kind === 'sign' || kind === 'name') && found === text;
  }

  #takes(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#next++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#takes(text)) throw new Refused(`"${text}" is missing before ${this.#token.text}`);
  }

  #made(
    node: Omit<Node, 'isConstant'>,
    of: readonly Node[],
    isConstant = of.every((one) => one.isConstant),
  ): Node {
    if (++this.size > mostNodes) throw new Refused(`a condition has at most ${mostNodes} parts`);
    return { ...node, isConstant };
  }

  #choice(): Node {
    if (++this.#depth > deepest) throw new Refused(`a condition is nested at most ${deepest} deep`);
    let node = this.#binary(0);
    if (this.#takes('?')) {
      const test = must(node, 'bool', '"?"');
      const yes = this.#choice();
      this.#expect(':');
      const no = this.#choice();
      if (yes.type !== no.type) throw new Refused('both sides of ":" must be of one type');
      const value = (facts: Facts): unknown =>
        test.value(facts) === true ? yes.value(facts) : no.value(facts);
      node = this.#made({ type: yes.type, item: yes.item, value }, [test, yes, no]);
    }
    this.#depth--;
    return node;
  }

  #binary(level: number): Node {
    const signs = levels[level];
    if (signs === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (
      let sign = signs.find((one) => this.#is(one));
      sign !== undefined;
      sign = signs.find((one) => this.#is(one))
    ) {
      this.#next++;
      left = this.#joined(sign, left, this.#binary(level + 1));
    }
    return left;
  }

  #joined(sign: string, left: Node, right: Node): Node {
    const both = [left, right];
    if (sign === '&&' || sign === '||') {
      for (const side of both) must(side, 'bool', `"${sign}"`);
      const value =
        sign === '&&'
          ? (facts: Facts): boolean => left.value(facts) === true && right.value(facts) === true
          : (facts: Facts): boolean => left.value(facts) === true || right.value(facts) === true;
      return this.#made({ type: 'bool', value }, both);
    }
    if (sign === 'in') {
      must(right, 'list', 'what follows "in"');
      if (right.item !== left.type) throw new Refused('"in" compares things of one type');
      const value = (facts: Facts): boolean => (right.value(facts) as unknown[]).includes(left.value(facts));
      return this.#made({ type: 'bool', value }, both);
    }
    if (left.type !== right.type)
      throw new Refused(`"${sign}" compares things of one type, not ${left.type} and ${right.type}`);
    if (sign === '==' || sign === '!=') {
      if (left.type === 'list' || left.type === 'map')
        throw new Refused(`"${sign}" does not compare a ${left.type}`);
      const isSame = sign === '==';
      return this.#made(
        { type: 'bool', value: (facts) => (left.value(facts) === right.value(facts)) === isSame },
        both,
      );
    }
    const order = orders[sign] as ((a: unknown, b: unknown) => boolean) | undefined;
    if (order !== undefined) {
      if (left.type !== 'number' && left.type !== 'string')
        throw new Refused(`"${sign}" does not order a ${left.type}`);
      return this.#made(
        { type: 'bool', value: (facts) => order(left.value(facts), right.value(facts)) },
        both,
      );
    }
    for (const side of both) must(side, 'number', `"${sign}"`);
    const sum = sums[sign]!;
    const value = (facts: Facts): number => sum(left.value(facts) as number, right.value(facts) as number);
    return this.#made({ type: 'number', value }, both);
  }

  #unary(): Node {
    const sign = this.#is('!') || this.#is('-') ? this.#token.text : undefined;
    if (sign === undefined) return this.#member(this.#primary());
    this.#next++;
    if (++this.#depth > deepest) throw new Refused(`a condition is nested at most ${deepest} deep`);
    const of = must(this.#unary(), sign === '!' ? 'bool' : 'number', `"${sign}"`);
    this.#depth--;
    if (sign === '!') return this.#made({ type: 'bool', value: (facts) => of.value(facts) !== true }, [of]);
    return this.#made({ type: 'number', value: (facts) => -(of.value(facts) as number) }, [of]);
  }

  #member(start: Node): Node {
    let node = start;
    for (;;) {
      if (this.#takes('[')) {
        const key = must(this.#choice(), 'string', 'a key');
        this.#expect(']');
        node = this.#keyed(node, key);
      } else if (this.#takes('.')) {
        const name = this.#name();
        if (this.#is('(')) node = this.#textTest(node, name);
        else node = this.#keyed(node, { type: 'string', isConstant: true, value: () => name });
      } else return node;
    }
  }

  #keyed(map: Node, key: Node): Node {
    must(map, 'map', 'what has keys');
    const value = (facts: Facts): string => {
      const held = map.value(facts) as Facts | undefined;
      const name = key.value(facts) as string;
      return held !== undefined && Object.hasOwn(held, name) ? String(held[name]) : '';
    };
    return this.#made({ type: 'string', value }, [map, key]);
  }

  #textTest(text: Node, name: string): Node {
    const test = Object.hasOwn(textTests, name) ? textTests[name] : undefined;
    if (test === undefined) throw unknown('function', name, Object.keys(textTests));
    must(text, 'string', name);
    this.#expect('(');
    const part = must(this.#choice(), 'string', name);
    this.#expect(')');
    const value = (facts: Facts): boolean => test(text.value(facts) as string, part.value(facts) as string);
    return this.#made({ type: 'bool', value }, [text, part]);
  }

  #primary(): Node {
    const { kind, text } = this.#token;
    if (this.#takes('(')) {
      const inner = this.#choice();
      this.#expect(')');
      return inner;
    }
    if (this.#takes('[')) return this.#list();
    this.#next++;
    if (kind === 'number') return this.#constant('number', Number(text));
    if (kind === 'string') return this.#constant('string', text);
    if (kind !== 'name') throw new Refused(`a value is missing before ${text}`);
    if (text === 'true' || text === 'false') return this.#constant('bool', text === 'true');
    if (this.#is('(')) return this.#call(text);
    const type = Object.hasOwn(this.#names, text) ? this.#names[text] : undefined;
    if (type === undefined) throw unknown('name', text, Object.keys(this.#names));
    return this.#made(
      { type, item: type === 'list' ? 'string' : undefined, value: (facts) => facts[text] },
      [],
      false,
    );
  }

  #constant(type: ExpressionType, value: unknown): Node {
    return this.#made({ type, value: () => value }, [], true);
  }

  #list(): Node {
    const items: Node[] = [];
    while (!this.#takes(']')) {
      if (items.length > 0) this.#expect(',');
      items.push(this.#choice());
      if (items.length > longestList) throw new Refused(`a list has at most ${longestList} items`);
    }
    const item = items[0]?.type ?? 'string';
    for (const one of items) must(one, item, 'a list of one type');
    return this.#made({ type: 'list', item, value: (facts) => items.map((one) => one.value(facts)) }, items);
  }

  /** size of a text or list, number of a text, has a map this key. */
  #call(name: string): Node {
    this.#expect('(');
    const of = this.#choice();
    this.#expect(')');
    if (name === 'size' && (of.type === 'string' || of.type === 'list'))
      return this.#made({ type: 'number', value: (facts) => (of.value(facts) as string).length }, [of]);
    if (name === 'double' && of.type === 'string')
      return this.#made({ type: 'number', value: (facts) => numberIn(of.value(facts) as string) }, [of]);
    if (name === 'has' && of.type === 'string')
      return this.#made({ type: 'bool', value: (facts) => of.value(facts) !== '' }, [of]);
    if (['size', 'double', 'has'].includes(name)) throw new Refused(`${name}() does not take a ${of.type}`);
    throw unknown('function', name, ['size', 'double', 'has']);
  }

  #name(): string {
    const { kind, text } = this.#token;
    if (kind !== 'name') throw new Refused(`a name is missing before ${text}`);
    this.#next++;
    return text;
  }
}

/** Neither more nor less than anything where it is none. */
const numberIn = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

function must(node: Node, type: ExpressionType, what: string): Node {
  if (node.type === type) return node;
  throw new Refused(`${what} needs a ${type}, not a ${node.type}`);
}

function unknown(what: string, name: string, known: readonly string[]): Refused {
  const near = didYouMean(name, known);
  const hint = near === undefined ? `known: ${known.join(', ')}` : `did you mean "${near}"?`;
  return new Refused(`there is no ${what} "${name}"`, hint);
}
