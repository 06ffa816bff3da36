/** Ends a call about a low mark: what it was about is chosen first. */
import { useState } from 'preact/hooks';
import type { FeedbackCauseJson, TaskJson } from '../../src/edge/http/contract.ts';
import { session, useFetched } from '../state/api.ts';
import { language, number, words } from '../words/speak.ts';
import { ActButton } from './act-button.tsx';

interface Causes {
  readonly items: readonly FeedbackCauseJson[];
}

type List = readonly FeedbackCauseJson[];

export const useCauses = (): List => {
  const fetched = useFetched<Causes>('/feedback/causes');
  return fetched.kind === 'ready' ? fetched.value.items : [];
};

const isGroup = ({ id }: FeedbackCauseJson): boolean => !id.includes('.');
/** With the group that it is part of. */
export const causeName = (causes: List, id: string): string => {
  const parts = [id.split('.')[0], id].map(
    (of) => causes.find((cause) => cause.id === of)?.name[language.value],
  );
  return [...new Set(parts)].filter((part) => part !== undefined).join(': ') || id;
};

export function CauseChoice({ task, causes }: { readonly task: TaskJson; readonly causes: List }) {
  const [chosen, setChosen] = useState('');
  const say = words.value.task;
  if (session.value?.role === 'viewer') return null;
  return (
    <>
      <select
        aria-label={say.aboutWhat}
        value={chosen}
        onChange={(event) => setChosen(event.currentTarget.value)}
      >
        <option value="">{say.aboutWhat}</option>
        {causes.filter(isGroup).map(({ id, name }) => (
          <optgroup key={id} label={name[language.value]}>
            {causes
              .filter((cause) => cause.id === id || cause.id.startsWith(`${id}.`))
              .map((cause) => (
                <option key={cause.id} value={cause.id}>
                  {cause.name[language.value]}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
      {chosen !== '' && (
        <ActButton
          path={`/tasks/${encodeURIComponent(task.id)}/finish`}
          body={{ outcome: 'talked', cause: chosen }}
          text={say.deeds.talked}
          isPrimary
        />
      )}
    </>
  );
}

/** What low marks of the last ninety days were about; nothing where there were none. */
export function CausesNamed({ causes }: { readonly causes: List }) {
  const named = causes.filter(({ subscribers }) => subscribers > 0);
  const say = words.value;
  if (named.length === 0) return null;
  return (
    <section class="panel">
      <h2>{say.task.namedCauses}</h2>
      <ul class="tally">
        {named
          .sort((a, b) => b.subscribers - a.subscribers)
          .map(({ id, subscribers }) => (
            <li key={id}>
              <b>{number(subscribers)}</b> {causeName(causes, id)}
            </li>
          ))}
      </ul>
    </section>
  );
}
