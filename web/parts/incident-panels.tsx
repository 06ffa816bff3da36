/** Panels of the incident page made from the incident itself: cause, affected, notices, timeline. */
import type { IncidentJson } from '../../src/edge/http/contract.ts';
import { addressOf } from '../state/route.ts';
import { language, number, plural, timeWithSeconds, wordOf, words } from '../words/speak.ts';
import { ActButton } from './act-button.tsx';
import { Evidence } from './evidence.tsx';

interface PanelProps {
  readonly incident: IncidentJson;
}

const percent = (share: number): string => `${Math.round(share * 100)}\u00a0%`;

export function CausePanel({ incident }: PanelProps) {
  const say = words.value.incident;
  const known = incident.candidates.reduce((sum, candidate) => sum + candidate.probability, 0);
  return (
    <section class="panel">
      <h2>
        {say.cause} {incident.decidedAt !== null && <b>{percent(incident.probability)}</b>}
      </h2>
      <p class="lead">{incident.decidedAt === null ? say.undecided : incident.words[language.value].cause}</p>
      <ol class="bars" aria-label={say.candidates}>
        {incident.candidates.slice(0, 5).map((candidate) => (
          <li key={`${candidate.root} ${candidate.kind}`}>
            <span class="barname">
              {candidate.root} <small>{candidate.kind}</small>
              {candidate.indistinguishable?.map((other) => (
                <span key={`${other.root} ${other.kind}`}>
                  {' '}
                  {say.or} {other.root} <small>{other.kind}</small>
                </span>
              ))}
            </span>
            <Bar share={candidate.probability} />
            <span class="barvalue">{percent(candidate.probability)}</span>
          </li>
        ))}
        {known < 0.995 && (
          <li>
            <span class="barname muted">{say.rest}</span>
            <Bar share={1 - known} />
            <span class="barvalue">{percent(1 - known)}</span>
          </li>
        )}
      </ol>
      {incident.runbook !== null && (
        <details>
          <summary>{say.runbook}</summary>
          <ol>
            {incident.runbook[language.value].map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </details>
      )}
      <details>
        <summary>
          {say.why}: {plural(incident.alarms.length, words.value.alarms)}, {say.symptoms}{' '}
          {number(incident.suppressed)}
        </summary>
        <Evidence value={incident.explanation} />
      </details>
    </section>
  );
}

function Bar({ share }: { readonly share: number }) {
  return (
    <span class="bar" aria-hidden="true">
      <i style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%` }} />
    </span>
  );
}

export function AffectedPanel({ incident }: PanelProps) {
  const say = words.value;
  const classes = ['residential', 'business', 'priority', 'vip', 'staff'] as const;
  return (
    <section class="panel">
      <h2>
        {say.incident.affected} <b>{plural(incident.subscribers, say.subscribers)}</b>
      </h2>
      <ul class="bars">
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
    </section>
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
      {notices.planned === 0 ? (
        <p class="muted">{say.incident.none}</p>
      ) : (
        <>
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
          </p>
        </>
      )}
    </section>
  );
}

export function TimelinePanel({ incident }: PanelProps) {
  const say = words.value;
  return (
    <section class="panel">
      <h2>{say.incident.timeline}</h2>
      {incident.parent !== null && (
        <p>
          ‹ <a href={addressOf('incidents', incident.parent)}>{incident.parent}</a>
        </p>
      )}
      <ol class="timeline">
        {incident.history.toReversed().map((event) => (
          <li key={`${event.at} ${event.event} ${event.root}`}>
            <time dateTime={event.at}>{timeWithSeconds(event.at)}</time>{' '}
            <b>{wordOf(say.event, event.event)}</b> {event.root ?? ''}{' '}
            {event.probability === undefined ? '' : percent(event.probability)}
          </li>
        ))}
      </ol>
    </section>
  );
}
