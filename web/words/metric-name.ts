/**
 * Names of readings as people read them: whole ones where there are words for them, else what is known of their beginning, else
 * part by part. A part that nobody knows stands as the profile spells it, with its words apart.
 */
import type { Language } from '../../src/edge/http/contract.ts';
import { metricPartsEn, metricPartsRu } from './metric-parts.ts';
import { readingWordsEn, readingWordsRu } from './reading-words.ts';

const parts = { en: metricPartsEn, ru: metricPartsRu } as const;
const whole = { en: readingWordsEn.metrics, ru: readingWordsRu.metrics } as const;

/** `ups.battery.voltage` is `UPS: battery, voltage`; `system.cpu.utilization.5m` is `Processor load, 5 min`. */
export function metricName(name: string, language: Language): string {
  const named = name.split('.');
  for (let known = named.length; known > 1; known--) {
    const words = ownWord(whole[language], named.slice(0, known).join('.'));
    if (words !== undefined)
      return [words, ...named.slice(known).map((part) => partName(part, language))].join(', ');
  }
  const [first, ...rest] = named.map((part) => partName(part, language)).filter((part) => part !== '');
  const text = rest.length === 0 ? (first ?? name) : `${first}: ${rest.join(', ')}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function partName(part: string, language: Language): string {
  const word = ownWord(parts[language], part);
  if (word !== undefined) return word;
  // Lanes, phases and groups are numbered: fan2, l1.
  const numbered = /^([a-z_]{2,})([0-9]+)$/i.exec(part);
  if (numbered !== null) return `${partName(numbered[1]!, language)} ${numbered[2]}`;
  const apart = part.replace(/([a-z])([A-Z])/g, '$1 $2').split(/[_ ]/);
  return apart.map((one) => ownWord(parts[language], one.toLowerCase()) ?? one.toLowerCase()).join(' ');
}

const ownWord = (table: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;
