/** How soon causes were stated, apart by what there was to wait for: a clear case, a quiet time, a round of polls, a return. */
import { formatTable } from '../../src/app/cli/table.ts';
import type { AlarmCase } from './alarm-case.ts';

type Plain = Readonly<Record<string, unknown>>;

const classes = ['clear, by trap', 'others by trap', 'by poll', 'comes and goes', 'collector'] as const;
export type PromptClass = (typeof classes)[number];

interface Waits {
  readonly onset: number[];
  readonly evidence: number[];
}

export interface Promptness {
  readonly name: PromptClass;
  readonly faults: number;
  /** ms, nearest rank. */
  readonly onset: { readonly p50: number; readonly p95: number };
  readonly evidence: { readonly p50: number; readonly p95: number };
}

/** From so many resources on a fault may be clear before all is quiet, where the next best cause is so many nats behind. */
const [many, margin] = [8, 20];

export class PromptnessPool {
  readonly #waits = new Map<PromptClass, Waits>(
    classes.map((name) => [name, { onset: [], evidence: [] }] as const),
  );

  /** Faults whose root was told right, by the incident that tells it. */
  add(one: AlarmCase, told: Iterable<{ readonly fault: Plain; readonly incident: Plain | undefined }>): void {
    const heard = new Map<
      string,
      { readonly at: number; readonly source: string; readonly resource: string }
    >();
    for (const { at, observation } of one.records) {
      const { event, record, resource, source } = observation;
      if (event === 'raise' && record !== undefined) heard.set(record, { at, source, resource });
    }
    for (const { fault, incident } of told) {
      const decidedAt = incident?.['decidedAt'];
      if (typeof decidedAt !== 'number' || !(fault['roots'] as unknown[]).includes(incident?.['root']))
        continue;
      if (decidedAt < Number(fault['startAt'])) continue;
      const said = (fault['alarms'] as string[]).flatMap((id) => heard.get(id) ?? []);
      const polled = said.filter(({ source }) => source === 'poll').length;
      const name = classOf(String(fault['kind']), {
        isPolled: polled * 2 > said.length,
        resources: new Set(said.map(({ resource }) => resource)).size,
        explanation: incident?.['explanation'] as Plain | undefined,
      });
      // What began in a dark region is heard of when the region speaks again.
      const firstAt = Math.max(Number(fault['startAt']), Math.min(...said.map(({ at }) => at)));
      const waits = this.#waits.get(name)!;
      waits.onset.push(decidedAt - firstAt);
      waits.evidence.push(decidedAt - Number(fault['decidableAt']));
    }
  }

  result(): readonly Promptness[] {
    return [...this.#waits].flatMap(([name, { onset, evidence }]) =>
      onset.length === 0
        ? []
        : [{ name, faults: onset.length, onset: quantiles(onset), evidence: quantiles(evidence) }],
    );
  }
}

function classOf(
  kind: string,
  said: {
    readonly isPolled: boolean;
    readonly resources: number;
    readonly explanation: Plain | undefined;
  },
): PromptClass {
  if (kind === 'flapping') return 'comes and goes';
  if (kind === 'collector') return 'collector';
  if (said.isPolled) return 'by poll';
  const rivals = (said.explanation?.['rivals'] ?? []) as readonly { readonly nats: number }[];
  const isClear = said.explanation?.['rule'] === 'tree' && rivals.every(({ nats }) => nats < -margin);
  return isClear && said.resources >= many ? 'clear, by trap' : 'others by trap';
}

function quantiles(values: readonly number[]): Promptness['onset'] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
  return { p50: at(0.5), p95: at(0.95) };
}

export function promptnessTable(found: readonly Promptness[]): string {
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)}s`;
  return formatTable(
    [
      'what there is to wait for',
      'faults',
      'after first heard p50',
      'p95',
      'after needed evidence p50',
      'p95',
    ],
    found.map(({ name, faults, onset, evidence }) => [
      ...[name, faults, seconds(onset.p50), seconds(onset.p95)],
      ...[seconds(evidence.p50), seconds(evidence.p95)],
    ]),
  );
}
