/**
 * The measuring loop of a collector: asks each device at its own moment of the interval, hands samples to the series and
 * what was seen to `detect`. Fast and not journaled: only observations leave it.
 */
import { type DurationMs, milliseconds, minutes, seconds } from '../base/instant.ts';
import type { Wake, World } from '../base/world.ts';
import type { SampleSink } from '../collect/collect.ts';
import type { Detection } from '../detect/detect.ts';
import { type Bitmap, type FullBitmap, mostChildren } from '../model/bitmap.ts';
import type { Observation } from '../model/observation.ts';
import { AskedDevices, type AskedPlaces } from './asked-devices.ts';
import type { DeviceColumns, PortColumnsOf } from './device-columns.ts';
import { DeviceTurn, type TurnOutcome } from './device-turn.ts';
import { ObservationOutlet } from './observation-outlet.ts';
import type { PolledDevice } from './polled-device.ts';
import { PollingHealth } from './polling-health.ts';
import { SampleOutlet } from './sample-outlet.ts';
import { Schedule, type TurnTaken } from './schedule.ts';
import type { SeriesStore } from './series.ts';

export interface MeasuringOptions {
  /** Resource id of this collector, for its own alarms. */
  readonly collector: string;
  readonly devices: readonly PolledDevice[];
  readonly intervalMs: DurationMs;
  readonly world: World;
  readonly series: Pick<SeriesStore, 'register' | 'append'>;
  readonly detection: Detection;
  /** False: the line's queue is full; it is offered again. */
  readonly offer: (observation: Observation) => boolean;
  /** The same for what is said of many at once; absent: said one by one. */
  readonly offerMany?: ((bitmap: Bitmap) => boolean) | undefined;
  /** The same for what the line asked for; absent: nobody asks. */
  readonly offerFull?: ((bitmap: FullBitmap) => boolean) | undefined;
  /** Whether it answered; not called for turns that say nothing. */
  readonly onTurn: (device: PolledDevice, answered: boolean) => void;
}

export interface PollingOfDevice extends NonNullable<ReturnType<PollingHealth['of']>> {
  readonly everyMs: number;
  readonly dueInMs: number;
  readonly incomplete: DeviceTurn['incomplete'];
}

const askAgainAfter = seconds(11);
/** A card that is put in sends many notifications, and its ports appear after them. */
const rereadAfter = seconds(5);
const rereadApart = minutes(1);
const nowhere: SampleSink = { value: () => undefined, counter: () => undefined };

export class Measuring {
  readonly #options: MeasuringOptions;
  readonly #schedule: Schedule;
  readonly #outlet: ObservationOutlet;
  readonly #samples: SampleOutlet;
  readonly #health: PollingHealth;
  readonly #asked = new AskedDevices();
  readonly #columnsOf: PortColumnsOf = new WeakMap();
  readonly #turns = new Map<string, DeviceTurn>();
  /** By number of turn. */
  readonly #byNumber: (DeviceTurn | undefined)[] = [];
  readonly #everyMs: number[] = [];
  /** Devices under suspicion that are asked a second time. */
  readonly #again = new Map<string, Wake>();
  /** Devices that are read whole soon, and when the others last were for that reason. */
  readonly #rereading = new Map<string, Wake>();
  readonly #rereadAtMs = new Map<string, number>();
  /** Series of `system.uptime` by device. */
  readonly #upTimes = new Map<string, number>();
  readonly #counters = { polls: 0, pollsWithoutAnswer: 0, pollsSkipped: 0, tablesIncomplete: 0 };
  #intervalMs: DurationMs;
  #wake: Wake | undefined;

  constructor(options: MeasuringOptions) {
    const { world, series, intervalMs } = options;
    this.#options = options;
    this.#intervalMs = intervalMs;
    this.#schedule = new Schedule(world.monotonicMs());
    this.#outlet = new ObservationOutlet(world, options.offer, options.offerMany);
    this.#samples = new SampleOutlet({ store: series, world });
    this.#health = new PollingHealth(options.collector);
  }

