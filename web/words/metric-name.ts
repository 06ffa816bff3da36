/**
 * Names of readings as people read them: whole ones where there are words for them, else what is known of their beginning, else
 * part by part. A part that nobody knows stands as the profile spells it, with its words apart.
 */
import type { Words } from './en.ts';

/** What is known of names, in one language. */
type Named = Pick<Words, 'metricParts'> & { readonly device: Pick<Words['device'], 'metrics'> };

/** `ups.battery.voltage` is `UPS: battery, voltage`; `system.cpu.utilization.5m` is `Processor load, 5 min`. */
export function metricName(name: string, say: Named): string {
  const named = name.split('.');
  for (let known = named.length; known > 1; known--) {
    const words = ownWord(say.device.metrics, named.slice(0, known).join('.'));
    if (words !== undefined)
      return [words, ...named.slice(known).map((part) => partName(part, say))].join(', ');
  }
  const [first, ...rest] = named.map((part) => partName(part, say)).filter((part) => part !== '');
  const text = rest.length === 0 ? (first ?? name) : `${first}: ${rest.join(', ')}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function partName(part: string, { metricParts }: Pick<Words, 'metricParts'>): string {
  const word = ownWord(metricParts, part);
  if (word !== undefined) return word;
  // Lanes, phases and groups are numbered: fan2, l1.
  const numbered = /^([a-z_]{2,})([0-9]+)$/i.exec(part);
  if (numbered !== null) return `${partName(numbered[1]!, { metricParts })} ${numbered[2]}`;
  const apart = part.replace(/([a-z])([A-Z])/g, '$1 $2').split(/[_ ]/);
  return apart.map((one) => ownWord(metricParts, one.toLowerCase()) ?? one.toLowerCase()).join(' ');
}

const ownWord = (table: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;
