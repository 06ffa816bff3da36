/** The light and power of every terminal, what its head has said of it, and what the next poll will find. */
import { type Chance, minute } from './chance.ts';
import type { Habits } from './habits.ts';
import { listed, type Plant } from './plant/plant.ts';
import type { Reach } from './reach.ts';
import type { Voice } from './voice.ts';
import type { Watch } from './watch.ts';
import { forgottenClears } from './watch.ts';

/** How the terminals of a fault come to be known: by trap, by poll only, or not at all. */
export type Telling = 'trap' | 'poll' | 'mute';

const los = 1;
const gasp = 2;
const unreachable = 4;

interface Parts {
  readonly plant: Plant;
  readonly watch: Watch;
  readonly voice: Voice;
  readonly habits: ReadonlyMap<number, Habits>;
  readonly reach: Reach;
  readonly chance: Chance;
  /** Of a fault by its index. */
  readonly tellingOf: (fault: number) => Telling;
  /** A noise that a fault hid: nobody can tell whose it was. */
  readonly onCovered: (noise: number) => void;
}

/** What holds a terminal dark; the numbers are those of faults or of noise. */
type Hold = 'cut' | 'booting' | 'power' | 'off';

export class Terminals {
  readonly #parts: Parts;
  /** Number + 1 of what holds it, 0 for nothing. */
  readonly #holds: Readonly<Record<Hold, Int32Array>>;
  /** 1 where a battery in the house still carries it. */
  readonly #bridged: Uint8Array;
  readonly hasBattery: Uint8Array;
  readonly #hasNoGasp: Uint8Array;
  /** What the centre believes: bits of LOS, dying gasp, unreachable. */
  readonly #told: Uint8Array;
  /** What its head has raised by trap and will clear by trap. */
  readonly #raised: Uint8Array;
  readonly #waits: Uint8Array;
  readonly #waiting = new Map<number, number[]>();
  readonly #portOf: Int32Array;
  readonly #litBelow: Int32Array;
  readonly #leavesOf = new Map<number, number[]>();
  readonly #changed = new Map<number, Set<number>>();
  readonly #offSince: Float64Array;
  /** Of those switched off while their head was dead, when the first poll after that found them dark. */
  readonly #foundUnheard = new Map<number, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
    const { plant, chance } = parts;
    const count = plant.count;
    const column = (): Int32Array => new Int32Array(count);
    this.#holds = { cut: column(), booting: column(), power: column(), off: column() };
    this.#bridged = new Uint8Array(count);
    this.hasBattery = new Uint8Array(count);
    this.#hasNoGasp = new Uint8Array(count);
    this.#told = new Uint8Array(count);
    this.#raised = new Uint8Array(count);
    this.#waits = new Uint8Array(count);
    this.#litBelow = new Int32Array(count);
    this.#offSince = new Float64Array(count);
    this.#portOf = new Int32Array(count).fill(-1);
    for (const leaf of plant.ofKind('ont', 'modem', 'dsl-line')) {
      const isOnt = plant.kinds[leaf] === 'ont';
      this.hasBattery[leaf] = chance.happens(isOnt ? 0.08 : 0.03) ? 1 : 0;
      this.#hasNoGasp[leaf] = plant.kinds[leaf] === 'modem' || chance.happens(isOnt ? 0.02 : 0.3) ? 1 : 0;
      const port = plant.above('access', leaf).find((up) => portKinds.has(plant.kinds[up]!)) ?? -1;
      this.#portOf[leaf] = port;
      if (port < 0) continue;
      this.#litBelow[port]!++;
      listed(this.#leavesOf, port).push(leaf);
    }
    parts.watch.onAnswer((device, at) => this.#poll(device, at));
  }

  isLit(leaf: number): boolean {
    const { cut, booting, power, off } = this.#holds;
    return (
      cut[leaf] === 0 &&
      booting[leaf] === 0 &&
      off[leaf] === 0 &&
      (power[leaf] === 0 || this.#bridged[leaf] === 1)
    );
  }

  /** Says dying gasp when its power goes. */
  gasps(leaf: number): boolean {
    return (
      this.#hasNoGasp[leaf] === 0 && !this.#parts.habits.get(this.#parts.plant.heads[leaf]!)!.knowsNoGasp
    );
  }

  /** A fault or noise takes hold of a terminal. */
  hold(
    leaf: number,
    { by, number, at, isBridged }: { by: Hold; number: number; at: number; isBridged?: boolean },
  ): void {
    const was = this.isLit(leaf);
    this.#holds[by][leaf] = number + 1;
    if (isBridged === true) this.#bridged[leaf] = 1;
    if (by === 'off') this.#offSince[leaf] = at;
    else if (this.#holds.off[leaf] !== 0 && at - this.#offSince[leaf]! < 60_000) {
      this.#parts.onCovered(this.#holds.off[leaf]! - 1);
    }
    if (was && !this.isLit(leaf)) this.#darkened(leaf, at);
  }

  /** Nothing happens unless that very one held it. */
  release(leaf: number, { by, number, at }: { by: Hold; number: number; at: number }): void {
    if (this.#holds[by][leaf] !== number + 1) return;
    if (by === 'off' && at - (this.#foundUnheard.get(leaf) ?? Number.NEGATIVE_INFINITY) <= startsWithinMs)
      this.#parts.onCovered(number);
    const was = this.isLit(leaf);
    this.#holds[by][leaf] = 0;
    if (by === 'power') this.#bridged[leaf] = 0;
    if (!was && this.isLit(leaf)) this.#lightened(leaf, at);
  }

  /** The battery of the house is empty. */
  exhaust(leaf: number, number: number, at: number): boolean {
    if (this.#holds.power[leaf] !== number + 1 || this.#bridged[leaf] === 0) return false;
    const was = this.isLit(leaf);
    this.#bridged[leaf] = 0;
    if (was && !this.isLit(leaf)) this.#darkened(leaf, at);
    return true;
  }

  #why(leaf: number): { readonly owner: number; readonly symptom: number; readonly telling: Telling } {
    const { cut, booting, power, off } = this.#holds;
    const fault = cut[leaf]! || booting[leaf]!;
    if (fault > 0) return { owner: fault - 1, symptom: los, telling: this.#parts.tellingOf(fault - 1) };
    const symptom = this.gasps(leaf) ? gasp : los;
    const outage = power[leaf]!;
    if (outage > 0 && this.#bridged[leaf] === 0) return { owner: outage - 1, symptom, telling: 'trap' };
    return { owner: -off[leaf]!, symptom, telling: 'trap' };
  }

  #darkened(leaf: number, at: number): void {
    const { plant, watch, voice, habits, reach } = this.#parts;
    const head = plant.heads[leaf]!;
    const { owner, symptom, telling } = this.#why(leaf);
    if (owner < 0 && reach.dead[head]! > 0) this.#foundUnheard.set(leaf, Number.NEGATIVE_INFINITY);
    this.#countPort(leaf, { by: -1, owner, at });
    this.#note(head, leaf, at);
    if (telling === 'mute') return;
    if (telling === 'trap' && watch.canSpeak(head)) {
      const cause = symptom === los ? 'LOS' : 'DYING_GASP';
      this.#raised[leaf] = symptom;
      if (
        voice.trap(at, {
          device: head,
          resource: leaf,
          event: 'raise',
          cause,
          owner,
          isOptional: this.#isDoubtful(leaf, owner),
        })
      ) {
        this.#told[leaf]! |= symptom;
      }
    }
    if (this.#told[leaf] === 0 || habits.get(head)!.pollsToo) this.#wait(head, leaf, at);
  }

  #lightened(leaf: number, at: number): void {
    const { plant, watch, voice, chance } = this.#parts;
    const head = plant.heads[leaf]!;
    this.#foundUnheard.delete(leaf);
    this.#countPort(leaf, { by: 1, owner: 0, at });
    this.#note(head, leaf, at);
    const symptom = this.#raised[leaf]!;
    if (symptom !== 0 && watch.canSpeak(head)) {
      this.#raised[leaf] = 0;
      const cause = symptom === los ? 'LOS' : 'DYING_GASP';
      // What its head forgets no trap will end; what a poll found, the next poll sees end all the same.
      const isForgotten = chance.happens(forgottenClears);
      if (isForgotten || voice.trap(at, { device: head, resource: leaf, event: 'clear', cause, owner: 0 }))
        this.#told[leaf]! &= ~symptom;
    }
    if (this.#told[leaf] !== 0) this.#wait(head, leaf, at);
  }

  /** Of noise under a fault nobody can say what it was; of a terminal missing in the papers neither. */
  #isDoubtful(leaf: number, owner: number): boolean {
    const { cut, power } = this.#holds;
    return this.#parts.plant.missing.has(leaf)
      ? owner >= 0
      : owner < 0 && (cut[leaf] !== 0 || power[leaf] !== 0);
  }

  #wait(head: number, leaf: number, at: number): void {
    if (this.#waits[leaf] === 1) return;
    this.#waits[leaf] = 1;
    listed(this.#waiting, head).push(leaf);
    this.#parts.watch.schedule(head, at);
  }

  #countPort(leaf: number, { by, owner, at }: { by: number; owner: number; at: number }): void {
    const port = this.#portOf[leaf]!;
    if (port < 0) return;
    const lit = this.#litBelow[port]! + by;
    this.#litBelow[port] = lit;
    const { plant, watch, habits } = this.#parts;
    const device = plant.heads[port]!;
    if (plant.kinds[port] !== 'pon-port' || lit > 1 || !habits.get(device)!.tellsPortLos) return;
    // While a head starts, its ports are not yet watched.
    if (lit === 0 && this.#holds.booting[leaf] !== 0) return;
    const isOptional = lit === 0 && this.#isShared(port, owner);
    watch.set({ resource: port, cause: 'PORT_LOS', device, isOptional }, { isOn: lit === 0, owner, at });
  }

  /** The last of its terminals to fall dark owns a port without light, though others took most of them: then nobody can say whose it is. */
  #isShared(port: number, owner: number): boolean {
    const leaves = this.#leavesOf.get(port) ?? [];
    const own = leaves.filter((leaf) => this.#why(leaf).owner === owner).length;
    return own * 2 < leaves.length;
  }

  #note(head: number, leaf: number, at: number): void {
    if (!this.#parts.habits.get(head)!.givesProof || this.#portOf[leaf]! < 0) return;
    const ports = this.#changed.get(head) ?? new Set();
    this.#changed.set(head, ports.add(this.#portOf[leaf]!));
    this.#parts.watch.schedule(head, at);
  }

  #poll(device: number, at: number): void {
    const waiting = this.#waiting.get(device);
    if (waiting !== undefined) {
      this.#waiting.delete(device);
      for (const leaf of waiting) {
        this.#waits[leaf] = 0;
        this.#found(device, leaf, at);
      }
    }
    const ports = this.#changed.get(device);
    if (ports === undefined) return;
    this.#changed.delete(device);
    for (const port of ports) this.#prove(device, port, at);
  }

  #found(device: number, leaf: number, at: number): void {
    const { voice, habits } = this.#parts;
    const { pollsToo, endsByProof } = habits.get(device)!;
    const told = this.#told[leaf]!;
    if (!this.isLit(leaf)) {
      const { owner, telling } = this.#why(leaf);
      if (telling === 'mute' || (told & unreachable) !== 0 || (told !== 0 && !pollsToo)) return;
      this.#told[leaf]! |= unreachable;
      if (this.#foundUnheard.get(leaf) === Number.NEGATIVE_INFINITY) this.#foundUnheard.set(leaf, at);
      const isOptional = this.#isDoubtful(leaf, owner);
      voice.found(at, { device, resource: leaf, event: 'raise', cause: 'UNREACHABLE', owner, isOptional });
      return;
    }
    this.#told[leaf] = 0;
    if (told === 0) return;
    if (told === unreachable && !endsByProof) {
      voice.found(at, { device, resource: leaf, event: 'clear', cause: 'UNREACHABLE', owner: 0 });
    } else voice.found(at, { device, resource: leaf, event: 'alive', owner: 0 });
  }

  /** Whole lit branches of a port in one line, of others a few lit terminals. */
  #prove(device: number, port: number, at: number): void {
    const { plant, voice } = this.#parts;
    const branches = new Map<number, number[]>();
    const withDark = new Set<number>();
    for (const leaf of this.#leavesOf.get(port) ?? []) {
      const branch = plant.parents.access[leaf]!;
      const lit = branches.get(branch) ?? [];
      branches.set(branch, lit);
      if (this.isLit(leaf)) lit.push(leaf);
      // Amplifiers stand in rows: who speaks for all below one speaks for those behind the next one, too.
      else for (const up of plant.above('access', leaf)) withDark.add(up);
    }
    for (const [branch, lit] of branches) {
      if (!withDark.has(branch))
        voice.found(at, { device, resource: branch, event: 'alive', below: true, owner: 0 });
      else {
        for (const leaf of lit.slice(0, 4)) {
          if (plant.missing.has(leaf)) continue;
          voice.found(at, { device, resource: leaf, event: 'alive', owner: 0 });
        }
      }
    }
  }
}

/**
 * A head that starts finds its terminals one by one, two minutes long, and is polled every five: within two rounds nobody
 * can tell who starts slowly from who was switched off while the head could not hear the gasp.
 */
const startsWithinMs = 10 * minute;

const portKinds: ReadonlySet<string> = new Set(['pon-port', 'fiber-node', 'cable']);
