/** A device whose answers the test writes: cells filled as a session would, without a socket. */
import {
  type CellGroup,
  compileProfiles,
  type FillOutcome,
  type PatternCompiler,
  type Profile,
  planOf,
  TableCells,
  valueTag,
} from '../../src/collect/collect.ts';
import { parseYaml } from '../../src/edge/files/yaml-document.ts';
import { encodeOid } from '../../src/edge/snmp/oid.ts';
import type { DeviceNames, FullAnswer, PolledDevice, PolledPlan } from '../../src/flow/polled-device.ts';
import { resourceId } from '../../src/model/ids.ts';
import type { DeviceReading, InterfaceReading, ObjectReading } from '../../src/model/reading.ts';

type Cell = readonly [tag: keyof typeof valueTag, value: number | bigint];

export function profileOf(text: string, patterns?: PatternCompiler): Profile {
  const { value, problems } = compileProfiles([parseYaml('test.yaml', text).value], patterns);
  if (problems.length > 0) throw new Error(problems[0]!.message);
  return [...value.byId.values()][0]!;
}

export class PaperDevice implements PolledDevice {
  readonly id: string;
  readonly resource;
  readonly #groups: readonly CellGroup[];
  readonly #plan: PolledPlan;
  #isKnown = false;
  /** By OID of the cell. */
  readonly values = new Map<string, Cell>();
  names: { interfaces?: readonly InterfaceReading[]; objects?: readonly ObjectReading[] } = {};
  upTimeTicks = 100_000;
  engineBoots: number | undefined;
  marks = '';
  isSilent = false;
  /** Groups that end early. */
  readonly failing = new Set<number>();
  /** What it was asked, in order. */
  readonly asked: string[] = [];
  /** Answers wait until they are let go. */
  isSlow = false;
  readonly #waiting: (() => void)[] = [];

  constructor(id: string, profile: Profile) {
    this.id = id;
    this.resource = resourceId(id);
    this.#groups = planOf(profile).groups;
    const cells = this.#groups.map(({ columns }) => new TableCells({ columns }));
    this.#plan = { groups: this.#groups, cells, version: undefined };
  }

  set(oid: string, tag: Cell[0], value: Cell[1]): void {
    this.values.set(oid, [tag, value]);
  }

  answer(): void {
    for (const go of this.#waiting.splice(0)) go();
  }

  async readAll(costly: boolean): Promise<FullAnswer> {
    this.asked.push(costly ? 'all' : 'all but costly');
    if (this.isSlow) await this.#turn();
    if (this.isSilent) return { kind: 'silent' };
    this.#isKnown = true;
    return { kind: 'reading', reading: this.#whole() };
  }

  plan(): PolledPlan | undefined {
    return this.#isKnown ? this.#plan : undefined;
  }

  fill(groups: readonly number[], done: (outcome: FillOutcome) => void): void {
    this.asked.push(`groups ${groups.join(' ')}`);
    void this.#turn().then(() => {
      if (this.isSilent) {
        const problems = groups.map(() => ({ kind: 'timeout' }) as const);
        done({ problems, upTimeTicks: undefined, answeredAtMs: undefined });
        return;
      }
      for (const group of groups) this.fillNow(group);
      const problems = groups.map((group) =>
        this.failing.has(group) ? ({ kind: 'timeout' } as const) : undefined,
      );
      const { upTimeTicks, engineBoots } = this;
      done({ problems, upTimeTicks, engineBoots, answeredAtMs: 1 });
    });
  }

  async probe(): Promise<boolean> {
    this.asked.push('probe');
    await this.#turn();
    return !this.isSilent;
  }

  async changeMarks(): Promise<string | undefined> {
    return this.isSilent ? undefined : this.marks;
  }

  named(): DeviceNames | undefined {
    const { interfaces = [], objects = [] } = this.names;
    return { interfaces, objects };
  }

  #whole(): DeviceReading {
    const rest = { at: '', profile: 'test', device: {}, readings: [], links: [] };
    return { format: 'device-reading/1', ...rest, ...this.named()! };
  }

  async reading(): Promise<DeviceReading | undefined> {
    return this.#whole();
  }

  profile(): string | undefined {
    return this.#isKnown ? 'test' : undefined;
  }

  #turn(): Promise<void> {
    return this.isSlow ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve();
  }

  /** The cells of a group take what stands in `values`. */
  fillNow(group: number): void {
    const cells = this.#plan.cells[group]!;
    cells.begin();
    cells.stamp(1, this.upTimeTicks);
    for (const [column, oid] of cells.columns.entries()) {
      const below = [...this.values].filter(([name]) => name.startsWith(`${oid}.`));
      for (const [name, [tag, value]] of below.sort(([a], [b]) => numeric(a, b))) {
        const whole = encodeOid(name)!;
        const row = cells.rowFor(column, whole, encodeOid(oid)!.length, whole.length);
        const at = row * cells.width + column;
        const bits = BigInt.asUintN(64, BigInt(value));
        cells.tags[at] = valueTag[tag];
        cells.hi[at] = Number(bits >> 32n);
        cells.lo[at] = Number(bits & 0xffff_ffffn);
      }
    }
    cells.finish(!this.failing.has(group));
  }
}

const numeric = (a: string, b: string): number => {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  const i = left.findIndex((part, place) => part !== right[place]);
  return i < 0 ? left.length - right.length : left[i]! - (right[i] ?? 0);
};
