/** Makes the notice that leaves: the text in the subscriber's language, with the personal link in it. */
import type { World } from '../../base/world.ts';
import type { DueNotice } from '../../edge/book/records.ts';
import type { NoticeWriter } from '../../edge/files/notice-texts.ts';
import type { Tell } from '../../model/notice.ts';
import type { Channel, OutgoingNotice } from '../../notify/channel.ts';

export interface Composing {
  readonly texts: NoticeWriter;
  /** What links begin with, e.g. `https://status.example`. */
  readonly publicUrl: string;
  /** For subscribers without their own. */
  readonly language: 'ru' | 'en';
  readonly zone: string;
  /** Every notice goes to this one phone or e-mail address. */
  readonly onlyTo?: string | undefined;
  readonly world: World;
}

/** undefined when `onlyTo` is an address this channel cannot reach. */
export function composeNotice(
  composing: Composing,
  channel: Channel,
  due: { readonly notice: DueNotice; readonly tells: ReadonlyMap<number, Tell> },
): OutgoingNotice | undefined {
  const { notice, tells } = due;
  const { onlyTo } = composing;
  // A chat is somebody's: no address stands for it.
  if (onlyTo !== undefined && channel.address === 'chat') return undefined;
  if (onlyTo !== undefined && onlyTo.includes('@') !== (channel.address === 'email')) return undefined;
  const language = notice.language ?? composing.language;
  const pages = composing.publicUrl.replace(/\/+$/, '');
  const rendered = composing.texts({
    type: notice.type,
    language,
    medium: channel.address === 'email' ? 'mail' : 'sms',
    facts: tells.get(notice.job)!.facts,
    digest: notice.speaks?.map(({ job, type }) => ({ type, facts: tells.get(job)!.facts })),
    now: composing.world.now(),
    zone: notice.zone ?? composing.zone,
    address: notice.address,
    concerns: namesIn(notice),
    question: notice.question,
    link: `${pages}/s/${notice.token}`,
  });
  return {
    key: notice.key,
    to: onlyTo ?? notice.to,
    subject: rendered.subject,
    text: rendered.text,
    language,
    subscriber: notice.subscriberId,
    incident: notice.incident,
    type: notice.type,
    answerToken: channel.address === 'chat' && notice.purpose === 'confirm' ? notice.token : undefined,
    // Whoever reads all of them in a trial must not withdraw for others.
    unsubscribe: onlyTo === undefined ? unsubscribeAt(pages, notice, channel) : undefined,
    notAfter: notice.notAfter,
  };
}

function unsubscribeAt(pages: string, { unsubscribe }: DueNotice, { name }: Channel): string | undefined {
  if (unsubscribe === undefined) return undefined;
  const { token, category } = unsubscribe;
  return `${pages}/s/${token}/unsubscribe/${category}/${encodeURIComponent(name)}`;
}

/** Of a message that speaks of several: each of them once; two that have one address are one of them. */
function namesIn({ address, subscriberId, others = [] }: DueNotice): readonly string[] | undefined {
  const names = [...new Set([address ?? subscriberId, ...others])];
  return names.length < 2 ? undefined : names;
}
