/** The rules in force: what they did and cost, what is wrong with them, which stood before, and the way back to those. */
import type { RuleFindingJson, RulesJson } from '../../src/edge/http/contract.ts';
import { AutomationsPanel } from '../parts/automations-panel.tsx';
import { Folded } from '../parts/folded.tsx';
import { Shown } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { VersionsPanel } from '../parts/versions-panel.tsx';
import { useFetched } from '../state/api.ts';
import { causeName } from '../words/cause-name.ts';
import { filled, language, length, number, percent, plural, time, wordOf, words } from '../words/speak.ts';

const freshEveryMs = 10_000;

interface Given {
  readonly rules: RulesJson;
}

export function RulesPage() {
  const say = words.value;
  const fetched = useFetched<RulesJson>('/rules', freshEveryMs);
  return (
    <>
      <div class="head">
        <h1>{say.pages.rules}</h1>
      </div>
      <p class="muted">{say.rules.lead}</p>
      <Shown fetched={fetched}>
        {(rules) => (
          <div class="panels">
            <FindingsPanel rules={rules} />
            <VersionsPanel rules={rules} />
            <PatternsPanel rules={rules} />
            <AutomationsPanel />
            <FaultsPanel rules={rules} />
            <div class="stack">
              <FollowsPanel rules={rules} />
              <FilesPanel rules={rules} />
              <ShadowPanel rules={rules} />
            </div>
          </div>
        )}
      </Shown>
    </>
  );
}

function FindingsPanel({ rules: { findings, files } }: Given) {
  const say = words.value.rules;
  const own = files.filter((file) => file.own).length;
  return (
    <section class="panel">
      <h2>
        {say.findings} <b>{number(findings.length)}</b>
      </h2>
      <p class="muted">
        {plural(files.length, say.filesRead)}
        {own > 0 && `, ${plural(own, say.ownFiles)}`}
      </p>
      {findings.length === 0 ? (
        <p>{say.noFindings}</p>
      ) : (
        <div class="findings">
          <ul>
            {findings.map((finding) => (
              <Finding key={`${finding.place} ${finding.code}`} finding={finding} />
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}

/** In English the sentence is the one that `allclear check` prints. */
function Finding({ finding }: { readonly finding: RuleFindingJson }) {
  const { severity, code, place } = finding;
  const { message, hint } = finding.words[language.value];
  return (
    <li class={severity === 'error' ? 'raised' : ''}>
      <b>{wordOf(words.value.rules.findingNames, code)}</b> <span class="mono">{place}</span>
      <small>
        {' '}
        {message}
        {hint !== null && ` (${hint})`}
      </small>
    </li>
  );
}

function PatternsPanel({ rules: { patterns } }: Given) {
  const say = words.value.rules;
  return (
    <section class="panel whole">
      <h2>
        {say.patterns} <b>{number(patterns.length)}</b>
      </h2>
      {patterns.length === 0 ? (
        <p class="muted">{say.noPatterns}</p>
      ) : (
        <>
          <p class="muted">{say.patternsHint}</p>
          <Table
            label={say.patterns}
            items={[...patterns].sort((a, b) => b.asked - a.asked)}
            isStacked="titled"
            keyOf={({ id }) => id}
            columns={[
              {
                title: say.rule,
                cell: ({ id, title, own }) => (
                  <>
                    <b>{title === null ? id : title[language.value]}</b>
                    <small>
                      {title !== null && <span class="mono">{id} </span>}
                      {own ? say.own : ''}
                    </small>
                  </>
                ),
              },
              { title: say.kind, class: 'fit', cell: ({ kind }) => wordOf(say.kinds, kind) },
              { title: say.asked, class: 'number', cell: ({ asked }) => number(asked) },
              { title: say.matched, class: 'number', cell: ({ matched }) => number(matched) },
              { title: say.last, class: 'fit', cell: ({ lastAt }) => (lastAt === null ? '–' : time(lastAt)) },
            ]}
          />
        </>
      )}
    </section>
  );
}

function FaultsPanel({ rules: { faults } }: Given) {
  const say = words.value.rules;
  const sorted = [...faults].sort(
    (a, b) =>
      b.incidents - a.incidents ||
      a.title[language.value].localeCompare(b.title[language.value], language.value),
  );
  return (
    <section class="panel">
      <h2>
        {say.faults} <b>{number(faults.length)}</b>
      </h2>
      <p class="muted">{say.faultsHint}</p>
      <Folded items={sorted} most={12}>
        {(shown) => (
          <Table
            label={say.faults}
            items={shown}
            isStacked="titled"
            keyOf={({ kind }) => kind}
            columns={[
              {
                title: say.kind,
                cell: ({ kind, title }) => (
                  <>
                    {title[language.value]} <small class="mono beside">{kind}</small>
                  </>
                ),
              },
              { title: say.incidents, class: 'number', cell: ({ incidents }) => number(incidents) },
              { title: say.last, class: 'fit', cell: ({ lastAt }) => (lastAt === null ? '–' : time(lastAt)) },
            ]}
          />
        )}
      </Folded>
    </section>
  );
}

function FollowsPanel({ rules: { follows } }: Given) {
  const say = words.value.rules;
  if (follows.length === 0) return null;
  return (
    <section class="panel">
      <h2>
        {say.follows} <b>{number(follows.length)}</b>
      </h2>
      <Table
        label={say.follows}
        items={follows}
        isStacked="titled"
        keyOf={({ id }) => id}
        columns={[
          { title: words.value.column.cause, cell: ({ cause }) => causeName(cause) },
          { title: say.effect, cell: ({ effect }) => causeName(effect) },
          { title: say.where, cell: ({ on }) => say.wheres[on] },
          { title: say.within, class: 'fit', cell: ({ withinSeconds }) => length(withinSeconds * 1_000) },
          { title: say.share, class: 'number', cell: ({ share }) => percent(share) },
        ]}
      />
    </section>
  );
}

function FilesPanel({ rules: { files } }: Given) {
  const say = words.value.rules;
  return (
    <section class="panel">
      <h2>
        {say.files} <b>{number(files.length)}</b>
      </h2>
      <Table
        label={say.files}
        items={files}
        keyOf={({ path, format }) => `${path} ${format}`}
        columns={[
          {
            title: say.file,
            cell: ({ path, own }) => (
              <>
                <span class="mono">{path}</span>
                {own && <small>{say.own}</small>}
              </>
            ),
          },
          { title: say.holds, cell: ({ format }) => wordOf(say.formats, format) },
        ]}
      />
    </section>
  );
}

function ShadowPanel({ rules: { shadow } }: Given) {
  const say = words.value.rules;
  return (
    <section class="panel">
      <h2>{say.shadow}</h2>
      {shadow === null ? (
        <p class="muted">{say.noShadow}</p>
      ) : (
        <>
          <p class="muted">{time(shadow.at)}</p>
          <p>
            {filled(say.shadowText, {
              since: time(shadow.since),
              before: number(shadow.before),
              same: number(shadow.same),
              gone: number(shadow.gone),
              appeared: number(shadow.appeared),
              changed: number(shadow.changed),
            })}
          </p>
        </>
      )}
    </section>
  );
}
