/** Which interface a protocol means by its local port: a name, an address, or at last a number. */
import type { InterfaceReading } from '../model/reading.ts';

/** The name of the interface that one of the words fits; else the first word as it is. */
export function localPortName(
  words: readonly string[],
  interfaces: readonly InterfaceReading[],
): string | undefined {
  for (const key of ['ifName', 'ifDescr', 'mac', 'ifAlias'] as const) {
    for (const word of words) {
      const fitting = interfaces.filter((port) => port[key] === word);
      // A name that two ports share tells neither.
      if (fitting.length === 1) return nameOf(fitting[0]!, word);
    }
  }
  for (const word of words) {
    const numbered = /^\d+$/.test(word)
      ? interfaces.find(({ ifIndex }) => ifIndex === Number(word))
      : undefined;
    if (numbered !== undefined) return nameOf(numbered, word);
  }
  return words[0];
}

const nameOf = ({ ifName, ifDescr }: InterfaceReading, word: string): string => ifName ?? ifDescr ?? word;
