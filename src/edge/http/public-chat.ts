/** News by a bot instead of short messages: a button on the subscriber's page, and the code that binds their chat. */
import type { SubscriberKey } from '../../model/ids.ts';
import type { Language } from './contract.ts';
import { escapeHtml, htmlDocument } from './page-frame.ts';
import type { ChatPort } from './ports.ts';
import { publicStyle } from './public-style.ts';

const words = {
  en: {
    offer: 'Get news in Telegram',
    title: 'News in Telegram',
    open: 'Open Telegram',
    how: 'Press Start there. Or send the bot this line within 15 minutes:',
    back: 'Back',
  },
  ru: {
    offer: 'Получать новости в Telegram',
    title: 'Новости в Telegram',
    open: 'Открыть Telegram',
    how: 'Там нажмите «Запустить». Или отправьте боту эту строку в течение 15 минут:',
    back: 'Назад',
  },
} as const;

/** Nothing where no bot is configured. */
export function chatForm(bots: readonly string[], language: Language): string {
  if (bots.length === 0) return '';
  return `<form method="post" class="second"><button name="chat" value="1">${words[language].offer}</button></form>`;
}

/** A code is made by the form's POST alone: a look at a page changes nothing. */
export async function chatPage(
  chats: ChatPort,
  subscriber: SubscriberKey,
  language: Language,
): Promise<string> {
  const say = words[language];
  const code = await chats.code(subscriber);
  const rows = chats.bots().map((bot) => {
    const name = escapeHtml(bot);
    return (
      `<p><a href="https://t.me/${name}?start=${code}" rel="noreferrer">${say.open}: @${name}</a></p>` +
      `<p class="small">${say.how}</p><p><code>/start ${code}</code></p>`
    );
  });
  const body = `<h1>${say.title}</h1>${rows.join('')}<p class="foot"><a href="">${say.back}</a></p>`;
  return htmlDocument({ language, title: say.title, body }, publicStyle);
}
