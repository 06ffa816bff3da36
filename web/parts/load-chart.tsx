/** A day of ten minutes each: what was shown above the line, what was raised below it, and the same as a table. */
import type { AlarmLoadJson } from '../../src/edge/http/contract.ts';
import { number, time, words } from '../words/speak.ts';
import { Table } from './table.tsx';

const height = 120;
const middle = 76;
const slots = 144;

export function LoadChart({ load }: { readonly load: AlarmLoadJson }) {
  const say = words.value.load;
  const { intervals } = load;
  const floodAbove = load.targets.mostInTenMinutes * load.positions;
  const mostShown = Math.max(floodAbove * 1.2, ...intervals.map(({ presented }) => presented));
  const mostRaised = Math.max(0, ...intervals.map(({ raised }) => raised));
  // A whole day, however little of it there is yet.
  const width = slots * 6;
  const first = slots - intervals.length;
  const flood = middle - (floodAbove / mostShown) * (middle - 4);
  const up = (shown: number): number => (shown / mostShown) * (middle - 4);
  const down = (raised: number): number => (raised / Math.max(1, mostRaised)) * (height - middle - 4);
  const happened = intervals.filter(({ presented, raised }) => presented + raised > 0).toReversed();
  return (
    <section class="panel whole">
      <h2>{say.chart}</h2>
      <p class="muted">{say.chartHint}</p>
      <svg
        class="loadchart"
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${say.chart}: ${say.shown} ${number(load.day.presented)}, ${say.raised} ${number(load.day.raised)}`}
      >
        {intervals.map(({ from, presented, raised, flood: isFlood }, i) => (
          <g key={from}>
            <title>{`${time(from)} · ${say.shown} ${presented} · ${say.raised} ${raised}`}</title>
            <rect class="ground" x={(first + i) * 6} y={0} width={6} height={height} />
            <rect
              class={isFlood ? 'shown flood' : 'shown'}
              x={(first + i) * 6 + 1}
              y={middle - up(presented)}
              width={4}
              height={up(presented)}
            />
            <rect class="raised" x={(first + i) * 6 + 1} y={middle + 1} width={4} height={down(raised)} />
          </g>
        ))}
        <line class="axis" x1={0} x2={width} y1={middle} y2={middle} />
        <line class="limit" x1={0} x2={width} y1={flood} y2={flood} />
      </svg>
      <p class="ends muted">
        <span>{time(new Date(Date.parse(load.at) - slots * 600_000).toISOString())}</span>
        <span>
          {say.most}: {say.shown} {number(load.day.most)} · {say.raised} {number(mostRaised)}
        </span>
        <span>{time(load.at)}</span>
      </p>
      <details>
        <summary>{say.table}</summary>
        <Table
          label={say.chart}
          items={happened}
          empty={say.nothing}
          isStacked
          keyOf={({ from }) => from}
          columns={[
            { title: say.interval, cell: ({ from }) => time(from) },
            { title: say.shown, class: 'number', cell: ({ presented }) => number(presented) },
            { title: say.raised, class: 'number', cell: ({ raised }) => number(raised) },
            { title: say.floodColumn, cell: ({ flood: isFlood }) => (isFlood ? say.inFlood : say.noFlood) },
          ]}
        />
      </details>
    </section>
  );
}
