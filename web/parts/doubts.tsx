/** What speaks against the cause that is stated, and what would make another one the likelier. */
import type { IncidentJson } from '../../src/edge/http/contract.ts';
import type { Explained, Turn } from '../state/explained.ts';
import { filled, language, number, plural, wordOf, words } from '../words/speak.ts';

/** At and above this the collectors are asked nothing more. */
const sureFrom = 0.8;

export function Against({ why }: { readonly why: Explained }) {
  const say = words.value.verdict;
  const { quiet } = why;
  if (why.leaves === 0 && quiet === undefined) return null;
  const lines = [
    ...(why.alive > 0 ? [plural(why.alive, say.aliveAgainst)] : []),
    ...(why.silent > 0 ? [plural(why.silent, say.silentAgainst)] : []),
  ];
  const isQuiet = quiet !== undefined && quiet.count > 0;
  return (
    <div class="against">
      <h3>{say.against}</h3>
      {lines.length === 0 && !isQuiet ? (
        <p class="muted">{say.nothingAgainst}</p>
      ) : (
        <ul class="lines">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
          {isQuiet && (
            <li>
              {plural(quiet.count, say.quiet)} <Names of={quiet.of} all={quiet.count} />
            </li>
          )}
        </ul>
      )}
    </div>
  );
}

/** What would have to be heard, and what was asked of the network so that the causes are told apart, with its answer. */
export function Change({ incident, why }: { readonly incident: IncidentJson; readonly why: Explained }) {
  const say = words.value.verdict;
  const { measurement, change } = why;
  const isSure = incident.probability >= sureFrom;
  return (
    <div class="change">
      <h3>{say.change}</h3>
      {change.length > 0 && (
        <>
          <p class="muted">{say.likelier}</p>
          <ul class="lines">
            {change.map((turn, i) => (
              <li key={i}>
                <Turned turn={turn} incident={incident} population={why.population} />
              </li>
            ))}
          </ul>
        </>
      )}
      {measurement === undefined ? (
        <p class="muted">{isSure ? say.sure : say.notAsked}</p>
      ) : (
        <Asked measurement={measurement} answer={why.answer} />
      )}
    </div>
  );
}

function Turned({
  turn,
  incident,
  population,
}: {
  readonly turn: Turn;
  readonly incident: IncidentJson;
  readonly population: string;
}) {
  const say = words.value.verdict;
  const { cause, when, of, atLeast } = turn;
  const kind = incident.candidates.find(({ root }) => root === cause)?.kind;
  const named = { below: turn.below ?? '', outside: turn.outside ?? '' };
  const isItself = of.length === 1 && of[0] === cause;
  const condition = (): string => {
    if (when === 'dark')
      return filled(plural(atLeast, say.turn.dark[population] ?? say.turn.dark.down), named);
    if (when === 'alive') return filled(plural(atLeast, say.turn.alive), named);
    if (isItself) return wordOf(say.turn.itself, when);
    const [only, ...more] = of;
    return more.length > 0
      ? wordOf(say.turn.several, when)
      : filled(wordOf(say.turn.one, when), { of: only ?? '' });
  };
  return (
    <>
      <b class="mono">{cause}</b>{' '}
      {kind !== undefined && <small>{incident.kinds[kind]?.[language.value] ?? kind}</small>} – {condition()}{' '}
      {of.length > 1 && <Names of={of} all={of.length} />}
    </>
  );
}

function Asked({
  measurement,
  answer,
}: {
  readonly measurement: NonNullable<Explained['measurement']>;
  readonly answer: Explained['answer'];
}) {
  const say = words.value.verdict;
  return (
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
  );
}

function Names({ of, all }: { readonly of: readonly string[]; readonly all: number }) {
  const rest = all - of.length;
  return (
    <span class="mono">
      {of.join(', ')}
      {rest > 0 && ` + ${number(rest)}`}
    </span>
  );
}
