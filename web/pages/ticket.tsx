/** One ticket: whose it is, what they said and asked, what happened to it, and where it hangs. */
import type { TicketJson } from '../../src/edge/http/contract.ts';
import { ActButton } from '../parts/act-button.tsx';
import { type Fact, Facts } from '../parts/facts.tsx';
import { Shown } from '../parts/states.tsx';
import { AttachForm, TextForm } from '../parts/ticket-forms.tsx';
import { useFetched } from '../state/api.ts';
import { addressOf } from '../state/route.ts';
import { time, timeWithSeconds, wordOf, words } from '../words/speak.ts';

export function TicketPage({ id }: { readonly id: string }) {
  const fetched = useFetched<TicketJson>(`/tickets/${encodeURIComponent(id)}`);
  return <Shown fetched={fetched}>{(ticket) => <Opened ticket={ticket} />}</Shown>;
}

function Opened({ ticket }: { readonly ticket: TicketJson }) {
  const say = words.value;
  const facts: readonly Fact[] = [
    [say.column.state, <b key="state">{say.ticketStatus[ticket.status]}</b>],
    [say.column.since, time(ticket.openedAt)],
    [say.column.channel, ticket.channel ?? '–'],
    [
      say.column.subscriber,
      ticket.subscriber === null ? (
        '–'
      ) : (
        <a href={addressOf('subscribers', ticket.subscriber)}>{ticket.subscriber}</a>
      ),
    ],
    [
      say.column.incident,
      ticket.incident === null ? (
        '–'
      ) : (
        <a href={addressOf('incidents', ticket.incident)}>{ticket.incident}</a>
      ),
    ],
    [say.etr.title, ticket.expectedResolutionAt === null ? say.etr.none : time(ticket.expectedResolutionAt)],
    [say.ticket.loops, String(ticket.loops)],
    ...hanging(ticket),
  ];
  return (
    <>
      <div class="head">
        <h1>
          {say.pages.ticket} <span class="mono">{ticket.id}</span>
        </h1>
      </div>
      <Facts facts={facts} />
      <Placing ticket={ticket} />
      <div class="panels">
        <section class="panel">
          <h2>{say.ticket.description}</h2>
          <p class="said">{ticket.description ?? (ticket.withheld ? say.ticket.withheld : '–')}</p>
          {ticket.questions.map((question) => (
            <Question key={question.id} ticket={ticket} question={question} />
          ))}
          <h2>{say.ticket.note}</h2>
          {ticket.note !== null && <p class="said">{ticket.note}</p>}
          <TextForm
            path={`/tickets/${encodeURIComponent(ticket.id)}/note`}
            label={ticket.kind === 'incident' ? say.ticket.noteToAll : say.ticket.noteHint}
            text={say.ticket.tell}
          />
        </section>
        <section class="panel">
          <h2>{say.ticket.history}</h2>
          <ol class="timeline">
            {ticket.history.toReversed().map((event) => (
              <li key={`${event.at} ${event.status} ${event.reason}`}>
                <time dateTime={event.at}>{timeWithSeconds(event.at)}</time>{' '}
                <b>{say.ticketStatus[event.status]}</b> {say.reason[event.reason]}
              </li>
            ))}
          </ol>
        </section>
      </div>
    </>
  );
}

/** Who should have had one and did not is never silent. */
const byPolicy = ({ opened, beyond }: NonNullable<TicketJson['byPolicy']>): string =>
  beyond === 0 ? String(opened) : `${opened}, ${words.value.ticket.beyond} ${beyond}`;

/** What it takes over from the incident, or how many hang on it. */
function hanging(ticket: TicketJson): readonly Fact[] {
  const say = words.value.ticket;
  const follows = ticket.follows.map((field) => wordOf(say.fields, field)).join(', ');
  return [
    ...(ticket.kind === 'incident'
      ? ([
          [say.attached, String(ticket.attached)],
          [say.contacts, String(ticket.contacts)],
          ...(ticket.byPolicy === null ? [] : [[say.byPolicy, byPolicy(ticket.byPolicy)] as const]),
        ] as const)
      : []),
    ...(follows === '' ? [] : ([[say.follows, follows]] as const)),
    ...(ticket.notOf.length === 0
      ? []
      : ([
          [
            say.notOf,
            ticket.notOf.map((id) => (
              <a key={id} href={addressOf('incidents', id)}>
                {id}
              </a>
            )),
          ],
        ] as const)),
  ];
}

/** Taken away by mistake it is attached again; taken away for good it is somebody's work. */
function Placing({ ticket }: { readonly ticket: TicketJson }) {
  const say = words.value.ticket;
  const path = `/tickets/${encodeURIComponent(ticket.id)}`;
  const isOver = ticket.status === 'closed' || ticket.status === 'cancelled' || ticket.status === 'rejected';
  if (ticket.kind === 'incident' || isOver) return null;
  if (ticket.incident === null) return <AttachForm path={`${path}/attach`} />;
  return (
    <p class="actions">
      <ActButton path={`${path}/detach`} text={say.detach} />
      <ActButton
        path={`${path}/detach`}
        body={{ notThisOutage: true }}
        text={say.notThisOutage}
        sure={say.sure}
      />
    </p>
  );
}

function Question({
  ticket,
  question: { id, at, text, answer, answeredAt },
}: {
  readonly ticket: TicketJson;
  readonly question: TicketJson['questions'][number];
}) {
  const say = words.value.ticket;
  const missing = ticket.withheld ? say.withheld : say.lost;
  return (
    <>
      <h2>
        {say.question} <time dateTime={at}>{time(at)}</time>
      </h2>
      <p class="said">{text ?? missing}</p>
      {answeredAt === null ? (
        <TextForm
          path={`/tickets/${encodeURIComponent(ticket.id)}/answer`}
          more={{ question: id }}
          label={say.answerHint}
          text={say.answer}
        />
      ) : (
        <p>
          <b>
            {say.answered} {time(answeredAt)}:
          </b>{' '}
          {answer ?? missing}
        </p>
      )}
    </>
  );
}
