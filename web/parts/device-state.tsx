/** Whether a device answers, when it is asked, and what its polling suffers from. */
import type { DeviceJson } from '../../src/edge/http/contract.ts';
import { clock } from '../state/live.ts';
import { length, plural, words } from '../words/speak.ts';

const lateWorthSayingMs = 1_000;

/** What was never asked says when it will be, so that nobody takes a start for a fault. */
export function DeviceState({ device }: { readonly device: Pick<DeviceJson, 'state' | 'nextPollAt'> }) {
  const say = words.value;
  const { state, nextPollAt } = device;
  if (state === 'unknown' && nextPollAt !== null) {
    const leftMs = Date.parse(nextPollAt) - clock.value;
    return (
      <span class="muted">
        {leftMs < 1_000 ? say.device.asked : `${say.device.waiting} ${length(leftMs)}`}
      </span>
    );
  }
  return (
    <span class={state === 'silent' ? 'overdue' : ''}>
      {(state === 'silent' ? '! ' : '') + say.state[state]}
    </span>
  );
}

/** `every 60 s, in time, next in 12 s`. */
export function pollingText({ polling, nextPollAt }: DeviceJson): string {
  const say = words.value.device;
  if (polling === null || polling === undefined) return '–';
  const late = polling.lateMs < lateWorthSayingMs ? say.inTime : `! ${say.late} ${length(polling.lateMs)}`;
  const parts = [`${say.every} ${length(polling.everySeconds * 1_000)}`, late];
  const leftMs = nextPollAt === null ? 0 : Date.parse(nextPollAt) - clock.value;
  if (leftMs > 0) parts.push(`${say.next} ${length(leftMs)}`);
  return parts.join(', ');
}

export function PollingProblems({ device }: { readonly device: DeviceJson }) {
  const say = words.value.device;
  const { polling, state, lastAnswerAt } = device;
  if (polling === null || polling === undefined) return null;
  const sentences: string[] = [];
  if (polling.refusal !== null) sentences.push(say.refusals[polling.refusal] ?? polling.refusal);
  else if (polling.silentRounds > 0) sentences.push(plural(polling.silentRounds, say.silentRounds));
  if (state === 'silent' && lastAnswerAt === null) sentences.push(say.neverAnswered);
  if (polling.silentRounds === 0) {
    for (const { column, problem } of polling.incomplete)
      sentences.push(`${say.incomplete}: ${column} (${say.tableProblems[problem] ?? problem})`);
  }
  if (sentences.length === 0) return null;
  return (
    <section class="panel whole findings" aria-label={say.problems}>
      <h2>{say.problems}</h2>
      <ul>
        {sentences.map((sentence) => (
          <li key={sentence} class="raised">
            {sentence}
          </li>
        ))}
      </ul>
    </section>
  );
}
