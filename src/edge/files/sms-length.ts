/** How many SMS parts a text takes: 3GPP TS 23.038 for the alphabet, TS 23.040 for joined parts. */

// The default alphabet without the extension table; each of these is one septet.
const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
// Two septets each: an escape goes before them.
const extended = new Set('^{}\\[~]|€\f');

export interface SmsLength {
  readonly alphabet: 'gsm7' | 'ucs2';
  /** Septets or UTF-16 units. */
  readonly units: number;
  readonly parts: number;
}

export function smsLength(text: string): SmsLength {
  let septets = 0;
  for (const character of text) {
    if (basic.has(character)) septets += 1;
    else if (extended.has(character)) septets += 2;
    else
      return {
        alphabet: 'ucs2',
        units: text.length,
        parts: text.length <= 70 ? 1 : Math.ceil(text.length / 67),
      };
  }
  return { alphabet: 'gsm7', units: septets, parts: septets <= 160 ? 1 : Math.ceil(septets / 153) };
}
