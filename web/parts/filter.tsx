/** The filter line of a list; what it hides is counted, and it stands in the address. */
import { route, setQuery } from '../state/route.ts';
import { number, words } from '../words/speak.ts';

/** True when every word of the filter occurs somewhere in the texts, whatever the case. */
export function matches(filter: string, texts: readonly string[]): boolean {
  if (filter === '') return true;
  const all = texts.join(' ').toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

export function Filter({ shown, total }: { readonly shown: number; readonly total: number }) {
  const say = words.value;
  const value = route.value.query.get('q') ?? '';
  return (
    <div class="filter">
      <label>
        <span class="hiddenlabel">{say.filter}</span>
        <input
          type="search"
          data-filter
          placeholder={`${say.filter}: ${say.filterHint}`}
          value={value}
          onInput={(event) => setQuery('q', event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && setQuery('q', '')}
        />
      </label>
      <span class="muted" role="status">
        {value !== '' &&
          `${number(shown)} ${say.of} ${number(total)} · ${say.hidden} ${number(total - shown)}`}
      </span>
    </div>
  );
}
