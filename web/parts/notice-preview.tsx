/** What would be told of an incident, in which words, in how many parts and at what cost, before a person lets it go. */
import type { NoticePreviewJson } from '../../src/edge/http/contract.ts';
import { useFetched } from '../state/api.ts';
import { number, plural, time, words } from '../words/speak.ts';
import { Shown } from './states.tsx';

export function NoticePreview({ incident }: { readonly incident: string }) {
  const fetched = useFetched<NoticePreviewJson>(`/notices/preview?incident=${encodeURIComponent(incident)}`);
  return <Shown fetched={fetched}>{(preview) => <Previewed preview={preview} />}</Shown>;
}

function Previewed({ preview }: { readonly preview: NoticePreviewJson }) {
  const say = words.value.preview;
  const { rows, total, heldBack, guard, leavesAt, stopped, dryRun } = preview;
  if (rows.length === 0 && heldBack.length === 0 && !stopped) return null;
  const money = (cost: number): string => `${number(cost)} ${preview.currency ?? ''}`.trim();
  return (
    <div class="preview">
      {stopped && <p class="problem">{say.stopped}</p>}
      {dryRun && <p class="problem">{say.dryRun}</p>}
      {guard !== 'none' && (
        <p>
          {say.guard[guard]}
          {leavesAt !== null && ` ${say.leaves} ${time(leavesAt)}.`}
        </p>
      )}
      {rows.map((row) => (
        <details key={`${row.type} ${row.channel} ${row.language} ${row.state}`}>
          <summary>
            {words.value.noticeType[row.type]} · {row.channel} · {row.language} ·{' '}
            <b>{plural(row.messages, say.messages)}</b>, {plural(row.parts, say.parts)}
            {row.cost !== null && `, ${money(row.cost)}`}
          </summary>
          <blockquote>{row.text}</blockquote>
        </details>
      ))}
      {rows.length > 0 && (
        <p>
          {say.total}: <b>{plural(total.messages, say.messages)}</b>, {plural(total.parts, say.parts)}
          {total.cost !== null && `, ${money(total.cost)}`}
        </p>
      )}
      {heldBack.length > 0 && (
        <p class="muted">
          {say.heldBack}:{' '}
          {heldBack.map(({ reason, count }) => `${say.reason[reason]} ${number(count)}`).join(', ')}
        </p>
      )}
    </div>
  );
}
