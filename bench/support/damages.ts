/** What goes wrong on the way to us and in the papers, done to a generated network and its stream, each so often. */
import type { Random } from '../../src/base/random.ts';
import type { AlarmLine } from '../../src/sim/faults/lines.ts';
import { topologyJson } from '../../src/sim/faults/plant/document.ts';
import type { Truth } from '../../src/sim/faults/truth.ts';
import type { TopologyDocument } from '../../src/topology/topology.ts';
import type { Condition } from './conditions.ts';

/** As files hold them, so that the readers see what they would see. */
export interface Drawn {
  readonly topology: string;
  readonly alarms: readonly string[];
  readonly truth: Truth;
  /** Mistakes put in that a reader should name, each once; undefined where there are none to name. */
  readonly toName?: number | undefined;
}

export interface Made {
  readonly topology: TopologyDocument;
  readonly lines: readonly AlarmLine[];
  readonly truth: Truth;
}

export interface Damage {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  /** What the generator does about it. */
  readonly condition?: Partial<Condition> | undefined;
  /** True: whatever was said without the damage is said with it, to the letter. */
  readonly changesNothing?: boolean | undefined;
  readonly apply: (made: Made, random: Random) => Drawn;
}

const hour = 3_600_000;

export function written({ topology, lines, truth }: Made): Drawn {
  return {
    ...{ topology: textOf(topology), truth },
    alarms: lines.map((line) => JSON.stringify(line)),
  };
}

function textOf(topology: TopologyDocument): string {
  return [...topologyJson(topology)].join('');
}

export const damages: readonly Damage[] = [
  {
    ...{ name: 'swapped', title: 'pairs of resources swapped in the papers' },
    apply: (made, random) => ({ ...written(made), topology: textOf(swapped(made.topology, random)) }),
  },
  {
    ...{ name: 'papers', title: 'parents missing or in a circle, ends of links missing, resources twice' },
    apply: brokenPapers,
  },
  {
    ...{ name: 'blind', title: 'half of the collectors away for an hour' },
    ...{ condition: { blind: 0.5 }, apply: written },
  },
  {
    ...{ name: 'hours', title: 'all clocks off by about an hour' },
    ...{ condition: { skewMs: hour }, apply: written },
  },
  {
    ...{ name: 'future', title: 'lines from the future and the past, torn, without a cause' },
    ...{ changesNothing: true, apply: wrongLines },
  },
  {
    ...{ name: 'clears', title: 'as many clears of what nobody raised as there are raises' },
    apply: (made, random) => ({
      ...written(made),
      alarms: made.lines.flatMap(withStrayClears(made, random)),
    }),
  },
  { ...{ name: 'twice', title: 'all that devices send comes twice' }, apply: doubled },
];

type Resource = TopologyDocument['resources'][number];

/** Two of a kind change places, children and customers included: one pair of a hundred of each kind, one at least. */
function swapped(topology: TopologyDocument, random: Random): TopologyDocument {
  const places = new Map<string, Pick<Resource, 'in' | 'order'>>();
  const byId = new Map(topology.resources.map((resource) => [resource.id, resource]));
  // Of one kind may stand below one another; those exchanged would be a circle, which is another damage.
  const isAbove = (one: Resource, other: Resource): boolean => {
    for (
      let at: Resource | undefined = other;
      at !== undefined;
      at = byId.get(at.in['access'] ?? ('' as never))
    )
      if (at === one) return true;
    return false;
  };
  for (const kind of ['ont', 'modem', 'splitter', 'pon-port', 'card', 'olt', 'building']) {
    const all = topology.resources.filter((resource) => resource.kind === kind);
    for (let left = Math.ceil(all.length / 100); left > 0 && all.length > 1; left--) {
      const [one, other] = [all[random.below(all.length)]!, all[random.below(all.length)]!];
      const isApart = !isAbove(one, other) && !isAbove(other, one);
      if (!isApart || places.has(one.id) || places.has(other.id)) continue;
      places.set(one.id, { in: other.in, order: other.order });
      places.set(other.id, { in: one.in, order: one.order });
    }
  }
  return { ...topology, resources: topology.resources.map((one) => ({ ...one, ...places.get(one.id) })) };
}

