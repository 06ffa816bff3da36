/** Texts with names in braces such as `ONT {slot}/{port}`; and a template is complete or nothing. */

export interface Template {
  /** One more than `slots`. */
  readonly texts: readonly string[];
  readonly slots: readonly string[];
}

/** Any text is a template; braces that hold no name stay as they are. */
export function parseTemplate(text: string): Template {
  const pieces = text.split(/\{([A-Za-z][A-Za-z0-9_.-]*)\}/);
  return {
    texts: pieces.filter((_, place) => place % 2 === 0),
    slots: pieces.filter((_, place) => place % 2 === 1),
  };
}

/** A word without braces is the name of an attribute. */
export const wordOrTemplate = (text: string): Template =>
  text.includes('{') ? parseTemplate(text) : { texts: ['', ''], slots: [text] };

/** Undefined as soon as one name says nothing. */
export function filled(
  { texts, slots }: Template,
  wordOf: (name: string) => string | number | undefined,
): string | undefined {
  let text = texts[0] ?? '';
  for (const [place, slot] of slots.entries()) {
    const word = wordOf(slot);
    if (word === undefined) return undefined;
    text += String(word) + (texts[place + 1] ?? '');
  }
  return text;
}
