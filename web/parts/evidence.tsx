/** Any plain JSON as nested lists of text: the explanation of an incident, whatever the rule put into it. */
import type { ComponentChild } from 'preact';
import { number } from '../words/speak.ts';

const maxDepth = 4;
const maxEntries = 40;

export function Evidence({
  value,
  depth = 0,
}: {
  readonly value: unknown;
  readonly depth?: number;
}): ComponentChild {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number')
    return Number.isInteger(value) ? number(value) : String(Math.round(value * 1000) / 1000);
  if (typeof value !== 'object') return String(value);
  if (depth >= maxDepth) return '…';
  if (Array.isArray(value)) {
    const rest = value.length - maxEntries;
    return (
      <ul class="evidence">
        {value.slice(0, maxEntries).map((item: unknown, index) => (
          <li key={index}>
            <Evidence value={item} depth={depth + 1} />
          </li>
        ))}
        {rest > 0 && <li>+ {rest}</li>}
      </ul>
    );
  }
  return (
    <dl class="evidence">
      {Object.entries(value)
        .slice(0, maxEntries)
        .map(([key, item]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>
              <Evidence value={item} depth={depth + 1} />
            </dd>
          </div>
        ))}
    </dl>
  );
}