  get counters(): Readonly<Record<string, number>> {
    return {
      ...this.#counters,
      ...this.#samples.counters,
      ...this.#outlet.counters,
      ...this.#health.counters(),
      ...this.#asked.counters,
      turnsLeftOut: this.#schedule.skipped,
    };
  }

  get health(): PollingHealth {
    return this.#health;
  }

  /** How the polling of one device goes; undefined for one that is not polled. */
  pollingOf(device: string): PollingOfDevice | undefined {
    const turn = this.#turns.get(device);
    const health = this.#health.of(device);
    if (turn === undefined || health === undefined) return undefined;
    const dueInMs = this.#schedule.dueInMs(turn.turn, this.#options.world.monotonicMs());
    return { ...health, everyMs: turn.everyMs, dueInMs, incomplete: turn.incomplete };
  }

  start(): void {
    this.#wake = this.#options.world.every(milliseconds(this.#schedule.tickMs), () => this.#run());
    this.use(this.#options.devices, this.#options.intervalMs);
  }

  /** From now on these: who was asked before, the same object and as often, keeps its turn. */
  use(devices: readonly PolledDevice[], intervalMs: DurationMs): void {
    const wanted = new Set(devices);
    const keepsTurns = intervalMs === this.#intervalMs;
    this.#intervalMs = intervalMs;
    for (const turn of this.#turns.values()) {
      if (!keepsTurns || !wanted.has(turn.device)) this.#end(turn);
    }
    for (const device of wanted) if (!this.#turns.has(device.id)) this.#begin(device);
  }

  /** Asks nobody any more; resolves when all that was measured is with the series. */
  async stop(): Promise<void> {
    this.use([], this.#intervalMs);
    this.#wake?.cancel();
    for (const again of this.#again.values()) again.cancel();
    this.#again.clear();
    for (const reread of this.#rereading.values()) reread.cancel();
    this.#rereading.clear();
    this.#outlet.close();
    await this.#samples.close();
  }

  /** Takes what others of this collector found on the same way to the line: it waits while the line takes nothing. */
  tell(observation: Observation): void {
    this.#outlet.send(observation);
  }

  /** Something looks wrong there (a trap, an alarm, a ticket): it is asked at once, costly tables too. */
  suspect(device: string): void {
    const turn = this.#turns.get(device);
    if (turn === undefined) return;
    turn.isSuspect = true;
    this.pollNow(device);
    // Agents show for some seconds what was before the trap they sent: the word of the second poll is final.
    if (this.#again.has(device)) return;
    const again = this.#options.world.after(askAgainAfter, () => {
      this.#again.delete(device);
      this.pollNow(device);
    });
    this.#again.set(device, again);
  }

  /** Its parts or neighbours changed: names and all are read anew, once for a burst of such words. */
  rediscover(device: string): void {
    if (!this.#turns.has(device) || this.#rereading.has(device)) return;
    const { world } = this.#options;
    const earliest = (this.#rereadAtMs.get(device) ?? Number.NEGATIVE_INFINITY) + rereadApart;
    const waits = milliseconds(Math.max(rereadAfter, earliest - world.monotonicMs()));
    const wake = world.after(waits, () => {
      this.#rereading.delete(device);
      this.#rereadAtMs.set(device, world.monotonicMs());
      this.#turns.get(device)?.wantFull();
      this.pollNow(device);
    });
    this.#rereading.set(device, wake);
  }

  /** The line wants to know how everything at or below these places stands: the device is polled at once and the poll answers. */
  /** False: it is not asked, or was just now. */
  ask(device: string, places: Iterable<string>): boolean {
    if (!this.#turns.has(device)) return false;
    const isTaken = this.#asked.ask(device, places, this.#options.world.monotonicMs());
    if (isTaken) this.pollNow(device);
    return isTaken;
  }

  /** The device is asked out of turn, at most once a second. */
  pollNow(device: string): void {
    const turn = this.#turns.get(device);
    if (turn === undefined) return;
    turn.isHurried = true;
    this.#schedule.hurry(turn.turn, this.#options.world.monotonicMs());
  }

  #begin(device: PolledDevice): void {
    const { world } = this.#options;
    const number = this.#schedule.add(device.id, this.#intervalMs, world.monotonicMs());
    const turn = new DeviceTurn({
      device,
      turn: number,
      intervalMs: this.#intervalMs,
      columnsOf: this.#columnsOf,
    });
    this.#byNumber[number] = turn;
    this.#everyMs[number] = this.#intervalMs;
    this.#turns.set(device.id, turn);
    this.#health.add(device.id);
  }

  #end(turn: DeviceTurn): void {
    this.#schedule.remove(turn.turn);
    this.#byNumber[turn.turn] = undefined;
    this.#turns.delete(turn.device.id);
    this.#rereadAtMs.delete(turn.device.id);
    this.#asked.forget(turn.device.id);
    this.#upTimes.delete(turn.device.id);
    this.#health.remove(turn.device.id);
  }

  #run(): void {
    this.#schedule.run(this.#options.world.monotonicMs(), (taken) => this.#take(taken));
  }

  /** A device that still answers the last round is not asked again: one request in flight a device. */
  #take({ turn: number, lateMs }: TurnTaken): void {
    const turn = this.#byNumber[number];
    if (turn === undefined) return;
    if (turn.isBusy) {
      this.#counters.pollsSkipped++;
      this.#health.skipped(turn.device.id);
      return;
    }
    turn.isBusy = true;
    this.#health.asked(turn.device.id, lateMs);
    const { world } = this.#options;
    const asked = this.#asked.take(turn.device.id, world.monotonicMs());
    if (asked !== undefined) turn.isAsked = true;
    turn
      .take(world.monotonicMs())
      .then((outcome) => this.#judge(turn, outcome, asked))
      .catch((error: unknown) => {
        const fields = { device: turn.device.id, error: String(error) };
        world.log.error('a reading could not be taken in', fields);
      })
      .finally(() => {
        turn.isBusy = false;
        if (this.#asked.has(turn.device.id)) this.pollNow(turn.device.id);
      });
  }

  #judge(turn: DeviceTurn, outcome: TurnOutcome, asked: AskedPlaces | undefined): void {
    // What was asked before a change says nothing of what is asked now.
    const { device } = turn;
    if (this.#turns.get(device.id) !== turn) return;
    const { detection } = this.#options;
    this.#counters.polls++;
    this.#counters.tablesIncomplete += turn.takeCutTables();
    switch (outcome.kind) {
      case 'answered':
        this.#answered(turn, outcome, asked);
        break;
      case 'alive':
        this.#tell(this.#health.answered(device.id, detection.answered(device)));
        if (asked !== undefined) this.#tellStanding([]);
        break;
      default:
        this.#counters.pollsWithoutAnswer++;
        if (outcome.kind === 'refused') this.#health.refused(device.id, outcome.reason);
        this.#tell(this.#health.silent(device.id, detection.silent(device)));
        if (asked !== undefined) this.#tellStanding(unseen(device, asked));
    }
    this.#options.onTurn(device, outcome.kind === 'answered' || outcome.kind === 'alive');
    this.#keepPace(turn);
  }

  #answered(
    turn: DeviceTurn,
    outcome: Extract<TurnOutcome, { kind: 'answered' }>,
    asked: AskedPlaces | undefined,
  ): void {
    const { device } = turn;
    const { columns, groups } = outcome;
    const { detection, world } = this.#options;
    this.#counters.tablesIncomplete += outcome.outcome.problems.length - groups.length;
    const at = world.now();
    const { upTimeTicks, engineBoots } = outcome.outcome;
    const seen = { upTimeTicks, engineBoots, ...columns.evaluate(groups) };
    const found = detection.polled(device, seen, at);
    this.#samples.stamp(at);
    columns.store(groups, { sink: this.#samples, gap: this.#gapSink(at) });
    if (upTimeTicks !== undefined) this.#storeUpTime(device.id, upTimeTicks);
    if (found.some(({ event }) => event === 'raise')) turn.isSuspect = true;
    const told = detection.gathered(device.id, seen, this.#health.answered(device.id, found));
    for (const bitmap of told.bitmaps) this.#outlet.sendMany(bitmap);
    this.#tell(told.rest);
    if (asked !== undefined) {
      const { bitmaps, left } = detection.standing(device.id, seen, { places: asked, at });
      this.#asked.counters.asksCut += left;
      this.#tellStanding(bitmaps);
    }
    this.#name(turn, columns, groups);
  }

  /** What the line does not take now is old news when it does. */
  #tellStanding(bitmaps: readonly FullBitmap[]): void {
    const { offerFull } = this.#options;
    const isTold = bitmaps.length > 0 && bitmaps.every((bitmap) => offerFull?.(bitmap) === true);
    this.#asked.counters[isTold ? 'asksAnswered' : 'asksUnanswered']++;
  }

  /** A gap stands just before the value that does not go on from the last one. */
  #gapSink(at: number): SampleSink {
    const samples = this.#samples;
    return {
      value(series, value) {
        samples.stamp(at - 1);
        samples.value(series, value);
        samples.stamp(at);
      },
      counter: () => undefined,
    };
  }

  #storeUpTime(device: string, ticks: number): void {
    const series = this.#upTimes.get(device);
    if (series !== undefined) this.#samples.value(series, ticks);
  }

  #tell(found: readonly Observation[]): void {
    for (const observation of found) this.tell(observation);
  }

  /** New values find their series; what was measured just now is stored once they have them. */
  #name(turn: DeviceTurn, columns: DeviceColumns, groups: readonly number[]): void {
    const naming = columns.naming(groups);
    if (naming === undefined) return;
    const { world, series } = this.#options;
    const { id } = turn.device;
    const names = naming.names.map(({ object, ...rest }) => ({ resource: `${id}/${object}`, ...rest }));
    const upTime = { resource: id, metric: 'system.uptime', unit: 'cs', kind: 'gauge' } as const;
    series
      .register([upTime, ...names])
      .then(([first, ...ids]) => {
        if (first !== undefined) this.#upTimes.set(id, first);
        naming.bind(ids);
        if (naming.isFirst) this.#storeAgain(turn, columns, groups);
      })
      .catch((error: unknown) => {
        naming.fail();
        world.log.warn('the series store gave no names', { device: id, error: String(error) });
      });
  }

  /** The first values of a device had no series yet: they are still in its cells unless it is being asked again. */
  #storeAgain(turn: DeviceTurn, columns: DeviceColumns, groups: readonly number[]): void {
    if (turn.isBusy || this.#turns.get(turn.device.id) !== turn) return;
    columns.evaluate(groups);
    this.#samples.stamp(this.#options.world.now());
    columns.store(groups, { sink: this.#samples, gap: nowhere });
  }

  /** A device some of whose tables want to be asked more often has more turns. */
  #keepPace(turn: DeviceTurn): void {
    if (this.#everyMs[turn.turn] === turn.everyMs) return;
    this.#everyMs[turn.turn] = turn.everyMs;
    this.#schedule.pace(turn.turn, turn.everyMs, this.#options.world.monotonicMs());
  }
}

/** Of what was asked for on a device that does not answer. */
function unseen({ id, resource }: PolledDevice, asked: AskedPlaces): FullBitmap[] {
  const objects = [...asked].filter((place) => place.startsWith(`${id}/`));
  const counts = { down: 0, alive: 0, unknown: objects.length };
  const common = { owner: resource, device: id, counts, down: [], alive: [] };
  return Array.from({ length: Math.ceil(objects.length / mostChildren) }, (_, i) => ({
    ...common,
    unknown: objects
      .slice(i * mostChildren, (i + 1) * mostChildren)
      .map((place) => place.slice(id.length + 1)),
  }));
}
