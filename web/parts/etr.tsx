/** The expected restoration with its countdown, and the form that sets it. */
import { useState } from 'preact/hooks';
import type { EtrJson } from '../../src/edge/http/contract.ts';
import { act } from '../state/api.ts';
import { clock } from '../state/live.ts';
import { length, time, words } from '../words/speak.ts';
import { Problem } from './problem.tsx';

export function Etr({ etr, isOver }: { readonly etr: EtrJson | null; readonly isOver: boolean }) {
  const say = words.value.etr;
  if (isOver) return <span class="muted">–</span>;
  if (etr === null) return <span class="muted">{say.none}</span>;
  const left = Date.parse(etr.to) - clock.value;
  return (
    <span class={left <= 0 ? 'overdue' : ''}>
      <b>{isWide(etr) ? `${time(etr.from)} – ${time(etr.to)}` : time(etr.to)}</b>
      <small>{left <= 0 ? `! ${say.passed} ${length(-left)}` : `${say.left} ${length(left)}`}</small>
    </span>
  );
}

/** A first time that has passed tells nothing any more. */
const isWide = ({ from, to }: EtrJson): boolean => from !== to && Date.parse(from) > clock.value;

/** `datetime-local` speaks local time without a zone. */
function localText(at: number): string {
  const date = new Date(at);
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function EtrForm({ incident, etr }: { readonly incident: string; readonly etr: EtrJson | null }) {
  const say = words.value.etr;
  const [isOpen, setOpen] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  if (!isOpen) {
    return (
      <button type="button" onClick={() => setOpen(true)}>
        {say.set}
      </button>
    );
  }
  const start = Math.max(Date.now() + 30 * 60_000, etr === null ? 0 : Date.parse(etr.from));
  const onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const at = (name: string): string => new Date(String(form.get(name))).toISOString();
    const refused = await act(`/incidents/${encodeURIComponent(incident)}/etr`, {
      from: at('from'),
      to: at('to'),
    });
    setProblem(refused);
    if (refused === undefined) setOpen(false);
  };
  return (
    <form class="inline" onSubmit={(event) => void onSubmit(event)}>
      <label>
        {say.from} <input type="datetime-local" name="from" required defaultValue={localText(start)} />
      </label>
      <label>
        {say.to}{' '}
        <input type="datetime-local" name="to" required defaultValue={localText(start + 60 * 60_000)} />
      </label>
      <button type="submit" class="primary">
        {say.save}
      </button>
      <button type="button" onClick={() => setOpen(false)}>
        {say.cancel}
      </button>
      <Problem text={problem} />
    </form>
  );
}
