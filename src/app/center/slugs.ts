/** Names as parts of addresses: Latin letters, digits and hyphens. */

/** Russian, Ukrainian and Belarusian letters as passports spell them (ICAO Doc 9303 part 3, table 6-B), without signs. */
const letters: Readonly<Record<string, string>> = {
  ...{ а: 'a', б: 'b', в: 'v', г: 'g', д: 'd', е: 'e', ё: 'e', ж: 'zh', з: 'z', и: 'i', й: 'i', к: 'k' },
  ...{ л: 'l', м: 'm', н: 'n', о: 'o', п: 'p', р: 'r', с: 's', т: 't', у: 'u', ф: 'f', х: 'kh', ц: 'ts' },
  ...{ ч: 'ch', ш: 'sh', щ: 'shch', ъ: 'ie', ы: 'y', ь: '', э: 'e', ю: 'iu', я: 'ia' },
  ...{ і: 'i', ї: 'i', є: 'ie', ґ: 'g', ў: 'u' },
};
const longest = 60;

/** Empty where nothing of the name can be spelled so. */
export function slugOf(name: string): string {
  const spelled = [...name.normalize('NFC').toLowerCase()]
    .map((letter) => letters[letter] ?? letter.normalize('NFD').replace(/\p{M}/gu, ''))
    .join('');
  return spelled
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longest)
    .replace(/^-+|-+$/g, '');
}

/** One slug a name, in that order; a second one of the same spelling gets `-2`, the third `-3`. */
export function slugsOf(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  const counts = new Map<string, number>();
  return names.map((name) => {
    const plain = slugOf(name) || 'area';
    let count = (counts.get(plain) ?? 0) + 1;
    let slug = count === 1 ? plain : `${plain}-${count}`;
    while (taken.has(slug)) slug = `${plain}-${++count}`;
    counts.set(plain, count);
    taken.add(slug);
    return slug;
  });
}
