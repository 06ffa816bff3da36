/** What operator positions are shown, each figure beside what the standards aim at, and what to tune first. */
import type { AlarmLoadJson, SpanLoadJson } from '../../src/edge/http/contract.ts';
import { LoadChart } from '../parts/load-chart.tsx';
import { MostPanel, PriorityPanel, StandingPanels } from '../parts/load-panels.tsx';
import { Shown } from '../parts/states.tsx';
import { useFetched } from '../state/api.ts';
import { number, percent, plural, time, words } from '../words/speak.ts';

const freshEveryMs = 10_000;

export function AlarmLoadPage() {
  const say = words.value;
  const fetched = useFetched<AlarmLoadJson>('/alarm-load', freshEveryMs);
  return (
    <>
      <div class="head">
        <h1>{say.pages.load}</h1>
      </div>
      <p class="muted">{say.load.lead}</p>
      <Shown fetched={fetched}>
        {(load) => (
          <>
            <p class="muted">{plural(load.positions, say.load.positions)}</p>
            <Load load={load} />
          </>
        )}
      </Shown>
    </>
  );
}

function Load({ load }: { readonly load: AlarmLoadJson }) {
  const say = words.value.load;
  return (
    <div class="panels">
      <section class="panel" aria-label={say.figure}>
        {load.month.presented === 0 && <p class="lead">{say.quiet}</p>}
        <Figures load={load} />
      </section>
      <div class="stack">
        <PriorityPanel load={load} />
        <StandingPanels load={load} />
      </div>
      <LoadChart load={load} />
      <MostPanel load={load} />
    </div>
  );
}

interface Figure {
  readonly name: string;
  readonly day: string;
  readonly month: string;
  /** Undefined: the standards aim at nothing. */
  readonly target: string | undefined;
  /** Undefined: there is too little to judge. */
  readonly isGood?: boolean | undefined;
}

function Figures({ load }: { readonly load: AlarmLoadJson }) {
  const say = words.value.load;
  return (
    <>
      <div class="scroll">
        <table class="plain figures" aria-label={say.figure}>
          <thead>
            <tr>
              <th scope="col">{say.figure}</th>
              <th scope="col" class="number">
                {say.day}
              </th>
              <th scope="col" class="number">
                {say.month}
              </th>
              <th scope="col">{say.target}</th>
            </tr>
          </thead>
          <tbody>
            {figuresOf(load).map(({ name, day, month, target, isGood }) => (
              <tr key={name} class={isGood === false ? 'bad' : ''}>
                <th scope="row">{name}</th>
                <td class="number" data-title={say.day}>
                  <b>{day}</b>
                </td>
                <td class="number" data-title={say.month}>
                  {month}
                </td>
                <td data-title={say.target}>
                  {target ?? <span class="muted">–</span>}{' '}
                  {target !== undefined && <Judged isGood={isGood} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="muted">
        {say.since} {time(load.month.from)}
      </p>
    </>
  );
}

/** By word and mark; severity colours are for severity only. */
function Judged({ isGood }: { readonly isGood: boolean | undefined }) {
  const say = words.value.load.verdict;
  if (isGood === undefined) return <small class="beside">{say.young}</small>;
  return isGood ? <small class="beside">✓ {say.good}</small> : <b>! {say.bad}</b>;
}

const share = (part: number, of: number): number | undefined => (of === 0 ? undefined : part / of);
const rate = ({ presented, intervals }: SpanLoadJson): number => presented / Math.max(1, intervals + 1);
const decimal = (value: number): string => number(Math.round(value * 10) / 10);
const shown = (value: number | undefined): string => (value === undefined ? '–' : exact(value));
/** A thousandth of a share matters where the target is a hundredth. */
const exact = (value: number): string =>
  value > 0 && value < 0.1 ? `${decimal(value * 100)}\u00a0%` : percent(value);

function figuresOf(load: AlarmLoadJson): readonly Figure[] {
  const say = words.value.load;
  const { day, month, targets } = load;
  // The standards speak of one position.
  const each = (count: number): number => count / load.positions;
  const rates = [each(rate(day)), each(rate(month))] as const;
  const floods = [
    share(day.floodIntervals, day.intervals),
    share(month.floodIntervals, month.intervals),
  ] as const;
  const { items, total } = load.mostPresented;
  const ten = share(
    items.reduce((sum, { count }) => sum + count, 0),
    total,
  );
  const folded = (span: SpanLoadJson): string =>
    span.presented === 0 ? '–' : decimal(span.raised / span.presented);
  return [
    {
      name: say.rate,
      day: decimal(rates[0]),
      month: decimal(rates[1]),
      target: `${say.about} ${number(targets.perTenMinutes)}`,
      // The standard's most that can be handled is two; an hour is the least to speak of a mean.
      isGood: day.intervals < hour ? undefined : rates[0] <= targets.perTenMinutes * 2,
    },
    {
      name: say.most,
      day: decimal(each(day.most)),
      month: decimal(each(month.most)),
      target: `${say.atMost} ${number(targets.mostInTenMinutes)}`,
      isGood: each(day.most) <= targets.mostInTenMinutes,
    },
    {
      name: say.flood,
      day: shown(floods[0]),
      month: shown(floods[1]),
      target: `${say.lessThan} ${percent(targets.floodShare)}`,
      isGood: floods[0] === undefined ? undefined : floods[0] < targets.floodShare,
    },
    {
      name: say.topTen,
      day: shown(ten),
      month: '–',
      target: `${say.atMost} ${percent(targets.topTenShare)}`,
      // Ten of a handful are always most of it.
      isGood: ten === undefined || total < fewest ? undefined : ten <= targets.topTenShare,
    },
    {
      name: say.folded,
      day: `${folded(day)}`,
      month: `${folded(month)}`,
      target: undefined,
    },
    standing(
      say.stale,
      load.stale.total,
      `${say.lessThan} ${number(targets.stale)}`,
      load.stale.total < targets.stale,
    ),
    standing(say.chattering, load.chattering.total, say.none, load.chattering.total <= targets.chattering),
    standing(say.flapping, load.flapping.total, say.none, load.flapping.total <= targets.chattering),
    standing(say.shelved, load.shelved.total),
    standing(say.standing, load.standing),
  ];
}

const hour = 6;
/** Below so many shown a share of ten says nothing. */
const fewest = 200;

const standing = (name: string, count: number, target?: string, isGood?: boolean): Figure => ({
  name,
  day: number(count),
  month: '–',
  target,
  isGood,
});
