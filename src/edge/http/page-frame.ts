/** HTML made on the server: escaping, languages, and pages whose only style is named by its hash in the policy. */
import { createHash } from 'node:crypto';
import type { Language } from './contract.ts';

/** Text for HTML content and double-quoted attributes. */
export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The first of ru and en by quality in Accept-Language (RFC 9110 section 12.5.4), else English. */
export function chooseLanguage(acceptLanguage: string | undefined): Language {
  let best: { language: Language; quality: number } = { language: 'en', quality: 0 };
  for (const range of (acceptLanguage ?? '').slice(0, 500).split(',')) {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
    const language = tag.split('-')[0];
    if (language !== 'ru' && language !== 'en') continue;
    const weight = parameters.find((parameter) => parameter.trim().startsWith('q='))?.split('=')[1];
    const quality = weight === undefined ? 1 : Number(weight);
    if (quality > best.quality) best = { language, quality };
  }
  return best.language;
}

export interface HtmlPage {
  readonly language: Language;
  readonly title: string;
  /** Already HTML. */
  readonly body: string;
}

/** One document without script; `style` is fixed text, so that its hash can stand in the policy. */
export function htmlDocument(page: HtmlPage, style: string): string {
  return (
    `<!doctype html><html lang="${page.language}"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex,nofollow">` +
    `<meta name="color-scheme" content="light dark"><title>${escapeHtml(page.title)}</title>` +
    `<style>${style}</style></head><body><main>${page.body}</main></body></html>`
  );
}

const styleHash = (style: string): string =>
  `'sha256-${createHash('sha256').update(style).digest('base64')}'`;

/** Content Security Policy of a page without script that is never framed and posts only to itself. */
export const scriptlessPolicy = (style: string): string =>
  `default-src 'none'; style-src ${styleHash(style)}; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
