/** What subscribers were told, one line a notice. */
import type { ChannelJson, NoticeJson, StatusJson } from '../../src/edge/http/contract.ts';
import { More, Shown } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { useFetched, useList } from '../state/api.ts';
import { addressOf } from '../state/route.ts';
import { length, number, time, words } from '../words/speak.ts';

export function NoticesPage({ incident }: { readonly incident: string | null }) {
  const say = words.value;
  const only = incident === null ? '' : `?incident=${encodeURIComponent(incident)}`;
  const { fetched, more } = useList<NoticeJson>(`/notices${only}`);
  return (
    <>
      <div class="head">
        <h1>{say.pages.notices}</h1>
        {incident !== null && <a href={addressOf('incidents', incident)}>{incident}</a>}
      </div>
      <Channels />
      <Shown fetched={fetched}>
        {(list) => (
          <>
            <Table
              label={say.pages.notices}
              items={list.items}
              empty={say.empty.notices}
              isStacked="titled"
              keyOf={(notice) => notice.id}
              columns={columns()}
            />
            <More shown={list.items.length} total={list.total} onMore={more} />
          </>
        )}
      </Shown>
    </>
  );
}

/** How each way out stands: a paused one says why notices wait. */
function Channels() {
  const say = words.value;
  const status = useFetched<StatusJson>('/status', 10_000);
  if (status.kind !== 'ready' || status.value.channels.length === 0) return null;
  const stateOf = ({ state, retryInSeconds }: ChannelJson): string =>
    state === 'paused'
      ? `${say.channelState.paused} ${length(retryInSeconds * 1_000)}`
      : say.channelState[state];
  return (
    <Table
      label={say.column.channel}
      items={status.value.channels}
      isAside
      isStacked="titled"
      keyOf={(channel) => channel.name}
      columns={[
        { title: say.column.channel, cell: (channel: ChannelJson) => channel.name },
        { title: say.column.state, cell: stateOf },
        {
          title: say.channelState.inFlight,
          class: 'number',
          cell: (channel: ChannelJson) => `${number(channel.inFlight)} / ${number(channel.window)}`,
        },
        {
          title: say.noticeState.sent,
          class: 'number',
          cell: (channel: ChannelJson) => number(channel.sent),
        },
        {
          title: say.noticeState.failed,
          class: 'number',
          cell: (channel: ChannelJson) => number(channel.failed),
        },
        {
          title: say.channelState.retried,
          class: 'number',
          cell: (channel: ChannelJson) => number(channel.retried),
        },
      ]}
    />
  );
}

function columns() {
  const say = words.value;
  return [
    { title: say.column.created, class: 'fit', cell: (notice: NoticeJson) => time(notice.createdAt) },
    { title: say.column.type, cell: (notice: NoticeJson) => say.noticeType[notice.type] },
    {
      title: say.column.subscriber,
      cell: (notice: NoticeJson) => (
        <a href={addressOf('subscribers', notice.subscriber)}>{notice.subscriber}</a>
      ),
    },
    { title: say.column.channel, cell: (notice: NoticeJson) => notice.channel ?? '–' },
    {
      title: say.column.state,
      cell: (notice: NoticeJson) => (
        <>
          {say.noticeState[notice.state]}
          {notice.maybeTwice && <small>{say.maybeTwice}</small>}
        </>
      ),
    },
    { title: say.column.attempts, class: 'number', cell: (notice: NoticeJson) => number(notice.attempts) },
    {
      title: say.column.sent,
      class: 'fit',
      cell: (notice: NoticeJson) => (notice.sentAt === null ? '–' : time(notice.sentAt)),
    },
    {
      title: say.column.incident,
      cell: (notice: NoticeJson) => (
        <a class="open" href={addressOf('incidents', notice.incident)}>
          {notice.incident}
        </a>
      ),
    },
  ];
}
