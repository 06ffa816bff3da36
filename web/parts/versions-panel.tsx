/** Which rules judge, which sets of the operator's own stood before, and the way back, said before it is gone. */
import type { RulesJson } from '../../src/edge/http/contract.ts';
import { act, session } from '../state/api.ts';
import { type Deed, lastDone, plannedDeed } from '../state/deeds.ts';
import { filled, time, words } from '../words/speak.ts';
import { Table } from './table.tsx';

export function VersionsPanel({ rules }: { readonly rules: RulesJson }) {
  const say = words.value.rules;
  const { version, versions, rollsBackTo } = rules;
  return (
    <section class="panel">
      <h2>{say.versions}</h2>
      <p>
        {say.version} <b class="mono">{version ?? '–'}</b> <small class="beside">{say.versionHint}</small>
      </p>
      {versions.length === 0 ? (
        <p class="muted">{say.noVersions}</p>
      ) : (
        <Table
          label={say.versions}
          items={versions}
          keyOf={(set) => set.version}
          rowClass={({ state }) => (state === 'inForce' ? '' : 'over')}
          columns={[
            { title: say.set, cell: (set) => <span class="mono">{set.version}</span> },
            { title: say.since, class: 'fit', cell: ({ at }) => time(at) },
            { title: words.value.column.state, class: 'fit', cell: ({ state }) => say.states[state] },
          ]}
        />
      )}
      {rollsBackTo !== null && session.value?.role === 'administrator' && (
        <p class="more">
          <button
            type="button"
            onClick={() => {
              plannedDeed.value = rollBack(rollsBackTo);
            }}
          >
            {say.rollBack}
          </button>
        </p>
      )}
    </section>
  );
}

function rollBack(version: string): Deed {
  const say = words.value.rules;
  return {
    title: say.rollBackTitle,
    about: [filled(say.rollBackAbout, { version })],
    steps: say.rollBackSteps,
    async run() {
      const refused = await act('/rules/rollback');
      if (refused !== undefined) return refused;
      // The same order once more is the way back.
      lastDone.value = {
        text: filled(say.rolledBack, { version }),
        undo: () => act('/rules/rollback'),
      };
      return undefined;
    },
  };
}
