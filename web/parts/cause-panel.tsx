/** Why: the causes with their probability, what speaks for the first of them, and the alarms that decided. */
import type { IncidentJson } from '../../src/edge/http/contract.ts';
import { type Explained, explained } from '../state/explained.ts';
import { causeName } from '../words/cause-name.ts';
import { filled, language, number, percent, plural, wordOf, words } from '../words/speak.ts';
import { Bar } from './bar.tsx';
import { Against, Change } from './doubts.tsx';
import { Evidence } from './evidence.tsx';

interface Props {
  readonly incident: IncidentJson;
}

export function CausePanel({ incident }: Props) {
  const say = words.value;
  const why = explained(incident);
  return (
    <section class="panel cause">
      <h2>
        {say.incident.cause} {incident.decidedAt !== null && <b>{percent(incident.probability)}</b>}
      </h2>
      {incident.decidedAt === null && <p class="lead">{say.incident.undecided}</p>}
      {incident.suspected && <p class="lead">{say.verdict.suspectedBy}</p>}
      <SubscribersSay said={why.subscribers} />
      {why.decidedBy !== undefined && (
        <p class="lead">
          {say.verdict.byHand} {why.decidedBy}
        </p>
      )}
      <Candidates incident={incident} />
      {why.redundancyLost && <p class="lead">{say.verdict.redundancyLost}</p>}
      {why.leaves > 0 && <Seen why={why} />}
      <Against why={why} />
      {incident.decidedAt !== null && incident.resolvedAt === null && (
        <Change incident={incident} why={why} />
      )}
      {incident.runbook !== null && (
        <details>
          <summary>{say.incident.runbook}</summary>
          <ol>
            {incident.runbook[language.value].map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </details>
      )}
      <Deciding incident={incident} why={why} />
    </section>
  );
}

function Candidates({ incident }: Props) {
  const say = words.value;
  const kind = (name: string): string => incident.kinds[name]?.[language.value] ?? name;
  const known = incident.candidates.reduce((sum, { probability }) => sum + probability, 0);
  return (
    <ol class="bars named candidates" aria-label={say.incident.candidates}>
      {incident.candidates.slice(0, 5).map((candidate) => (
        <li key={`${candidate.root} ${candidate.kind}`}>
          <span class="barname">
            <b>{candidate.root}</b> <small>{kind(candidate.kind)}</small>
            {candidate.indistinguishable?.map((other) => (
              <span key={`${other.root} ${other.kind}`}>
                {' '}
                {say.verdict.or} <b>{other.root}</b> <small>{kind(other.kind)}</small>
              </span>
            ))}
            {candidate.indistinguishable !== undefined && <small class="under">{say.verdict.alike}</small>}
          </span>
          <Bar share={candidate.probability} />
          <span class="barvalue">{percent(candidate.probability)}</span>
        </li>
      ))}
      {known < 0.995 && (
        <li>
          <span class="barname muted">{say.verdict.unknownCause}</span>
          <Bar share={1 - known} />
          <span class="barvalue">{percent(1 - known)}</span>
        </li>
      )}
    </ol>
  );
}

/** Their calls and answers, and what of them chance alone would have brought. */
function SubscribersSay({ said }: { readonly said: Explained['subscribers'] }) {
  const say = words.value.verdict;
  const lines = [
    ...(said.down > 0 ? [plural(said.down, say.callers)] : []),
    ...(said.notFixed > 0 ? [plural(said.notFixed, say.notFixed)] : []),
    ...(said.expected === undefined
      ? []
      : [filled(say.usualCalls, { expected: number(said.expected), minutes: number(said.minutes) })]),
  ];
  if (lines.length === 0) return null;
  return (
    <p>
      {lines.join(' ')}
      {said.by.length > 0 && <small class="mono under">{said.by.join(', ')}</small>}
    </p>
  );
}

const seen = ['spoken', 'silent', 'unknown', 'alive'] as const;

/** Of all that hangs below: who says it is down, who says nothing, who was not seen, who works. */
function Seen({ why }: { readonly why: Explained }) {
  const say = words.value.verdict;
  const all = Math.max(
    1,
    seen.reduce((sum, name) => sum + why[name], 0),
  );
  return (
    <div class="seen">
      <h3>
        {say.evidence}: {plural(why.leaves, say.leaves)}
      </h3>
      <span class="shares" aria-hidden="true">
        {seen.map(
          (name) => why[name] > 0 && <i key={name} class={name} style={{ flexGrow: `${why[name] / all}` }} />,
        )}
      </span>
      <ul class="tally">
        {seen.map((name) => (
          <li key={name} class={why[name] === 0 ? 'muted' : ''}>
            <i class={`key ${name}`} aria-hidden="true" /> <b>{number(why[name])}</b>{' '}
            {name === 'spoken' ? wordOf(say.spoken, why.population) : say[name]}
          </li>
        ))}
      </ul>
      {why.spokenSince > 0 && <p class="muted">{plural(why.spokenSince, say.spokenSince)}</p>}
      {why.early && <p class="muted">{say.early}</p>}
    </div>
  );
}

function Deciding({ incident, why }: Props & { readonly why: Explained }) {
  const say = words.value;
  return (
    <details>
      <summary>
        {say.incident.why}: {plural(incident.alarms.length, say.alarms)}, {say.incident.symptoms}{' '}
        {number(incident.suppressed)}
      </summary>
      {why.steps.length > 0 && <Chain steps={why.steps} />}
      {why.evidence.length > 0 && (
        <>
          <h3>{say.verdict.deciding}</h3>
          <ul class="lines">
            {why.evidence.map(([resource, symptom]) => (
              <li key={`${resource} ${symptom}`}>
                <span class="mono">{resource}</span> {wordOf(say.verdict.symptom, symptom)}
              </li>
            ))}
          </ul>
        </>
      )}
      {why.symptoms.length > 0 && (
        <p>
          {why.symptoms
            .map(([symptom, count]) => `${wordOf(say.verdict.symptom, symptom)} ${number(count)}`)
            .join(' · ')}
        </p>
      )}
      {why.outOfReach > 0 && <p>{plural(why.outOfReach, say.verdict.outOfReach)}</p>}
      {why.alarmsLeftOut > 0 && (
        <p>
          {number(why.alarmsLeftOut)} {say.verdict.leftOut}
        </p>
      )}
      <p class="muted">
        {[
          why.rule === undefined ? '' : `${say.verdict.rule}: ${wordOf(say.verdict.rules, why.rule)}`,
          why.rules === undefined ? '' : `${say.verdict.ruleSet} ${why.rules}`,
          why.topology === undefined ? '' : `${say.verdict.topology} ${number(why.topology)}`,
        ]
          .filter((text) => text !== '')
          .join(' · ')}
      </p>
      <details>
        <summary>{say.verdict.figures}</summary>
        <Evidence value={incident.explanation} />
      </details>
    </details>
  );
}

/** How alarms that no tree and no path explains came together, one after the other. */
function Chain({ steps }: { readonly steps: Explained['steps'] }) {
  const say = words.value.verdict;
  return (
    <>
      <h3>{say.chain}</h3>
      <ol class="lines">
        {steps.map(({ resource, cause, how, alarm, seconds, share }, i) => (
          <li key={i}>
            <span class="mono">{resource}</span> {causeName(cause)} –{' '}
            {filled(wordOf(say.step, how), { seconds: number(seconds) })}{' '}
            {alarm !== undefined && <span class="mono">{alarm}</span>} ({percent(share)})
          </li>
        ))}
      </ol>
    </>
  );
}
