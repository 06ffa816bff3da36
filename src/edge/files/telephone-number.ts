/** Telephone numbers as people write them, brought to E.164 (ITU-T E.164, E.123). */

interface NumberPlan {
  /** Country calling code. */
  readonly code: string;
  /** What is dialled before a national number inside the country. */
  readonly trunk: string;
  /** Digits of a national number. */
  readonly lengths: readonly number[];
}

const plan = (code: string, trunk: string, ...lengths: number[]): NumberPlan => ({ code, trunk, lengths });

/** By ISO 3166-1 code. */
const plans: Readonly<Record<string, NumberPlan>> = {
  ru: plan('7', '8', 10),
  kz: plan('7', '8', 10),
  by: plan('375', '80', 9),
  ua: plan('380', '0', 9),
  uz: plan('998', '', 9),
  kg: plan('996', '0', 9),
  tj: plan('992', '', 9),
  tm: plan('993', '8', 8),
  am: plan('374', '0', 8),
  az: plan('994', '0', 9),
  ge: plan('995', '0', 9),
  md: plan('373', '0', 8),
  ee: plan('372', '', 7, 8),
  lv: plan('371', '', 8),
  lt: plan('370', '0', 8),
  pl: plan('48', '', 9),
  de: plan('49', '0', 6, 7, 8, 9, 10, 11),
  fr: plan('33', '0', 9),
  gb: plan('44', '0', 9, 10),
  es: plan('34', '', 9),
  it: plan('39', '', 8, 9, 10, 11),
  tr: plan('90', '0', 10),
  il: plan('972', '0', 8, 9),
  in: plan('91', '0', 10),
  us: plan('1', '1', 10),
  ca: plan('1', '1', 10),
};

export const countries: readonly string[] = Object.keys(plans);

/** `+` and 7 to 15 digits; undefined where that cannot be told. `country`: whose numbers are written without their code. */
export function telephoneNumber(written: string, country: string | undefined): string | undefined {
  const text = written.trim().replace(/^(tel:|тел\.?:?)/i, '');
  if (!/^[+\d(][\d\s().\-\u00a0\u2010-\u2015]*$/.test(text)) return undefined;
  const digits = text.replace(/\D/g, '');
  if (text.startsWith('+')) return sound(`+${digits}`);
  const of = country === undefined ? undefined : plans[country.toLowerCase()];
  if (of === undefined) return digits.startsWith('00') ? sound(`+${digits.slice(2)}`) : undefined;
  const { code, trunk, lengths } = of;
  const fits = (national: string): boolean => lengths.includes(national.length);
  const isDialled = trunk !== '' && digits.startsWith(trunk);
  if (isDialled && fits(digits.slice(trunk.length))) return sound(`+${code}${digits.slice(trunk.length)}`);
  if (digits.startsWith(code) && fits(digits.slice(code.length))) return sound(`+${digits}`);
  if (fits(digits)) return sound(`+${code}${digits}`);
  return digits.startsWith('00') ? sound(`+${digits.slice(2)}`) : undefined;
}

const sound = (number: string): string | undefined => (/^\+[1-9]\d{6,14}$/.test(number) ? number : undefined);
