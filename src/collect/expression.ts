/** Arithmetic of profiles: `(v - 10000) / 100`, `floor(ifIndex / 256) % 32`. A parser of its own, so that a file runs nothing. */

/** Answers NaN where a name says no number. */
export type Expression = (numberOf: (name: string) => number) => number;

type Parsed = { readonly expression: Expression } | { readonly problem: string };

const LONGEST = 200;
const DEEPEST = 20;

const functions: Readonly<
  Record<string, { readonly takes: number; readonly of: (...args: number[]) => number }>
> = {
  floor: { takes: 1, of: Math.floor },
  abs: { takes: 1, of: Math.abs },
  log10: { takes: 1, of: Math.log10 },
  min: { takes: 2, of: Math.min },
  max: { takes: 2, of: Math.max },
  /** `count` bits of x from bit `from` on, the lowest is 0; without the 32-bit limits of shifting. */
  bits: { takes: 3, of: (x, from, count) => Math.floor(x! / 2 ** from!) % 2 ** count! },
};

/** `names` are those that may stand in it. */
export function parseExpression(text: string, names: readonly string[]): Parsed {
  if (text.length > LONGEST) return { problem: `it is longer than ${LONGEST} characters` };
  try {
    return { expression: new Parser(text, names).whole() };
  } catch (error) {
    if (error instanceof Mistake) return { problem: error.message };
    throw error;
  }
}

class Mistake extends Error {}

class Parser {
  readonly #tokens: readonly string[];
  readonly #names: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(text: string, names: readonly string[]) {
    this.#tokens = text.match(/[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|[A-Za-z_][A-Za-z0-9_]*|\S/g) ?? [];
    this.#names = names;
  }

  whole(): Expression {
    const expression = this.#sum();
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw new Mistake(`"${rest}" does not belong there`);
    return expression;
  }

  #sum(): Expression {
    let left = this.#product();
    for (let sign = this.#oneOf('+', '-'); sign !== undefined; sign = this.#oneOf('+', '-')) {
      const [a, b] = [left, this.#product()];
      left = sign === '+' ? (of) => a(of) + b(of) : (of) => a(of) - b(of);
    }
    return left;
  }

  #product(): Expression {
    let left = this.#signed();
    for (let sign = this.#oneOf('*', '/', '%'); sign !== undefined; sign = this.#oneOf('*', '/', '%')) {
      const [a, b] = [left, this.#signed()];
      if (sign === '*') left = (of) => a(of) * b(of);
      else left = sign === '/' ? (of) => a(of) / b(of) : (of) => a(of) % b(of);
    }
    return left;
  }

  #signed(): Expression {
    if (++this.#depth > DEEPEST) throw new Mistake('it is nested too deeply');
    const inner = this.#oneOf('-') === undefined ? this.#value() : negative(this.#signed());
    this.#depth--;
    return inner;
  }

  #value(): Expression {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new Mistake('it ends too early');
    if (token === '(') {
      const inner = this.#sum();
      this.#expect(')');
      return inner;
    }
    if (/^[0-9]/.test(token)) {
      const number = Number(token);
      return () => number;
    }
    if (this.#tokens[this.#at] === '(' && Object.hasOwn(functions, token)) return this.#call(token);
    if (this.#names.includes(token)) return (of) => of(token);
    throw new Mistake(
      `there is no "${token}" here; known: ${[...this.#names, ...Object.keys(functions)].join(', ')}`,
    );
  }

  #call(name: string): Expression {
    const { takes, of: apply } = functions[name]!;
    this.#expect('(');
    const args = [this.#sum()];
    while (this.#oneOf(',') !== undefined) args.push(this.#sum());
    this.#expect(')');
    if (args.length !== takes) throw new Mistake(`${name}() takes ${takes}, not ${args.length}`);
    return (of) => apply(...args.map((arg) => arg(of)));
  }

  #oneOf(...signs: readonly string[]): string | undefined {
    const token = this.#tokens[this.#at];
    if (token === undefined || !signs.includes(token)) return undefined;
    this.#at++;
    return token;
  }

  #expect(sign: string): void {
    if (this.#oneOf(sign) === undefined) throw new Mistake(`"${sign}" is missing`);
  }
}

const negative =
  (inner: Expression): Expression =>
  (of) =>
    -inner(of);
