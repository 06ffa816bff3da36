/** What of an incident must be read in the first seconds: what, whom, since when, until when, and what can be done to it. */
import { useState } from 'preact/hooks';
import type { IncidentJson, StatusJson, WorksJson } from '../../src/edge/http/contract.ts';
import { useFetched } from '../state/api.ts';
import { type Home, merge, plannedDeed } from '../state/deeds.ts';
import { explained } from '../state/explained.ts';
import { usePageKeys } from '../state/keys.ts';
import { clock, incidents, isOver } from '../state/live.ts';
import { addressOf } from '../state/route.ts';
import { filled, language, length, number, percent, plural, time, wordOf, words } from '../words/speak.ts';
import { Chooser } from './chooser.tsx';
import { Etr, EtrForm } from './etr.tsx';
import { Facts } from './facts.tsx';
import { Severity } from './severity.tsx';

export const homeOf = (incident: Pick<IncidentJson, 'id' | 'words' | 'resolvedAt' | 'into'>): Home => ({
  id: incident.id,
  isOver: incident.resolvedAt !== null || incident.into !== null,
  title: incident.id,
});

export function IncidentHead({ incident }: { readonly incident: IncidentJson }) {
  const say = words.value;
  const over = isOver({ ...incident, alarmCount: incident.alarms.length });
  const until = incident.resolvedAt === null ? clock.value : Date.parse(incident.resolvedAt);
  const since = length(until - Date.parse(incident.startedAt));
  return (
    <div class="incidenthead">
      <div class="crumbs">
        <p class="muted">
          <a href="/incidents">‹ {say.pages.incidents}</a> · <span class="mono">{incident.id}</span>
        </p>
        {!over && <MergeButton incident={incident} />}
      </div>
      <h1>
        <Severity of={incident.severity} isTaken={over} /> {incident.words[language.value].title}
      </h1>
      {incident.planned && (
        <p class="works">
          <b>{say.verdict.works}</b> {incident.works !== null && <Works id={incident.works} />}{' '}
          {say.verdict.worksHint}
        </p>
      )}
      {!over && <RootGone incident={incident} />}
      <Facts
        facts={[
          [say.column.state, <State key="state" incident={incident} />],
          [
            say.column.since,
            <>
              <b>{time(incident.startedAt)}</b> ·{' '}
              {incident.resolvedAt === null ? say.incident.duration : say.incident.lasted} {since}
            </>,
          ],
          [say.column.affected, <b key="affected">{plural(incident.subscribers, say.subscribers)}</b>],
          [say.etr.title, <Restoration key="etr" incident={incident} isOver={over} />],
        ]}
      />
    </div>
  );
}

/** An import took the name away by which the cause is known: the incident keeps it. */
function RootGone({ incident }: { readonly incident: IncidentJson }) {
  const say = words.value.verdict;
  const gone = explained(incident).rootGone;
  if (gone === undefined || incident.root === null) return null;
  const hint = gone.nowCalled === undefined ? say.rootGone : say.rootRenamed;
  return <p class="works">{filled(hint, { root: incident.root, name: gone.nowCalled ?? '' })}</p>;
}

/** What was announced, when and on what; works that the topology file lists no more are known by their id. */
function Works({ id }: { readonly id: string }) {
  const fetched = useFetched<WorksJson>(`/works/${encodeURIComponent(id)}`);
  const works = fetched.kind === 'ready' ? fetched.value : undefined;
  return (
    <>
      <a href={`/works?q=${encodeURIComponent(id)}`}>{works?.title ?? id}</a>
      {works !== undefined && (
        <>
          , {time(works.from)} – {time(works.to)}, <span class="mono">{works.resources.join(', ')}</span>
        </>
      )}
      .
    </>
  );
}

function State({ incident }: { readonly incident: IncidentJson }) {
  const say = words.value;
  return (
    <>
      {wordOf(say.state, incident.state)}
      {incident.into !== null && (
        <>
          {' '}
          · {say.incident.mergedInto} <a href={addressOf('incidents', incident.into)}>{incident.into}</a>
        </>
      )}
    </>
  );
}

/** The range with its source, how often it moved, and how well such promises held until now. */
function Restoration({
  incident,
  isOver: over,
}: {
  readonly incident: IncidentJson;
  readonly isOver: boolean;
}) {
  const say = words.value;
  const { etr } = incident;
  return (
    <>
      <Etr etr={etr} isOver={over} />
      {!over && etr !== null && (
        <small>
          {' · '}
          {say.etr[etr.source]}
          {etr.revision > 1 && `, ${plural(etr.revision - 1, say.verdict.revision)}`}
        </small>
      )}
      {!over && etr !== null && etr.source !== 'operator' && <Held />}
      {!over && (
        <>
          {' '}
          <EtrForm incident={incident.id} etr={etr} />
        </>
      )}
    </>
  );
}

function Held() {
  const say = words.value.verdict;
  const status = useFetched<StatusJson>('/status', 60_000);
  if (status.kind !== 'ready') return null;
  const { etrKept: kept = 0, etrMissed: missed = 0 } = status.value.counters;
  const all = kept + missed;
  return (
    <small title={say.median}>
      {' · '}
      {all === 0
        ? say.keptNone
        : `${say.kept} ${percent(kept / all)} ${plural(all, say.keptOf)} (${say.keptAim})`}
    </small>
  );
}

function MergeButton({ incident }: { readonly incident: IncidentJson }) {
  const say = words.value.feedback;
  const [isOpen, setOpen] = useState(false);
  usePageKeys({ m: () => setOpen(true) });
  const others = incidents.value.filter((other) => other.id !== incident.id && !isOver(other));
  return (
    <Chooser
      title={say.title.merge}
      button={`${say.merge}`}
      hotkey="m"
      label={say.findIncident}
      none={say.refused.none}
      isOpen={isOpen}
      setOpen={setOpen}
      items={others}
      keyOf={(other) => other.id}
      texts={(other) => [other.id, other.words[language.value].title]}
      row={(other) => (
        <>
          <Severity of={other.severity} /> {other.words[language.value].title}{' '}
          <small>
            {other.id} · {time(other.startedAt)} · {number(other.subscribers)}
          </small>
        </>
      )}
      onChoose={(other) => {
        plannedDeed.value = merge(homeOf(incident), homeOf(other));
      }}
    />
  );
}
