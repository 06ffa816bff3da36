/** TMF681 communication message: our notices; messages of other systems are kept and not sent. */
import type { NoticeState } from '../../../model/notice.ts';
import type { NoticeView } from '../ports.ts';
import { iso } from '../views.ts';
import { compact, type Document } from './document.ts';
import { allVerbs, type Context, type Kind } from './kind.ts';
import { shape } from './shape.ts';

const states = ['initial', 'inProgress', 'completed', 'cancelled', 'failed'] as const;

/** A gateway that took a message has done what we asked of it; a receipt says more, where there are receipts. */
const stateOf: Readonly<Record<NoticeState, (typeof states)[number]>> = {
  held: 'initial',
  queued: 'initial',
  sending: 'inProgress',
  uncertain: 'inProgress',
  sent: 'completed',
  delivered: 'completed',
  failed: 'failed',
  expired: 'cancelled',
  suppressed: 'cancelled',
};

export const messageKind: Kind = {
  name: 'communicationMessage',
  type: 'CommunicationMessage',
  verbs: allVerbs,
  shape: shape(
    {
      text: 'content description messageType priority subject state',
      time: 'scheduledSendTime sendTime sendTimeComplete',
      integer: 'tryTimes',
      flag: 'logFlag',
      object: 'sender',
      list: 'attachment characteristic receiver',
    },
    {
      mandatory: ['content', 'receiver', 'sender', 'messageType'],
      words: { state: states },
      parts: { characteristic: ['name', 'value'] },
    },
  ),
  fixed: [],
  state: 'state',
  events: {},
  apart: 'The message is kept and not sent.',
  isPersonal: true,
  filled: (sent) => ({ state: 'initial', tryTimes: 0, ...sent }),
  own: {
    live: 'all',
    async list({ limit, offset }, context) {
      const { items, total } = await context.ports.query.notices({}, { limit, offset });
      return { items: items.map((view) => documentOf(view, context)), total };
    },
    async get(id, context) {
      const view = await context.ports.query.notice(id);
      return view === undefined ? undefined : documentOf(view, context);
    },
  },
};

function documentOf(notice: NoticeView, { href }: Context): Document {
  const { id, incident, subscriber, type } = notice;
  return compact({
    id,
    // Texts are made when they are sent and kept by nobody.
    content: `Notice of kind ${type}`,
    description: `Incident ${incident}`,
    messageType: notice.channel ?? 'none',
    state: stateOf[notice.state],
    tryTimes: notice.attempts,
    scheduledSendTime: iso(notice.createdAt),
    sendTime: notice.sentAt === undefined ? undefined : iso(notice.sentAt),
    sender: { id: 'allclear', name: 'allclear' },
    receiver: [
      {
        id: subscriber,
        party: {
          ...{ id: subscriber, href: href('individual', subscriber), role: 'customer' },
          '@referredType': 'Individual',
        },
      },
    ],
    characteristic: [
      { name: 'incident', value: incident },
      { name: 'noticeType', value: type },
      { name: 'noticeState', value: notice.state },
    ],
  });
}
