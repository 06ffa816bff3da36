/** A counted word in the forms that a language has for it. */

/** Forms by plural category of Intl.PluralRules; `#` stands for the number. */
export interface PluralForms {
  readonly one: string;
  readonly few?: string;
  readonly many?: string;
  readonly other: string;
}
