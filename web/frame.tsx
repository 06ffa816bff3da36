/** What stands around every page: rail, top bar with the live state, banners, help, and the one spoken status line. */
import type { ComponentChild } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { AlarmsPage } from './pages/alarms.tsx';
import { IncidentPage } from './pages/incident.tsx';
import { IncidentsPage } from './pages/incidents.tsx';
import { DeedDialog, DoneLine } from './parts/deed-dialog.tsx';
import { Help } from './parts/help.tsx';
import { later } from './parts/later.tsx';
import { Rail } from './parts/rail.tsx';
import { Missing } from './parts/states.tsx';
import { TopBar } from './parts/top-bar.tsx';
import { isSignedOut, session } from './state/api.ts';
import { heardAt, stream, totals } from './state/live.ts';
import { type PageName, route } from './state/route.ts';
import { length, plural, timeWithSeconds, words } from './words/speak.ts';

const AlarmLoadPage = later(() => import('./pages/alarm-load.tsx').then((page) => page.AlarmLoadPage));
const DevicePage = later(() => import('./pages/devices.tsx').then((page) => page.DevicePage));
const DevicesPage = later(() => import('./pages/devices.tsx').then((page) => page.DevicesPage));
const DnsPage = later(() => import('./pages/dns.tsx').then((page) => page.DnsPage));
const NoticesPage = later(() => import('./pages/notices.tsx').then((page) => page.NoticesPage));
const RulesPage = later(() => import('./pages/rules.tsx').then((page) => page.RulesPage));
const SubscriberPage = later(() => import('./pages/subscriber.tsx').then((page) => page.SubscriberPage));
const TasksPage = later(() => import('./pages/tasks.tsx').then((page) => page.TasksPage));
const TicketPage = later(() => import('./pages/ticket.tsx').then((page) => page.TicketPage));
const TicketsPage = later(() => import('./pages/tickets.tsx').then((page) => page.TicketsPage));
const UsersPage = later(() => import('./pages/users.tsx').then((page) => page.UsersPage));
const WorksPage = later(() => import('./pages/works.tsx').then((page) => page.WorksPage));

export function Frame() {
  const { page, id, query } = route.value;
  return (
    <>
      <a class="skip" href="#content">
        {words.value.skip}
      </a>
      <TopBar />
      <Banners />
      <div class="body">
        <Rail page={page} />
        <main id="content" tabIndex={-1}>
          {pageOf(page, id, query)}
        </main>
      </div>
      <Spoken />
      <DoneLine />
      <DeedDialog />
      <Help />
    </>
  );
}

function pageOf(page: PageName, id: string, query: URLSearchParams): ComponentChild {
  switch (page) {
    case 'incidents':
      return <IncidentsPage />;
    case 'incident':
      return <IncidentPage key={id} id={id} />;
    case 'alarms':
      return <AlarmsPage />;
    case 'load':
      return <AlarmLoadPage />;
    case 'notices':
      return <NoticesPage incident={query.get('incident')} />;
    case 'tasks':
      return <TasksPage />;
    case 'tickets':
      return <TicketsPage />;
    case 'ticket':
      return <TicketPage key={id} id={id} />;
    case 'devices':
      return <DevicesPage />;
    case 'device':
      return <DevicePage key={id} id={id} />;
    case 'dns':
      return <DnsPage />;
    case 'rules':
      return <RulesPage />;
    case 'works':
      return <WorksPage />;
    case 'users':
      return <UsersPage />;
    case 'subscriber':
      return <SubscriberPage key={id} id={id} />;
    case 'nothing':
      return <Missing />;
  }
}

/** One polite line for those who listen, spoken anew at most every 10 s (WCAG 4.1.3). */
function Spoken() {
  const say = words.value;
  const now = `${say.pages.incidents}: ${totals.value?.incidentsOpen ?? 0}, ${plural(totals.value?.subscribersAffected ?? 0, say.subscribers)}`;
  const latest = useRef(now);
  latest.current = now;
  const [spoken, setSpoken] = useState('');
  useEffect(() => {
    const timer = setInterval(() => setSpoken(latest.current), 10_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <p class="hiddenlabel" role="status">
      {spoken}
    </p>
  );
}

function Banners() {
  const say = words.value;
  const demo = session.value?.demo;
  const blind = totals.value?.blindCollectors ?? [];
  return (
    <>
      {isSignedOut.value && (
        <p class="banner loud" role="alert">
          {say.live.signedOut}
        </p>
      )}
      {stream.value === 'stale' && (
        <p class="banner loud" role="alert">
          {say.live.staleBanner} {timeWithSeconds(new Date(heardAt.value!).toISOString())}
        </p>
      )}
      {blind.length > 0 && (
        <p class="banner blind" role="alert">
          {say.live.blind} {blind.join(', ')}
        </p>
      )}
      {demo !== null && demo !== undefined && (
        <p class="banner quiet">
          {say.demo}
          <span class="wideonly">
            : {say.demoHold} {length(demo.holdMs)}, {say.demoStable} {length(demo.stableForMs)},{' '}
            {say.demoRemind} {length(demo.remindAfterMs)}
          </span>
          .
        </p>
      )}
    </>
  );
}
