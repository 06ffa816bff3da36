/** How deep a YAML text is nested, told before anything descends into it. */

export const deepestNesting = 100;

/**
 * The parser descends by recursion, so that brackets or indentation alone could exhaust the stack, and a regular expression
 * that V8 compiles there ends the process without an exception: the place where either is too deep.
 */
export function tooDeeplyNested(text: string): number | undefined {
  return tooDeepInBrackets(text) ?? tooDeepByIndentation(text);
}

function tooDeepInBrackets(text: string): number | undefined {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code === 0x5b || code === 0x7b) && ++depth > deepestNesting) return i;
    if (code === 0x5d || code === 0x7d) depth = Math.max(0, depth - 1);
  }
  return undefined;
}

/** Each list, key or value begun further right than what is open lies within it, on a line of its own or on the same. */
function tooDeepByIndentation(text: string): number | undefined {
  const open: number[] = [];
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    let at = start;
    const skipBlanks = (): void => {
      while (at < end && isBlank(text.charCodeAt(at))) at++;
    };
    for (skipBlanks(); at < end && text[at] !== '#'; skipBlanks()) {
      while (open.length > 0 && open.at(-1)! >= at - start) open.pop();
      if (open.push(at - start) > deepestNesting) return at;
      if (!indicators.has(text[at]!) || (at + 1 < end && !isBlank(text.charCodeAt(at + 1)))) break;
      at++;
    }
    start = end + 1;
  }
  return undefined;
}

/** A list's item, a key and a value of more than a word (YAML 1.2 section 8.2) may each hold the next on the same line. */
const indicators: ReadonlySet<string> = new Set(['-', '?', ':']);
const isBlank = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0x0d;