function brokenPapers(made: Made, random: Random): Drawn {
  const { topology } = made;
  const inTree = topology.resources.filter(
    ({ kind, in: { access } }) => access !== undefined && kind !== 'ont',
  );
  const lost = new Map<string, string>();
  const some = Math.max(2, Math.ceil(inTree.length / 200));
  for (let n = 0; n < some; n++) lost.set(inTree[random.below(inTree.length)]!.id, `nowhere-${n}`);
  // A splitter below itself: what was above it is lost, what is below it is a circle.
  const below = topology.resources.filter(
    ({ kind, in: { access } }) => kind === 'splitter' && access !== undefined,
  );
  const circled = new Set<string>();
  for (const { id, in: within } of below) {
    const above = within['access']!;
    const isFree = ![id, above].some((one) => lost.has(one) || circled.has(one));
    if (!isFree || !below.some((one) => one.id === above) || random.below(4) > 0) continue;
    if (circled.size >= 2 * some) break;
    lost.set(above, id);
    circled.add(above).add(id);
  }
  const twice = Array.from(
    { length: some },
    () => topology.resources[random.below(topology.resources.length)]!,
  );
  const links = topology.links.map((link, n) =>
    n % 40 === 7 ? { ...link, ends: [link.ends[0], `nobody-${n}` as never] as const } : link,
  );
  const resources = topology.resources.map((one) => {
    const access = lost.get(one.id);
    return access === undefined ? one : { ...one, in: { ...one.in, access: access as never } };
  });
  const cut = links.filter((link, n) => link !== topology.links[n]).length;
  return {
    ...written(made),
    topology: textOf({ ...topology, links, resources: [...resources, ...twice] }),
    toName: lost.size + twice.length + cut,
  };
}

/** Every two hundredth line is followed by one that is none. */
function wrongLines(made: Made, random: Random): Drawn {
  const wrong: readonly ((line: AlarmLine, n: number) => string)[] = [
    (line, n) => JSON.stringify({ ...line, id: `x${n}`, at: line.at + 24 * hour * (1 + random.below(400)) }),
    (line, n) => JSON.stringify({ ...line, id: `x${n}`, at: line.at - 60_000 * (1 + random.below(9_000)) }),
    (line) => JSON.stringify(line).slice(0, 30),
    (line, n) => JSON.stringify({ ...line, id: `x${n}`, event: 'raise', cause: undefined }),
    (line, n) => JSON.stringify({ ...line, id: `x${n}`, event: 'explode' }),
  ];
  let toName = 0;
  const alarms = made.lines.flatMap((line, n) => {
    const text = JSON.stringify(line);
    // The first line sets the clock: nothing before it is from the past, and what stands last is never in doubt.
    if (n % 200 !== 100 || n > made.lines.length - 200) return [text];
    toName++;
    return [text, wrong[((n / 100) % wrong.length) | 0]!(line, n)];
  });
  return { ...written(made), alarms, toName };
}

/** Behind every raise the end of an alarm that is not there, of a resource that has none at all. */
function withStrayClears({ topology, lines }: Made, random: Random): (line: AlarmLine) => readonly string[] {
  const causes = ['PORT_LOS', 'NO_IP', 'LOS', 'FAN_FAIL', 'BATTERY_LOW', 'MAINS_FAIL', 'UNREACHABLE'];
  const ever = new Set(lines.filter(({ event }) => event === 'raise').map(({ resource }) => resource));
  const quiet = topology.resources.filter(({ id }) => !ever.has(id));
  return (line) => {
    const text = JSON.stringify(line);
    if (line.event !== 'raise' || quiet.length === 0) return [text];
    const { id: resource } = quiet[random.below(quiet.length)]!;
    const cause = causes[random.below(causes.length)]!;
    const clear = { id: `x${line.id}`, at: line.at, event: 'clear', resource, cause, source: 'trap' };
    return [text, JSON.stringify(clear)];
  };
}

/** Once more within three seconds, but before the next word of the same resource; the copies belong to the same fault. */
function doubled({ topology, lines, truth }: Made, random: Random): Drawn {
  const next = new Map<string, number>();
  const copies: AlarmLine[] = [];
  for (const line of [...lines].reverse()) {
    const room = Math.min(3_000, (next.get(line.resource) ?? Number.POSITIVE_INFINITY) - line.at);
    next.set(line.resource, line.at);
    if (line.source !== 'trap' && line.source !== 'syslog') continue;
    copies.push({ ...line, id: `${line.id}d`, at: line.at + random.below(Math.max(1, room)) });
  }
  const copied = new Set(copies.map(({ id }) => id));
  const withCopies = (ids: readonly string[]): string[] =>
    ids.flatMap((id) => (copied.has(`${id}d`) ? [id, `${id}d`] : [id]));
  const merged = [...lines, ...copies.reverse()].map((line, place) => ({ line, place }));
  merged.sort((a, b) => a.line.at - b.line.at || a.place - b.place);
  const faults = truth.faults.map((fault) => ({
    ...fault,
    alarms: withCopies(fault.alarms),
    optional: withCopies(fault.optional),
  }));
  const lists = {
    noiseGroups: truth.noiseGroups.map(withCopies),
    tolerated: truth.tolerated.map(withCopies),
  };
  return {
    topology: textOf(topology),
    alarms: merged.map(({ line }) => JSON.stringify(line)),
    truth: { ...truth, ...lists, faults, optional: withCopies(truth.optional) },
  };
}
