/** What would be told of an incident: texts as they would leave, parts and cost, before a person lets it go. */
import type { World } from '../../base/world.ts';
import type { Book } from '../../edge/book/book.ts';
import type { WaitingNotices } from '../../edge/book/notice-preview.ts';
import type { NoticeTexts } from '../../edge/files/notice-texts.ts';
import type { NoticePreviewJson, PreviewRowJson } from '../../edge/http/notice-contract.ts';
import type { IncidentId } from '../../model/ids.ts';
import { segmentsOf } from '../../model/sms-segments.ts';
import type { Config } from '../config/config.ts';
import { hostZone } from './host-zone.ts';
import type { LineHost } from './line-host.ts';

export interface Previewing {
  readonly book: Book;
  readonly line: Pick<LineHost, 'line'>;
  readonly world: World;
  readonly publicUrl: () => string;
  /** As they are now. */
  readonly texts: () => NoticeTexts | undefined;
  readonly config: () => Config;
}

/** As long as the token of an SMS. */
const someToken = '/s/AAAAAAAAAAA';

export const noticePreview =
  (previewing: Previewing) =>
  async (incident: string): Promise<NoticePreviewJson> => {
    const { book, line, world, config } = previewing;
    const { waiting, heldBack } = await book.noticesAhead(incident);
    const { dryRun, currency } = config().policy.notify;
    const rows = waiting.map((one) => rowOf(previewing, one));
    const { guard, leavesAt } = line.line.noticeGuard(incident as IncidentId, world.now());
    const sum = (of: (row: PreviewRowJson) => number | null): number =>
      rows.reduce((total, row) => total + (of(row) ?? 0), 0);
    const hasPrice = rows.some(({ cost }) => cost !== null);
    return {
      ...{ incident, guard, rows, heldBack },
      leavesAt: leavesAt === undefined ? null : new Date(leavesAt).toISOString(),
      stopped: await book.isSendingStopped(),
      dryRun: dryRun === true,
      total: {
        count: sum(({ count }) => count),
        messages: sum(({ messages }) => messages),
        parts: sum(({ messages, parts }) => messages * parts),
        cost: hasPrice ? cents(sum(({ cost }) => cost)) : null,
      },
      currency: hasPrice ? (currency ?? null) : null,
    };
  };

function rowOf({ texts, world, publicUrl, config }: Previewing, one: WaitingNotices): PreviewRowJson {
  const { type, channel, state, count, messages } = one;
  const { channels, language: standard, policy } = config();
  const language = one.language === 'ru' || one.language === 'en' ? one.language : standard;
  const isMail = channels.find(({ name }) => name === channel)?.kind === 'smtp';
  const rendered = texts()?.({
    ...{ type, language, medium: isMail ? 'mail' : 'sms', facts: one.tell.facts, question: 0 },
    now: world.now(),
    // Whoever has no zone of his own is told the time of this machine, as the courier does.
    zone: hostZone(),
    link: `${publicUrl().replace(/\/+$/, '')}${someToken}`,
  });
  const text =
    rendered === undefined ? '' : isMail ? `${rendered.subject}\n\n${rendered.text}` : rendered.text;
  const parts = isMail ? 1 : segmentsOf(text).parts.length;
  const price = policy.notify.pricePerPart?.[channel];
  const cost = price === undefined ? null : cents(price * parts * messages);
  return { type, channel, language, state, count, messages, parts, cost, text };
}

const cents = (amount: number): number => Math.round(amount * 100) / 100;
