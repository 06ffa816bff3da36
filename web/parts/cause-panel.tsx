/** Why: the causes with their probability, what speaks for and against the first, and what would change the verdict. */
import type { IncidentJson } from '../../src/edge/http/contract.ts';
import { type Explained, explained } from '../state/explained.ts';
import { language, number, percent, plural, wordOf, words } from '../words/speak.ts';
import { Bar } from './bar.tsx';
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
      {why.decidedBy !== undefined && (
        <p class="lead">
          {say.verdict.byHand} {why.decidedBy}
        </p>
      )}
      <Candidates incident={incident} />
      {why.redundancyLost && <p class="lead">{say.verdict.redundancyLost}</p>}
      {why.leaves > 0 && <Seen why={why} />}
      <Against why={why} />
      {incident.decidedAt !== null && <Change why={why} isOver={incident.resolvedAt !== null} />}
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
            <i class={`key ${name}`} aria-hidden="true" /> <b>{number(why[name])}</b> {say[name]}
          </li>
        ))}
      </ul>
      {why.early && <p class="muted">{say.early}</p>}
    </div>
  );
}

function Against({ why }: { readonly why: Explained }) {
  const say = words.value.verdict;
  if (why.leaves === 0) return null;
  const lines = [
    ...(why.alive > 0 ? [plural(why.alive, say.aliveAgainst)] : []),
    ...(why.silent > 0 ? [plural(why.silent, say.silentAgainst)] : []),
  ];
  return (
    <div class="against">
      <h3>{say.against}</h3>
      {lines.length === 0 ? (
        <p class="muted">{say.nothingAgainst}</p>
      ) : (
        <ul class="lines">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** What was asked of the network so that the causes are told apart, and what it answered. */
function Change({ why, isOver }: { readonly why: Explained; readonly isOver: boolean }) {
  const say = words.value.verdict;
  const { measurement, answer } = why;
  if (isOver) return null;
  return (
    <div class="change">
      <h3>{say.change}</h3>
      {measurement === undefined ? (
        <p class="muted">{say.sure}</p>
      ) : (
        <>
          <p>{wordOf(say.changeBy, measurement.why)}</p>
          <dl class="pairs">
            <dt>{say.between}</dt>
            <dd class="mono">{measurement.between.join(` ${say.or} `)}</dd>
            <dt>{say.asked}</dt>
            <dd class="mono">{measurement.resources.join(', ')}</dd>
            <dt>{say.answered}</dt>
            <dd>
              {answer === undefined
                ? say.noAnswer
                : `${number(answer.alive)} ${say.alive}, ${number(answer.unknown)} ${say.unknown}`}
            </dd>
          </dl>
        </>
      )}
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
