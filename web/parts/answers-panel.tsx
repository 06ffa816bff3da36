/** What subscribers answered to "is it fixed?", and their marks. */
import type { ConfirmationJson, ListJson } from '../../src/edge/http/contract.ts';
import { useFetched } from '../state/api.ts';
import { addressOf } from '../state/route.ts';
import { language, number, time, words } from '../words/speak.ts';
import { Shown } from './states.tsx';
import { Table } from './table.tsx';

type Outcome = 'waiting' | 'fixed' | 'notFixed' | 'contactMe' | 'unanswered';

const outcomes: readonly Outcome[] = ['fixed', 'notFixed', 'contactMe', 'waiting', 'unanswered'];

function outcomeOf(confirmation: ConfirmationJson): Outcome {
  const last = confirmation.answers.at(-1);
  if (last !== undefined) return last.answer;
  const isOver = /^(EXPIRED|UNREACHABLE|CLOSED|SUPERSEDED)/.test(confirmation.state);
  return isOver ? 'unanswered' : 'waiting';
}

export function AnswersPanel({ incident }: { readonly incident: string }) {
  const say = words.value;
  const fetched = useFetched<ListJson<ConfirmationJson>>(
    `/confirmations?incident=${encodeURIComponent(incident)}&limit=1000`,
  );
  return (
    <section class="panel">
      <h2>{say.incident.answers}</h2>
      <Shown fetched={fetched}>
        {(list) =>
          list.items.length === 0 ? <p class="muted">{say.incident.notAsked}</p> : <Answers list={list} />
        }
      </Shown>
    </section>
  );
}

const spared = ['askedLately', 'complainedLately'] as const;

/** A mark, or why nobody asked for one. */
function markOf({ rating, toRate }: ConfirmationJson) {
  const why = spared.find((one) => one === toRate);
  if (rating !== null || why === undefined) return rating?.score ?? '–';
  return <span class="muted">{words.value.incident.notRated[why]}</span>;
}

function Answers({ list }: { readonly list: ListJson<ConfirmationJson> }) {
  const say = words.value;
  const marks = list.items.flatMap((item) => (item.rating === null ? [] : [item.rating.score]));
  const mean = marks.reduce((sum, mark) => sum + mark, 0) / marks.length;
  const meanText = new Intl.NumberFormat(language.value, { maximumFractionDigits: 1 }).format(mean);
  const spoken = list.items.filter((item) => item.answers.length > 0 || item.rating !== null).slice(0, 10);
  return (
    <>
      <ul class="tally">
        {outcomes.map((outcome) => (
          <li key={outcome}>
            <b>{number(list.items.filter((item) => outcomeOf(item) === outcome).length)}</b>{' '}
            {say.confirmation[outcome]}
          </li>
        ))}
        {spared
          .filter((why) => list.items.some(({ toRate }) => toRate === why))
          .map((why) => (
            <li key={why}>
              <b>{number(list.items.filter(({ toRate }) => toRate === why).length)}</b> {say.incident.noMark}{' '}
              {say.incident.notRated[why]}
            </li>
          ))}
        {marks.length > 0 && (
          <li>
            <b>{meanText}</b> {say.incident.rating} ({number(marks.length)})
          </li>
        )}
      </ul>
      {spoken.length > 0 && (
        <Table
          label={say.incident.answers}
          items={spoken}
          keyOf={(item) => item.id}
          columns={[
            {
              title: say.column.subscriber,
              cell: (item) => <a href={addressOf('subscribers', item.subscriber)}>{item.subscriber}</a>,
            },
            { title: say.incident.answers, cell: (item) => say.confirmation[outcomeOf(item)] },
            {
              title: say.column.since,
              class: 'fit',
              cell: (item) => time(item.answers.at(-1)?.at ?? item.rating!.at),
            },
            { title: say.incident.mark, class: 'number', cell: markOf },
          ]}
        />
      )}
    </>
  );
}
