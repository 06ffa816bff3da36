/** The pages at the side; on a telephone the three that matter at three in the morning, and the others behind a button. */
import { useEffect, useState } from 'preact/hooks';
import { session } from '../state/api.ts';
import { totals } from '../state/live.ts';
import type { PageName } from '../state/route.ts';
import { number, words } from '../words/speak.ts';
import { Choices } from './top-bar.tsx';

interface Item {
  readonly page: Exclude<PageName, 'nothing'>;
  readonly address: string;
  readonly mark: string;
}

const first: readonly Item[] = [
  { page: 'incidents', address: '/incidents', mark: 'M8 1 15 8 8 15 1 8Z' },
  { page: 'alarms', address: '/alarms', mark: 'M8 2 15 14 1 14Z' },
  { page: 'tasks', address: '/tasks', mark: 'M2 2H14V14H2ZM5 8 7 10 11 5' },
];
const further: readonly Item[] = [
  {
    page: 'tickets',
    address: '/tickets',
    mark: 'M1 4H15V7A1.5 1.5 0 0 0 15 10V13H1V10A1.5 1.5 0 0 0 1 7ZM10 4V13',
  },
  { page: 'notices', address: '/notices', mark: 'M1 3H15V11H8L4 15V11H1Z' },
  { page: 'devices', address: '/devices', mark: 'M1 3H15V7H1ZM1 9H15V13H1Z' },
  { page: 'works', address: '/works', mark: 'M10 2A4 4 0 0 0 7 8L2 13 3 14 8 9A4 4 0 0 0 14 6L11 7 9 5Z' },
  { page: 'dns', address: '/dns', mark: 'M8 1V6M8 6H3V10M8 6H13V10M1 10H5V14H1ZM11 10H15V14H11Z' },
  { page: 'load', address: '/alarm-load', mark: 'M2 14V9M6 14V4M10 14V7M14 14V2M1 14H15' },
  { page: 'rules', address: '/rules', mark: 'M3 1H13V15H3ZM6 5H10M6 8H10M6 11H10' },
];
/** Of those who may open it. */
const ofAdministrators: readonly Item[] = [
  {
    page: 'users',
    address: '/users',
    mark: 'M8 1A3 3 0 0 1 8 7A3 3 0 0 1 8 1ZM2 15V13A4 4 0 0 1 6 9H10A4 4 0 0 1 14 13V15Z',
  },
];

/** Under which page of the rail a page of one thing stands. */
const owner: Readonly<Partial<Record<PageName, PageName>>> = {
  incident: 'incidents',
  device: 'devices',
  ticket: 'tickets',
};

export function Rail({ page }: { readonly page: PageName }) {
  const say = words.value;
  const [isOpen, setOpen] = useState(false);
  const shown = owner[page] ?? page;
  useEffect(() => setOpen(false), [page]);
  const behind = [...further, ...ofAdministrators].find((item) => item.page === shown);
  const links = (items: readonly Item[]) =>
    items.map((item) => <PageLink key={item.page} item={item} isShown={item.page === shown} />);
  return (
    <nav class="rail" aria-label={say.console}>
      {links(first)}
      <button
        type="button"
        class={`further${behind === undefined ? '' : ' shown'}`}
        aria-expanded={isOpen}
        aria-controls="further"
        onClick={() => setOpen(!isOpen)}
      >
        {behind === undefined ? say.pages.more : say.pages[behind.page]} <span aria-hidden="true">▾</span>
      </button>
      <div id="further" class={isOpen ? 'open' : ''}>
        {links(further)}
        {session.value?.role === 'administrator' && links(ofAdministrators)}
        <div class="settings">
          <Choices />
        </div>
      </div>
    </nav>
  );
}

function PageLink({ item, isShown }: { readonly item: Item; readonly isShown: boolean }) {
  const counts: Partial<Record<PageName, number | undefined>> = {
    incidents: totals.value?.incidentsOpen,
    alarms: totals.value?.alarmsRaised,
  };
  const count = counts[item.page];
  return (
    <a href={item.address} aria-current={isShown ? 'page' : undefined}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={item.mark} />
      </svg>
      <span>{words.value.pages[item.page]}</span>
      {count !== undefined && <b class="count">{number(count)}</b>}
    </a>
  );
}
