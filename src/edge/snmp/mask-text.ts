/** Texts among the octets of a recording, and what of a text may leave in a masked one. */
import type { Mask } from './mask.ts';
import type { Secrets } from './mask-secrets.ts';
import type { ProductWords } from './product-words.ts';

export const sysDescr = '1.3.6.1.2.1.1.1.0';
/** What `uname -a` prints: the name of the machine stands second, whatever the agent calls itself; some leave it out. */
export const systemName = /^(Linux|FreeBSD|NetBSD|OpenBSD|Darwin|SunOS|AIX|HP-UX) (?!\d+\.\d)(\S+)(?= )/;
/** A serial number that is said to be one, in whatever text. */
export const saidSerial =
  /(\b(?:S\/?N|serial(?:[ _-]?(?:number|num|no))?|IMEI|asset(?:[ _-]?tag)?)\.?(?:\s*[:#=]\s*|\s+))((?=[\w-]*\d)[\w-]{5,})/gi;

/** Undefined where the bytes are no text. A zero at the end belongs to it. */
export function textOf(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  const isText = !/[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]|\0(?!\0*$)/.test(text);
  return isText && /[^\0]/.test(text) ? text : undefined;
}

/** RFC 1034 names, with the ending of a network rather than of a file. */
const hostName =
  /(?<![\w.@-])(?=[\w-]*\p{L})(?:[\p{L}\p{N}](?:[\p{L}\p{N}_-]{0,62})\.){1,8}(?:[a-z]{2}|com|net|org|info|biz|tel|local|lan|corp|internal|intranet|home|example|test|arpa|рф|укр)(?![\w-]|\.\w)/giu;
/** Endings of files that are endings of countries too, or nearly. */
const fileEndings = /\.(?:bin|gz|xz|so|sh|py|pl|ps|js|md|cc|am|sa|la|el)$/i;

export interface TextMasking {
  readonly mask: Mask;
  readonly secrets: Secrets;
  readonly products: ProductWords;
}

/** A text whose words are kept for what they say of the equipment, without what they quote of its owner. */
export function withoutNames(text: string, { mask, secrets, products }: TextMasking): string {
  const serial = text.replace(saidSerial, (_, before: string, number: string) => before + mask.text(number));
  const nameless = secrets.names.replacedIn(serial, (name) => mask.text(name));
  return nameless.replace(hostName, (host) =>
    products.isOfMaker(host) || fileEndings.test(host) ? host : mask.text(host),
  );
}

/**
 * sysDescr is what the maker says of the product, or what somebody wrote over it: of a text that names no product only the
 * words of products and of the trade stay, and nowhere what the system's name, place and contact are made of.
 */
function maskedDescription(text: string, masking: TextMasking): string {
  const { mask, secrets, products } = masking;
  const unnamed = text.replace(systemName, (_, system, name) => `${system} ${mask.text(name)}`);
  const safe = withoutNames(unnamed, masking);
  const isOneWord = !/\S\s+\S/.test(safe.trim());
  const isKept = !isOneWord && products.isProductText(safe) ? (): boolean => true : products.keptIn(safe);
  return mask.wordsBut(
    safe,
    (chunk, from) => isKept(chunk, from) && !secrets.nameParts.has(chunk.toLowerCase()),
  );
}

/** What a model, a version or a maker is called. */
export function maskedModel(oid: string, text: string, masking: TextMasking): string {
  if (oid === sysDescr) return maskedDescription(text, masking);
  const { mask, secrets } = masking;
  const isKept = (chunk: string): boolean => !secrets.nameParts.has(chunk.toLowerCase());
  return mask.wordsBut(withoutNames(text, masking), isKept);
}
