/** Panels of the incident page made from the incident itself: who is affected, who was told. */
import type { IncidentJson } from '../../src/edge/http/contract.ts';
import { number, plural, words } from '../words/speak.ts';
import { ActButton } from './act-button.tsx';
import { Bar } from './bar.tsx';
import { NoticePreview } from './notice-preview.tsx';
import { Losses, Revisions } from './revisions-panel.tsx';

interface PanelProps {
  readonly incident: IncidentJson;
}

export function AffectedPanel({ incident }: PanelProps) {
  const say = words.value;
  const classes = ['residential', 'business', 'priority', 'vip', 'staff'] as const;
  return (
    <section class="panel">
      <h2>
        {say.incident.affected} <b>{plural(incident.subscribers, say.subscribers)}</b>{' '}
        {incident.subscribers > 0 && <a href="#subscribers">{say.incident.showAll}</a>}
      </h2>
      {incident.subscribers === 0 && <p class="muted">{say.verdict.nobody}</p>}
      <ul class="bars" hidden={incident.subscribers === 0}>
        {classes.map((name) => {
          const count = incident.byClass?.[name] ?? 0;
          return (
            <li key={name}>
              <span class="barname">{say.subscriberClass[name]}</span>
              <Bar share={incident.subscribers === 0 ? 0 : count / incident.subscribers} />
              <span class="barvalue">{number(count)}</span>
            </li>
          );
        })}
      </ul>
      <Levels incident={incident} />
      <Losses incident={incident} />
      <Revisions incident={incident} />
    </section>
  );
}

const levels = ['proved', 'inferred', 'suspected'] as const;

function Levels({ incident: { levels: counts, subscribers } }: PanelProps) {
  const say = words.value.incident;
  // The number above may be newer: parts of an older one would not add up to it.
  if (counts === null || levels.reduce((sum, level) => sum + counts[level], 0) !== subscribers) return null;
  return (
    <>
      <h3>{say.levels}</h3>
      <ul class="bars" aria-label={say.levels}>
        {levels.map((level) => (
          <li key={level}>
            <span class="barname">{say.level[level]}</span>
            <Bar share={counts[level] / subscribers} />
            <span class="barvalue">{number(counts[level])}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

const funnel = ['planned', 'queued', 'sent', 'delivered'] as const;
const losses = ['failed', 'uncertain', 'expired', 'suppressed'] as const;

export function NoticesPanel({ incident }: PanelProps) {
  const say = words.value;
  const { notices } = incident;
  return (
    <section class="panel">
      <h2>
        {say.incident.notices}{' '}
        <a href={`/notices?incident=${encodeURIComponent(incident.id)}`}>{say.incident.showAll}</a>
      </h2>
      {notices.held > 0 && (
        <div class="decision">
          <p>
            <b>{number(notices.held)}</b> {say.incident.waits}
          </p>
          <ActButton
            path="/notices/approve"
            body={{ incident: incident.id }}
            text={say.incident.approve}
            sure={`${say.incident.confirmApprove} (${number(notices.held)})`}
            isPrimary
          />
          <ActButton path="/notices/refuse" body={{ incident: incident.id }} text={say.incident.refuse} />
        </div>
      )}
      {notices.held + notices.queued > 0 && <NoticePreview incident={incident.id} />}
      {notices.planned === 0 ? (
        <p class="muted">{say.incident.none}</p>
      ) : (
        <>
          <p class="lead">
            {say.incident.told} <b>{number(incident.told)}</b> {say.of} {number(incident.subscribers)}{' '}
            {say.incident.ofAffected}
          </p>
          <h3>{say.incident.messages}</h3>
          <ul class="bars">
            {funnel.map((state) => (
              <li key={state}>
                <span class="barname">{say.noticeState[state]}</span>
                <Bar share={notices[state] / notices.planned} />
                <span class="barvalue">{number(notices[state])}</span>
              </li>
            ))}
          </ul>
          <p class="muted">
            {losses.map((state) => `${say.noticeState[state]} ${number(notices[state])}`).join(' · ')}
            {notices.maybeTwice > 0 && ` · ${say.maybeTwice} ${number(notices.maybeTwice)}`}
          </p>
        </>
      )}
    </section>
  );
}
