/** What subscribers were told, one line a notice. */
import type { NoticeJson } from '../../src/edge/http/contract.ts';
import { More, Shown } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { useList } from '../state/api.ts';
import { addressOf } from '../state/route.ts';
import { number, time, words } from '../words/speak.ts';

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
    { title: say.column.state, cell: (notice: NoticeJson) => say.noticeState[notice.state] },
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
