/** The default alphabet of short messages with its extension table (3GPP TS 23.038 sections 6.2.1 and 6.2.1.1). */

const shift = 0x1b;

// In the order of the codes; the place of the escape is kept by a character that no text has.
const basic = [
  ...'@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\uffffÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
];

const extension: ReadonlyMap<string, number> = new Map([
  ['\f', 0x0a],
  ['^', 0x14],
  ['{', 0x28],
  ['}', 0x29],
  ['\\', 0x2f],
  ['[', 0x3c],
  ['~', 0x3d],
  [']', 0x3e],
  ['|', 0x40],
  ['€', 0x65],
]);

const codes = new Map<string, readonly number[]>([
  ...basic.map((character, code) => [character, [code]] as const),
  ...[...extension].map(([character, code]) => [character, [shift, code]] as const),
]);
codes.delete('\uffff');

const extended = new Map([...extension].map(([character, code]) => [code, character]));

/** The septets of one character: one, or two with the escape before it; undefined where the alphabet lacks it. */
export const septetsOf = (character: string): readonly number[] | undefined => codes.get(character);

/** The text of septets, one an octet. An escape before a code without a meaning shows the basic character (section 6.2.1.1). */
export function textOfSeptets(septets: Uint8Array): string {
  let text = '';
  for (let i = 0; i < septets.length; i++) {
    const code = septets[i]!;
    if (code !== shift) text += basic[code] ?? '\ufffd';
    else if (i + 1 < septets.length) {
      i++;
      text += extended.get(septets[i]!) ?? (septets[i] === shift ? ' ' : (basic[septets[i]!] ?? '\ufffd'));
    }
  }
  return text;
}
