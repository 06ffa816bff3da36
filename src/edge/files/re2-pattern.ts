/** Patterns of profiles: RE2 takes time linear in the text, whatever pattern a file or text a device brings. */
import { RE2JS, RE2JSSyntaxException } from 're2js';
import type { PatternCompiler } from '../../collect/collect.ts';

export const re2Pattern: PatternCompiler = (text) => {
  try {
    const compiled = RE2JS.compile(text);
    return (searched) => {
      const matcher = compiled.matcher(searched);
      if (!matcher.find()) return undefined;
      return Array.from(
        { length: matcher.groupCount() + 1 },
        (_, group) => matcher.group(group) ?? undefined,
      );
    };
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return error.message;
    throw error;
  }
};
