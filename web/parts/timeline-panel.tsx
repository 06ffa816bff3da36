/** What changed in an incident, the newest first: by the engine, and by people with their names. */
import type { IncidentJson } from '../../src/edge/http/contract.ts';
import { explained } from '../state/explained.ts';
import { addressOf } from '../state/route.ts';
import { language, percent, timeWithSeconds, wordOf, words } from '../words/speak.ts';

interface Line {
  readonly at: string;
  readonly event: string;
  readonly text: string;
  readonly before?: string | undefined;
  readonly by?: string | undefined;
}

const shownThings = 4;

export function TimelinePanel({ incident }: { readonly incident: IncidentJson }) {
  const say = words.value;
  return (
    <section class="panel history">
      <h2>{say.verdict.history}</h2>
      {incident.parent !== null && (
        <p>
          ‹ <a href={addressOf('incidents', incident.parent)}>{incident.parent}</a>
        </p>
      )}
      <ol class="timeline">
        {linesOf(incident).map(({ at, event, text, before, by }, i) => (
          <li key={`${at} ${event} ${i}`}>
            <time dateTime={at}>{timeWithSeconds(at)}</time> <b>{event}</b> {text}
            {before !== undefined && (
              <small>
                {say.verdict.wasBefore} {before}
              </small>
            )}
            {by !== undefined && (
              <span class="person">
                {' '}
                {say.verdict.by} {by}
              </span>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Each event with what it changed: the root and the probability only where they are new. */
function linesOf(incident: IncidentJson): readonly Line[] {
  const say = words.value;
  const kind = (name: string | undefined): string =>
    name === undefined ? '' : (incident.kinds[name]?.[language.value] ?? name);
  const remarked = explained(incident).operators;
  // What a person did is told once, with what it was about.
  const isRemarked = ({ at, by }: IncidentJson['history'][number]): boolean =>
    by !== undefined && remarked.some((one) => one.by === by && new Date(one.at).toISOString() === at);
  const events = incident.history.map((event, i): Line => {
    const before = incident.history
      .slice(0, i)
      .findLast(({ event: of }) => of === 'decide' || of === 're-root');
    const isVerdict = event.event === 'decide' || event.event === 're-root';
    const text = isVerdict
      ? [event.root, kind(event.kind), event.probability === undefined ? '' : percent(event.probability)]
      : [];
    const was =
      event.event === 're-root' && before?.root !== undefined && before.root !== event.root
        ? `${before.root} ${kind(before.kind)} ${before.probability === undefined ? '' : percent(before.probability)}`
        : undefined;
    return {
      at: event.at,
      event: wordOf(say.event, event.event),
      text: text.filter((part) => part !== undefined && part !== '').join(' · '),
      before: was,
      by: event.by,
    };
  });
  const remarks = remarked.map(({ at, by, said, what }): Line => {
    const more = what.length > shownThings ? ` + ${what.length - shownThings}` : '';
    return {
      at: new Date(at).toISOString(),
      event: wordOf(say.verdict.operators, said),
      text: `${what.slice(0, shownThings).join(', ')}${more}`,
      by,
    };
  });
  return [...events.filter((_, i) => !isRemarked(incident.history[i]!)), ...remarks].sort((a, b) =>
    a.at < b.at ? 1 : a.at > b.at ? -1 : 0,
  );
}
