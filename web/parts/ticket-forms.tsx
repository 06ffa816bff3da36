/** Forms on a ticket: a text that is told or answered, and the incident it is hung below. */
import { useState } from 'preact/hooks';
import { act, session } from '../state/api.ts';
import { incidents } from '../state/live.ts';
import { language, words } from '../words/speak.ts';
import { Problem } from './problem.tsx';

interface FormProps {
  readonly path: string;
  readonly label: string;
  readonly text: string;
  /** Sent with the text. */
  readonly more?: Readonly<Record<string, string>>;
}

export function TextForm({ path, label, text, more = {} }: FormProps) {
  const [problem, setProblem] = useState<string | undefined>(undefined);
  if (session.value?.role === 'viewer') return null;
  const onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const failed = await act(path, { ...more, text: String(new FormData(form).get('text') ?? '') });
    setProblem(failed);
    if (failed === undefined) form.reset();
  };
  return (
    <form onSubmit={(event) => void onSubmit(event)}>
      <label>
        <span class="muted">{label}</span>
        <textarea name="text" rows={2} maxLength={2000} required />
      </label>
      <button type="submit">{text}</button>
      <Problem text={problem} />
    </form>
  );
}

export function AttachForm({ path }: { readonly path: string }) {
  const say = words.value;
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const open = incidents.value.filter(
    ({ state }) => state === 'open' || state === 'uncertain' || state === 'mitigated',
  );
  if (session.value?.role === 'viewer' || open.length === 0) return null;
  const onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const incident = String(new FormData(event.currentTarget as HTMLFormElement).get('incident') ?? '');
    setProblem(await act(path, { incident }));
  };
  return (
    <form class="actions" onSubmit={(event) => void onSubmit(event)}>
      <label>
        {say.ticket.attachTo}{' '}
        <select name="incident">
          {open.map((one) => (
            <option key={one.id} value={one.id}>
              {one.words[language.value].title}
            </option>
          ))}
        </select>
      </label>
      <button type="submit">{say.ticket.attach}</button>
      <Problem text={problem} />
    </form>
  );
}
