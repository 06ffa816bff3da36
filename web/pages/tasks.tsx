/** Work of staff: what, for whom, until when, and why it went to that person. */
import type { TaskJson } from '../../src/edge/http/contract.ts';
import { ActButton } from '../parts/act-button.tsx';
import { CauseChoice, CausesNamed, causeName, useCauses } from '../parts/cause-choice.tsx';
import { Due } from '../parts/due.tsx';
import { More, Shown } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { useList } from '../state/api.ts';
import { liveIncident } from '../state/live.ts';
import { addressOf } from '../state/route.ts';
import { language, number, wordOf, words } from '../words/speak.ts';

export function TasksPage() {
  const say = words.value;
  const { fetched, more } = useList<TaskJson>('/tasks');
  const causes = useCauses();
  return (
    <>
      <div class="head">
        <h1>{say.pages.tasks}</h1>
      </div>
      <CausesNamed causes={causes} />
      <Shown fetched={fetched}>
        {(list) => (
          <>
            <Table
              label={say.pages.tasks}
              items={inOrder(list.items)}
              empty={say.empty.tasks}
              isStacked="titled"
              keyOf={(task) => task.id}
              rowClass={(task) => (isEnded(task) ? 'over' : '')}
              columns={columns(causes)}
            />
            <More shown={list.items.length} total={list.total} onMore={more} />
          </>
        )}
      </Shown>
    </>
  );
}

const isEnded = (task: TaskJson): boolean => task.state === 'done' || task.state === 'cancelled';

/** What is to be done stands first, the most urgent of it above all. */
function inOrder(tasks: readonly TaskJson[]): readonly TaskJson[] {
  const open = tasks.filter((task) => !isEnded(task));
  return [
    ...open.sort((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt)),
    ...tasks.filter((task) => isEnded(task)),
  ];
}

function columns(causes: ReturnType<typeof useCauses>) {
  const say = words.value;
  return [
    {
      title: say.column.task,
      cell: (task: TaskJson) => (
        <>
          <b>{wordOf(say.taskKind, task.kind)}</b>
          <small>
            {wordOf(say.taskState, task.state)}
            {task.outcome === null ? '' : `: ${wordOf(say.outcome, task.outcome)}`}
          </small>
          {task.cause !== null && <small>{causeName(causes, task.cause)}</small>}
        </>
      ),
    },
    { title: say.column.what, cell: (task: TaskJson) => <About task={task} /> },
    { title: say.column.assignee, cell: (task: TaskJson) => task.assignee ?? <span class="muted">–</span> },
    {
      title: say.column.due,
      class: 'fit',
      cell: (task: TaskJson) => <Due at={task.dueAt} isOver={isEnded(task)} />,
    },
    { title: say.column.why, cell: (task: TaskJson) => <Why task={task} /> },
    {
      title: say.column.actions,
      class: 'fit',
      cell: (task: TaskJson) =>
        isEnded(task) ? (
          '–'
        ) : (
          <span class="actions">
            {task.kind === 'draft' && (
              <ActButton
                path={`/tasks/${encodeURIComponent(task.id)}/send`}
                text={say.automation.send}
                sure={say.automation.sure}
                isPrimary
              />
            )}
            {task.kind === 'ratingCall' && <CauseChoice task={task} causes={causes} />}
            {outcomesOf(task).map((outcome) => (
              <ActButton
                key={outcome}
                path={`/tasks/${encodeURIComponent(task.id)}/finish`}
                body={{ outcome }}
                text={say.task.deeds[outcome]}
              />
            ))}
            {task.assignee !== null && (
              <ActButton path={`/tasks/${encodeURIComponent(task.id)}/return`} text={say.task.back} />
            )}
          </span>
        ),
    },
  ];
}

/** A call ends in talk or silence, a repair in fixed or not. */
function outcomesOf(
  task: TaskJson,
): readonly ('fixed' | 'notFixed' | 'talked' | 'noAnswer' | 'done' | 'dropped')[] {
  if (task.kind === 'draft') return ['dropped'];
  if (task.kind === 'errand' || task.kind === 'reminder' || task.kind === 'answer') return ['done'];
  if (task.kind === 'callBack') return ['fixed', 'notFixed', 'noAnswer'];
  // That somebody was talked with comes with what it was about.
  return task.kind === 'ratingCall' ? ['noAnswer'] : ['fixed', 'notFixed'];
}

function About({ task }: { readonly task: TaskJson }) {
  return (
    <>
      {task.words !== null && <p>{task.words[language.value]}</p>}
      {task.subscriber !== null && (
        <a class="open" href={addressOf('subscribers', task.subscriber)}>
          {task.subscriber}
        </a>
      )}{' '}
      {task.ticket !== null && <a href={addressOf('tickets', task.ticket)}>{words.value.pages.ticket}</a>}{' '}
      {task.incident !== null && (
        <a href={addressOf('incidents', task.incident)}>
          {liveIncident(task.incident)?.words[language.value].title ??
            `${words.value.pages.incident} ${task.incident}`}
        </a>
      )}
    </>
  );
}

function Why({ task }: { readonly task: TaskJson }) {
  const say = words.value.task;
  return (
    <>
      {task.why.slice(0, 3).map((choice, index) => (
        <small key={choice.staff}>
          {index + 1}. {choice.staff}: {say.open} {number(choice.openTasks)}
          {choice.skilled ? `, ${say.skilled}` : ''}
        </small>
      ))}
    </>
  );
}
