/** Pages for those who are not signed in: the one-button page of a sign-in link, and where to find such a link. */
import type { Language } from './contract.ts';
import { htmlDocument } from './page-frame.ts';

export const signInStyle =
  ':root{color-scheme:light dark;--bg:#e9ecee;--panel:#fff;--text:#1d2328;--text2:#4c5761;--line:#6c7780;--go:#0b5cad}' +
  '@media(prefers-color-scheme:dark){:root{--bg:#1b1f23;--panel:#23282d;--text:#dfe4e8;--text2:#a9b3bc;--line:#7f8b95;--go:#2f6fb3}}' +
  'body{margin:0;background:var(--bg);color:var(--text);font:16px/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}' +
  'main{max-width:28rem;margin:12vh auto 0;padding:24px;background:var(--panel);border:1px solid var(--line);border-radius:2px}' +
  'h1{font-size:20px;margin:0 0 8px}p{margin:0 0 16px;color:var(--text2)}code{color:var(--text)}' +
  'button{font:inherit;min-height:44px;padding:8px 24px;border:1px solid #8cc4ff;border-radius:2px;background:var(--go);color:#fff;cursor:pointer}' +
  'button:focus-visible{outline:3px solid #8cc4ff;outline-offset:2px}';

const words = {
  en: {
    title: 'allclear: sign in',
    press: 'This link signs you in once. Press the button to use it.',
    button: 'Sign in',
    outTitle: 'You are not signed in',
    out: 'Open your sign-in link or the one that the daemon printed when it started, or have an administrator make a new one:',
    spentTitle: 'This link no longer works',
    spent: 'It was used already, is too old, or a newer one was made. An administrator can make a new one:',
    limited: 'Too many wrong links came in. Wait a minute and try again.',
  },
  ru: {
    title: 'allclear: вход',
    press: 'По этой ссылке можно войти один раз. Нажмите кнопку, чтобы войти.',
    button: 'Войти',
    outTitle: 'Вы не вошли',
    out: 'Откройте свою ссылку для входа или ту, что напечатала служба при запуске; новую сделает администратор:',
    spentTitle: 'Эта ссылка больше не действует',
    spent: 'Она уже использована, устарела или заменена новой. Другую сделает администратор:',
    limited: 'Слишком много неверных ссылок. Подождите минуту и попробуйте снова.',
  },
} as const;

const command = '<p><code>npx allclear user link NAME</code></p>';

/** The form posts to its own address, so the token stands in no other place. */
export function signInPage(language: Language): string {
  const say = words[language];
  const body = `<h1>${say.title}</h1><p>${say.press}</p><form method="post"><button>${say.button}</button></form>`;
  return htmlDocument({ language, title: say.title, body }, signInStyle);
}

export function signedOutPage(language: Language): string {
  const say = words[language];
  return htmlDocument(
    { language, title: say.outTitle, body: `<h1>${say.outTitle}</h1><p>${say.out}</p>${command}` },
    signInStyle,
  );
}

export function spentLinkPage(language: Language, isLimited: boolean): string {
  const say = words[language];
  const body = isLimited
    ? `<h1>${say.spentTitle}</h1><p>${say.limited}</p>`
    : `<h1>${say.spentTitle}</h1><p>${say.spent}</p>${command}`;
  return htmlDocument({ language, title: say.spentTitle, body }, signInStyle);
}
