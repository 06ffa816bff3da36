/** Several streams judged as one: the faults of all seeds together, so that rare kinds have figures, too. */
import { parseIncidents, parseTruth, type Score, scoreIncidents } from '../../src/measure/measure.ts';
import { type AlarmCase, judged, type Statement } from './alarm-case.ts';
import { type Promptness, PromptnessPool } from './alarm-promptness.ts';

type Plain = Readonly<Record<string, unknown>>;

/** One fault that was not told right, as a line of the file of failures. */
export type Failure = Plain;

export interface Pooled {
  readonly score: Score;
  /** Who was told, as a mean over streams: each has a network of its own. */
  readonly notified: { readonly precision: number | null; readonly recall: number | null };
  /** The same apart by what failed: of all subscribers of all streams together. */
  readonly notifiedBy: Readonly<Record<Group, PooledNotified>>;
  readonly promptness: readonly Promptness[];
}

export const groups = ['equipment', 'mains', 'service'] as const;
type Group = (typeof groups)[number];

export interface PooledNotified {
  readonly precision: number | null;
  readonly recall: number | null;
}

export class Pool {
  readonly #faults: Plain[] = [];
  readonly #lists = { noiseGroups: [] as string[][], tolerated: [] as string[][], optional: [] as string[] };
  readonly #lines: string[] = [];
  readonly #raises = new Map<string, string>();
  readonly #precisions: number[] = [];
  readonly #recalls: number[] = [];
  readonly #told: Score['notifiedBy'][] = [];
  readonly #promptness = new PromptnessPool();
  readonly failures: Failure[] = [];
  #streams = 0;
  #spanMs = 0;
  records = 0;
  tookMs = 0;

  add(one: AlarmCase, statement: Statement): void {
    const prefix = `${this.#streams++}:`;
    const named = (ids: unknown): string[] => ((ids ?? []) as string[]).map((id) => prefix + id);
    const truth = one.truth as Plain & { readonly faults: readonly Plain[] };
    for (const fault of truth.faults) {
      const ids = { alarms: named(fault['alarms']), optional: named(fault['optional']) };
      this.#faults.push({ ...fault, ...ids, id: prefix + String(fault['id']) });
    }
    for (const name of ['noiseGroups', 'tolerated'] as const) {
      this.#lists[name].push(...((truth[name] ?? []) as string[][]).map(named));
    }
    this.#lists.optional.push(...named(truth['optional']));
    this.#spanMs += Number(truth['to'] ?? 0) - Number(truth['from'] ?? 0);
    const incidents = statement.lines.map((line) => JSON.parse(line) as Plain);
    for (const incident of incidents) {
      const ids = { alarms: named(incident['alarms']), incident: prefix + String(incident['incident']) };
      this.#lines.push(JSON.stringify({ ...incident, ...ids, explanation: undefined, history: undefined }));
    }
    for (const { observation } of one.records) {
      const { event, record, resource } = observation;
      if (event === 'raise' && record !== undefined) this.#raises.set(prefix + record, resource);
    }
    this.records += one.records.length;
    this.tookMs += statement.tookMs;
    this.#judgeAlone(one, statement, incidents);
  }

  #judgeAlone(one: AlarmCase, statement: Statement, incidents: readonly Plain[]): void {
    const { score, outcomes } = judged(one, statement);
    const { precision, recall } = score.notified;
    this.#told.push(score.notifiedBy);
    if (precision !== null) this.#precisions.push(precision);
    if (recall !== null) this.#recalls.push(recall);
    const faults = new Map(
      (one.truth as { faults: readonly Plain[] }).faults.map((fault) => [fault['id'], fault]),
    );
    const stated = new Map(incidents.map((incident) => [incident['incident'], incident]));
    this.#promptness.add(
      one,
      outcomes.map(({ fault, incident }) => ({
        fault: faults.get(fault) ?? {},
        incident: stated.get(incident),
      })),
    );
    for (const outcome of outcomes) {
      if (outcome.solved && outcome.jaccard === 1) continue;
      const { kind, root, roots, kinds, startAt, decidableAt, endAt } = faults.get(outcome.fault) ?? {};
      const { startedAt, decidedAt, ...said } = stated.get(outcome.incident) ?? {};
      const since = (at: unknown): number | null =>
        typeof at === 'number' && typeof startAt === 'number' ? at - startAt : null;
      this.failures.push({
        ...{ stream: one.name, ...outcome, kind, kinds, root, roots, startAt },
        afterMs: {
          decidable: since(decidableAt),
          ended: since(endAt),
          started: since(startedAt),
          decided: since(decidedAt),
        },
        ...{ saidKind: said['kind'], saidRoot: said['root'], probability: said['probability'] },
        ...{ candidates: said['candidates'], saidAlarms: (said['alarms'] as unknown[] | undefined)?.length },
      });
    }
  }

  result(): Pooled {
    const truth = { faults: this.#faults, ...this.#lists, from: 0, to: this.#spanMs };
    const claims = {
      truth: parseTruth(JSON.stringify(truth), 'truth.json').value,
      incidents: parseIncidents(this.#lines.join('\n'), 'incidents.jsonl').value,
      raises: this.#raises,
      files: { truth: 'truth.json', incidents: 'incidents.jsonl' },
    };
    const { score } = scoreIncidents(claims);
    const notified = { precision: mean(this.#precisions), recall: mean(this.#recalls) };
    const notifiedBy = {
      equipment: pooled(this.#told.map(({ equipment }) => equipment)),
      mains: pooled(this.#told.map(({ mains }) => mains)),
      service: pooled(this.#told.map(({ service }) => service)),
    };
    return { score, notified, notifiedBy, promptness: this.#promptness.result() };
  }
}

function pooled(streams: readonly Score['notifiedBy'][Group][]): PooledNotified {
  const share = (of: 'told' | 'lost', right: 'toldRight' | 'lostTold'): number | null => {
    const all = streams.reduce((sum, one) => sum + one[of], 0);
    if (all === 0 || streams.some((one) => one[right] === null)) return null;
    return streams.reduce((sum, one) => sum + one[right]!, 0) / all;
  };
  return { precision: share('told', 'toldRight'), recall: share('lost', 'lostTold') };
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
