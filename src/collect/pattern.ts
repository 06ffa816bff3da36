/** Patterns of profiles as a function: rooms have no RE2 of their own, so that the edge hands it in. */

/** The groups of the first match, the whole match at 0; undefined where nothing matches. Linear in the text's length. */
export type Pattern = (text: string) => readonly (string | undefined)[] | undefined;

/** Makes a pattern of its text; a string is what is wrong with it. */
export type PatternCompiler = (text: string) => Pattern | string;

/** Whoever reads profiles without patterns needs none. */
export const noPatterns: PatternCompiler = () => 'patterns cannot be read here';

/** The first group, or the whole match of a pattern without groups. */
export function firstGroup(pattern: Pattern, text: string): string | undefined {
  const groups = pattern(text);
  return (
    groups?.slice(1).find((group) => group !== undefined) ?? (groups?.length === 1 ? groups[0] : undefined)
  );
}
