/** The name of a probable cause; one that only a rule of the operator's own knows is shown as it is written. */
import { wordOf, words } from './speak.ts';

export const causeName = (cause: string): string => wordOf(words.value.causes, cause);
