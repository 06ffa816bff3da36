/** What is done by itself when something changes: how each stands, how often it acted, and what its bound stopped. */
import type { AutomationJson } from '../../src/edge/http/contract.ts';
import { useList } from '../state/api.ts';
import { language, length, number, time, wordOf, words } from '../words/speak.ts';
import { Shown } from './states.tsx';
import { Table } from './table.tsx';

export function AutomationsPanel() {
  const say = words.value.automation;
  const { fetched } = useList<AutomationJson>('/automations');
  return (
    <section class="panel whole">
      <h2>{say.all}</h2>
      <p class="muted">{say.hint}</p>
      <Shown fetched={fetched}>
        {(list) => (
          <Table
            label={say.all}
            items={list.items}
            empty={say.none}
            isStacked="titled"
            keyOf={(one) => one.id}
            rowClass={(one) => (one.state === 'stopped' ? 'overdue' : '')}
            columns={columns()}
          />
        )}
      </Shown>
    </section>
  );
}

function columns() {
  const say = words.value.automation;
  return [
    {
      title: say.one,
      cell: (one: AutomationJson) => (
        <>
          <b>{one.title === null ? one.id : one.title[language.value]}</b>
          <small>
            {one.title !== null && <span class="mono">{one.id} · </span>}
            {one.on.map((kind) => wordOf(say.occasions, kind)).join(', ')}
          </small>
        </>
      ),
    },
    {
      title: say.state,
      class: 'fit',
      cell: (one: AutomationJson) => (
        <>
          {say.states[one.state]}
          {one.stopped > 0 && <small> ({number(one.stopped)})</small>}
        </>
      ),
    },
    {
      title: say.did,
      class: 'number',
      cell: (one: AutomationJson) => (
        <>
          {number(one.acted)}
          {one.wouldHave > 0 && (
            <small>
              {' '}
              {say.would}: {number(one.wouldHave)}
            </small>
          )}
        </>
      ),
    },
    {
      title: say.limit,
      class: 'fit',
      cell: (one: AutomationJson) => `${number(one.limit.most)} / ${length(one.limit.perSeconds * 1_000)}`,
    },
    {
      title: say.last,
      class: 'fit',
      cell: (one: AutomationJson) => (one.lastAt === null ? '–' : time(one.lastAt)),
    },
  ];
}
