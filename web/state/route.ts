/** Which page is open, by the address; links of our own are followed without leaving the page. */
import { signal } from '@preact/signals';

export type PageName =
  | 'incidents'
  | 'incident'
  | 'alarms'
  | 'load'
  | 'notices'
  | 'tasks'
  | 'tickets'
  | 'ticket'
  | 'devices'
  | 'device'
  | 'dns'
  | 'rules'
  | 'works'
  | 'subscriber'
  | 'users'
  | 'nothing';

export interface Route {
  readonly page: PageName;
  readonly id: string;
  readonly query: URLSearchParams;
}

const lists: Readonly<Record<string, PageName>> = {
  '': 'incidents',
  incidents: 'incidents',
  alarms: 'alarms',
  'alarm-load': 'load',
  notices: 'notices',
  tasks: 'tasks',
  tickets: 'tickets',
  devices: 'devices',
  dns: 'dns',
  rules: 'rules',
  works: 'works',
  users: 'users',
};
const single: Readonly<Record<string, PageName>> = {
  incidents: 'incident',
  tickets: 'ticket',
  devices: 'device',
  subscribers: 'subscriber',
};

export const route = signal<Route>(read());

function read(): Route {
  const [first = '', id] = location.pathname.split('/').slice(1);
  const table = id === undefined || id === '' ? lists : single;
  const page = Object.hasOwn(table, first) ? table[first]! : 'nothing';
  return { page, id: decode(id ?? ''), query: new URLSearchParams(location.search) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const addressOf = (folder: string, id: string): string => `/${folder}/${encodeURIComponent(id)}`;

export function go(address: string): void {
  history.pushState(null, '', address);
  route.value = read();
  window.scrollTo(0, 0);
}

/** Back to the list an open thing belongs to. */
export function goUp(): void {
  const { page } = route.value;
  if (page === 'device') go('/devices');
  else if (page === 'ticket') go('/tickets');
  else if (page !== 'incidents') go('/incidents');
}

/** Puts the filter into the address, so that the view can be sent to somebody. */
export function setQuery(name: string, value: string): void {
  const url = new URL(location.href);
  if (value === '') url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  history.replaceState(null, '', url);
  route.value = read();
}

export function startRouting(): void {
  window.addEventListener('popstate', () => {
    route.value = read();
  });
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey)
      return;
    const link = (event.target as Element).closest?.('a');
    if (link === null || link === undefined || link.origin !== location.origin) return;
    if (link.target !== '' || link.hasAttribute('download')) return;
    event.preventDefault();
    if (link.hash !== '' && link.pathname === location.pathname)
      document.querySelector<HTMLElement>(link.hash)?.focus();
    else go(link.pathname + link.search);
  });
}
