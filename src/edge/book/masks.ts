/** Contact data as everybody may see it who may see a subscriber. */

/** `+7 *** ***-12-34`: the first digits and the last four. */
export function maskPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  const front = digits.startsWith('7') || digits.startsWith('1') ? digits.slice(0, 1) : digits.slice(0, 2);
  return `+${front} *** ***-${digits.slice(-4, -2)}-${digits.slice(-2)}`;
}

export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return `${email.slice(0, 1)}***${email.slice(at)}`;
}

export const maskText = (text: string): string => `${text.slice(0, 1)}***`;
