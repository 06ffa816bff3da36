/** Where a text stops being JSON (RFC 8259), and why: engines say it in words of their own, often without a place. */

export interface JsonMistake {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  readonly reason: string;
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"/y;
const openString = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*/y;
const word = /true|false|null/y;
const space = /[ \t\n\r]*/y;

/** Of a text that is none; what follows the first mistake is not looked at. */
export function jsonMistake(text: string): JsonMistake {
  const { at, reason } = firstMistake(text);
  const before = text.slice(0, at);
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n'), reason };
}

interface Mistake {
  readonly at: number;
  readonly reason: string;
}

function firstMistake(text: string): Mistake {
  // Open brackets instead of recursion: a line may be nested as deeply as it is long.
  const open: ('{' | '[')[] = [];
  let at = skip(space, text, 0);
  let wants: Wanted = 'value';
  while (at < text.length) {
    const step = stepAt(text, at, { wants, within: open.at(-1) });
    if ('reason' in step) return step;
    if (step.opens !== undefined) open.push(step.opens);
    else if (step.closes) open.pop();
    wants =
      step.closes || (step.wants === 'next' && open.length === 0)
        ? open.length === 0
          ? 'end'
          : 'next'
        : step.wants;
    at = skip(space, text, step.to);
  }
  if (wants === 'end') return { at: 0, reason: 'it is none' };
  const reason = text.trim() === '' ? 'nothing is there' : `it ends where ${names[wants]} should follow`;
  return { at, reason };
}

type Wanted = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | 'next' | 'end';
const names: Readonly<Record<Wanted, string>> = {
  value: 'a value',
  'value or ]': 'a value or "]"',
  key: 'a key in double quotes',
  'key or }': 'a key in double quotes or "}"',
  ':': '":"',
  next: '"," or the closing bracket',
  end: 'the end',
};

interface Step {
  readonly to: number;
  readonly wants: Wanted;
  readonly opens?: '{' | '[' | undefined;
  readonly closes: boolean;
}

function stepAt(
  text: string,
  at: number,
  { wants, within }: { readonly wants: Wanted; readonly within: '{' | '[' | undefined },
): Step | Mistake {
  const sign = text[at]!;
  const next = (to: number, then: Wanted): Step => ({ to, wants: then, closes: false });
  const isClosing = sign === (within === '{' ? '}' : ']') && within !== undefined;
  if (isClosing && (wants === 'next' || wants === 'key or }' || wants === 'value or ]'))
    return { to: at + 1, wants: 'next', closes: true };
  switch (wants) {
    case 'value':
    case 'value or ]': {
      if (sign === '{') return { to: at + 1, wants: 'key or }', opens: '{', closes: false };
      if (sign === '[') return { to: at + 1, wants: 'value or ]', opens: '[', closes: false };
      for (const form of [string, number, word]) {
        const to = skip(form, text, at);
        if (to > at) return next(to, 'next');
      }
      break;
    }
    case 'key':
    case 'key or }': {
      const to = skip(string, text, at);
      if (to > at) return next(to, ':');
      break;
    }
    case ':':
      if (sign === ':') return next(at + 1, 'value');
      break;
    case 'next':
      if (sign === ',') return next(at + 1, within === '{' ? 'key' : 'value');
      break;
    case 'end':
      break;
  }
  const isText = sign === '"' && wants !== ':' && wants !== 'next' && wants !== 'end';
  if (isText)
    return { at, reason: isCutOff(text, at) ? 'a text that has no end' : 'a text that is written wrongly' };
  return { at, reason: `${JSON.stringify(sign)} where ${names[wants]} should stand` };
}

/** Nothing is wrong with the text that begins there but that the file ends in it. */
function isCutOff(text: string, at: number): boolean {
  const to = skip(openString, text, at);
  const rest = text.slice(to);
  return rest === '' || /^\\(?:u[\dA-Fa-f]{0,3})?$/.test(rest);
}

/** Where the form that begins at `at` ends; `at` where there is none. */
function skip(form: RegExp, text: string, at: number): number {
  form.lastIndex = at;
  return form.test(text) ? form.lastIndex : at;
}
