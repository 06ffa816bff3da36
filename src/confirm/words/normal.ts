/** What a subscriber wrote, brought to one form: small letters, one alphabet a word, signs as words. */

/** Longer messages are read as far as this. */
export const mostRead = 400;

/** Signs that say something, as words of their own; all others stay as they are. */
const signs: readonly (readonly [string, string])[] = [
  ['good', '👍👌✅☑✔💯🎉🤝👏🙌🆗🥳'],
  ['bad', '👎❌✖🚫😡😠🤬😤💔😭👿☹😢😞'],
  ['callback', '📞☎📱🤙📲'],
];
const wordOfSign = new Map(signs.flatMap(([word, all]) => [...all].map((sign) => [sign, word] as const)));

/** Latin letters that look like Russian ones: phones mix them. */
const alike = new Map(zipped('aceopxykmthbu', 'асеорхукмтнви'));
/** What the Russian layout would have given on the same keys. */
const keys = new Map(zipped("qwertyuiop[]asdfghjkl;'zxcvbnm,.`", 'йцукенгшщзхъфывапролджэячсмитьбюе'));

/** At most 400 characters, of which № is none: its compatible form is the word `no`. Words, numbers and signs with one space between them. */
export function normalised(text: string): string {
  const small = text
    .slice(0, mostRead)
    .replaceAll('№', ' ')
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('ё', 'е');
  const spaced = [...small.replace(/[’'`ʼ]/g, '')].map((sign) => wordOfSign.get(sign) ?? sign);
  return spaced
    .map((part) => (part.length > 2 ? ` ${part} ` : part))
    .join('')
    .replace(/[\u200d\ufe0f\u{1f3fb}-\u{1f3ff}]/gu, '')
    .replace(/(\p{L})\1{2,}/gu, '$1')
    .replace(/\?+/g, ' ? ')
    .replace(/([\p{Extended_Pictographic}])/gu, (sign) => (/\d/.test(sign) ? sign : ` ${sign} `))
    .replace(/(^|\s)([+-])+(?=\s|\d|$)/g, '$1 $2 ')
    .replace(/(?<=\S)[-–—](?=\S)/g, ' ')
    .replace(/[^\p{L}\p{N}\p{Extended_Pictographic}\s?+-]+/gu, ' ')
    .split(/\s+/)
    .map((word) => (/[а-я]/.test(word) ? replaced(word, alike) : word))
    .filter((word, at, all) => word !== '' && word !== all[at - 1])
    .join(' ')
    .trim();
}

/** A word typed with the wrong layout switched on; `lf` is `да`. */
export const otherLayout = (word: string): string => replaced(word, keys);

const syllables: readonly (readonly [string, string])[] = [
  ...(['shch щ', 'sch щ', 'zh ж', 'kh х', 'ts ц', 'ch ч', 'sh ш', 'yu ю', 'ju ю'] as const),
  ...(['ya я', 'ja я', 'yo е', 'jo е', 'ye е', 'x кс', 'w в', 'q к'] as const),
].map((pair) => pair.split(' ') as [string, string]);
const single = new Map(zipped('abcdefghijklmnoprstuvyz', 'абцдефгхийклмнопрстувыз'));

/** A Russian word written with Latin letters, as well as that can be undone. */
export function inCyrillic(word: string): string {
  let rest = word;
  for (const [latin, russian] of syllables) rest = rest.replaceAll(latin, russian);
  return replaced(rest, single);
}

const latin = new Map(
  (
    'а a,б b,в v,г g,д d,е e,ж zh,з z,и i,й y,к k,л l,м m,н n,о o,п p,р r,с s,т t,у u,ф f,х h,ц ts,ч ch,ш sh,щ sch,' +
    'ъ ,ы y,ь ,э e,ю yu,я ya'
  )
    .split(',')
    .map((pair) => pair.split(' ') as [string, string]),
);

/** A Russian text as it is written where only Latin letters are at hand. */
export const inLatin = (text: string): string => replaced(text, latin);

function replaced(word: string, by: ReadonlyMap<string, string>): string {
  let out = '';
  for (const letter of word) out += by.get(letter) ?? letter;
  return out;
}

function zipped(from: string, to: string): [string, string][] {
  return [...from].map((letter, at) => [letter, to[at]!]);
}
