/** Faults in which everything is up: services, wrong settings, noise, wet cables, and the collectors themselves. */
import { minute, second } from '../chance.ts';
import type { Cause } from '../lines.ts';
import { type Draft, type Fault, type Moment, ringToken, type Scene } from '../scene.ts';
import type { Condition } from '../watch.ts';

interface Showing {
  readonly condition: Condition;
  /** After the start, ms. */
  readonly afterMs: number;
}

/** Conditions that begin with a fault one by one and end with it. */
function show(scene: Scene, fault: Fault, showings: readonly Showing[]): void {
  const { agenda, watch, chance } = scene;
  const owner = fault.index;
  for (const { condition, afterMs } of showings) {
    const from = fault.startAt + Math.min(afterMs, (fault.endAt - fault.startAt) * 0.8);
    agenda.enter(from, (at) => watch.set(condition, { isOn: true, owner, at }));
    agenda.enter(fault.endAt + chance.whole(0, 40) * second, (at) =>
      watch.set(condition, { isOn: false, owner, at }),
    );
  }
}

/** Names, sessions or a platform fail for everybody while every link is up. */
export function serviceDraft(scene: Scene, moment: Moment): Draft | undefined {
  const { plant, chance } = scene;
  const root = chance.pick(plant.ofKind('dns', 'radius', 'service-platform'));
  const probes = plant.ofKind('collector').filter(() => chance.happens(0.8));
  const bngs = plant.ofKind('bng');
  const cause: Cause =
    plant.kinds[root] === 'dns'
      ? 'DNS_FAIL'
      : plant.kinds[root] === 'radius'
        ? 'SESSIONS_DROP'
        : 'NO_SERVICE';
  const speaker = (collector: number): number =>
    scene.reach.devices.find((device) => plant.parents.collector[device] === collector) ?? bngs[0]!;
  const showings: Showing[] = [];
  for (const by of probes.length > 0 ? probes : plant.ofKind('collector').slice(0, 1)) {
    const condition = { resource: root, cause, by, device: speaker(by), source: 'poll' as const };
    showings.push({ condition, afterMs: chance.whole(1, 60) * second });
  }
  if (plant.kinds[root] === 'radius') {
    for (const bng of bngs) {
      if (!chance.happens(0.8)) continue;
      const condition = { resource: bng, cause: 'NO_IP' as const, device: bng };
      showings.push({ condition, afterMs: chance.whole(5, 120) * second });
    }
  }
  for (const platform of plant.ofKind('service-platform')) {
    const needs = plant.added[platform]?.needs;
    if (platform === root || needs === undefined || !needs.of.includes(root)) continue;
    if (needs.of.length - 1 >= needs.atLeast || !chance.happens(0.8)) continue;
    const condition = {
      resource: platform,
      cause: 'NO_SERVICE' as const,
      device: speaker(plant.ofKind('collector')[0]!),
    };
    showings.push({ condition, afterMs: chance.whole(10, 90) * second });
  }
  return {
    ...{ ...moment, kind: 'service', root, under: [root] },
    // Who gets no session or no platform looks like whom a wrong setting hits.
    ...(plant.kinds[root] !== 'dns' && { avoids: 'config' as const, shows: 'service' as const }),
    // Services that share their symptoms fail one at a time.
    touches: [root, ...showings.map(({ condition }) => condition.resource)],
    play: (fault) => show(scene, fault, showings),
  };
}

/** A wrong setting takes the service of a head, or of all heads of one switch; light and links stay. */
export function configDraft(scene: Scene, moment: Moment): Draft | undefined {
  const { plant, chance, breakage, agenda } = scene;
  const isWide = chance.happens(0.25);
  const root = chance.pick(
    isWide ? plant.ofKind('aggregation') : plant.ofKind('olt', 'olt', 'dslam', 'cmts'),
  );
  const heads = isWide ? headsOnlyOn(scene, root) : [root];
  if (heads.length === 0) return undefined;
  const showings: Showing[] = [];
  const add = (condition: Condition): void =>
    void showings.push({ condition, afterMs: chance.whole(1, 150) * second });
  for (const head of heads) {
    add({ resource: head, cause: 'NO_SERVICE', device: head, source: 'poll' });
    const share = chance.between(0.03, 0.2);
    for (const leaf of breakage.leavesOf(head)) {
      if (chance.happens(share))
        add({
          resource: leaf,
          cause: 'NO_IP',
          device: head,
          source: chance.happens(0.85) ? 'poll' : 'reply',
          isOptional: plant.missing.has(leaf),
        });
    }
  }
  const leaves = heads.flatMap((head) => breakage.leavesOf(head));
  const play = (fault: Fault): void => {
    show(scene, fault, showings);
    agenda.enter(fault.startAt, () => {
      for (const head of heads) fault.heads.add(head);
      if (heads.length === 1) fault.roots.add(heads[0]!);
    });
  };
  return {
    ...moment,
    kind: 'config',
    root,
    avoids: 'service',
    shows: 'config',
    touches: [root, ...heads, ...leaves],
    play,
  };
}

const headsOnlyOn = ({ plant }: Scene, device: number): readonly number[] =>
  (plant.linksAt.get(device) ?? [])
    .flatMap((link) => plant.links[link]!.ends)
    .filter((end) => plant.isHead(end) && plant.linksAt.get(end)!.length === 1);

/** Noise in the return path of a fibre node: the node degrades and most modems with it. */
export function ingressDraft(scene: Scene, moment: Moment): Draft | undefined {
  const { plant, chance } = scene;
  const nodes = plant.ofKind('fiber-node');
  if (nodes.length === 0) return undefined;
  const root = chance.pick(nodes);
  const device = plant.heads[root]!;
  const leaves = plant.leavesBelow(root, ['access']);
  if (leaves.length < 4) return undefined;
  const share = chance.between(0.35, 0.85);
  const showings: Showing[] = [
    {
      condition: { resource: root, cause: chance.happens(0.7) ? 'DEGRADED' : 'CRC_ERRORS', device },
      afterMs: 0,
    },
  ];
  for (const leaf of leaves) {
    if (!chance.happens(share)) continue;
    const condition: Condition = {
      resource: leaf,
      cause: chance.happens(0.8) ? 'DEGRADED' : 'CRC_ERRORS',
      device,
    };
    showings.push({ condition, afterMs: chance.whole(0, 90) * second });
  }
  return {
    ...{ ...moment, kind: 'ingress', root, leaves, under: [root], touches: [root, ...leaves] },
    play: (fault) => show(scene, fault, showings),
  };
}

/** Water in a joint: neighbouring pairs of the binder go bad over some minutes. */
export function waterDraft(scene: Scene, moment: Moment): Draft | undefined {
  const { plant, chance } = scene;
  const cables = plant.ofKind('cable');
  if (cables.length === 0) return undefined;
  const root = chance.pick(cables);
  const lines = plant.leavesBelow(root, ['access']);
  if (lines.length < 12) return undefined;
  const wet = chance.whole(6, Math.max(6, Math.min(50, Math.floor(lines.length * 0.5))));
  const first = chance.whole(0, lines.length - wet);
  const leaves = inPairOrder(scene, lines).slice(first, first + wet);
  const spread = chance.whole(2, 12) * minute;
  const showings = leaves.map((resource) => ({
    condition: {
      resource,
      cause: chance.happens(0.75) ? ('CRC_ERRORS' as const) : ('DEGRADED' as const),
      device: plant.heads[resource]!,
    },
    afterMs: chance.whole(0, spread),
  }));
  const cabinets = new Set(leaves.map((leaf) => plant.parents.access[plant.parents.access[leaf]!]!));
  const play = (fault: Fault): void => {
    // Within one cabinet's pairs the joint may be before it or behind it.
    if (cabinets.size === 1) for (const cabinet of cabinets) fault.roots.add(cabinet);
    show(scene, fault, showings);
  };
  return { ...moment, kind: 'water', root, leaves, under: leaves, touches: [root, ...lines], play };
}

const inPairOrder = ({ plant }: Scene, lines: readonly number[]): number[] => {
  const order = (line: number): number => plant.added[plant.parents.access[line]!]?.order ?? 0;
  return [...lines].sort((a, b) => order(a) - order(b));
};

/**
 * First some targets seem lost, then the collector is; while it is away nothing of its targets is heard. Any collector
 * unless one is named.
 */
export function collectorDraft(scene: Scene, moment: Moment, named?: number): Draft | undefined {
  const { plant, chance, agenda, watch, voice, habits, reach } = scene;
  const root = named ?? chance.pick(plant.ofKind('collector'));
  const targets = reach.devices.filter((device) => plant.parents.collector[device] === root);
  const [one] = targets;
  if (one === undefined) return undefined;
  const { pollEveryMs } = habits.get(one)!;
  const doubted = targets.filter(() => chance.happens(chance.between(0, 0.5)));
  const play = (fault: Fault): void => {
    const owner = fault.index;
    for (const device of doubted) {
      const seenAt =
        fault.startAt - chance.whole(1_000, Math.max(1_000, Math.min(2 * pollEveryMs, fault.startAt) - 1));
      agenda.enter(seenAt, (at) => {
        if (!watch.canSpeak(device)) return;
        voice.found(at, { device, resource: device, event: 'raise', cause: 'UNREACHABLE', owner });
        agenda.enter(fault.endAt + chance.whole(5, 60) * second, (backAt) => {
          if (watch.canSpeak(device))
            voice.found(backAt, { device, resource: device, event: 'alive', owner });
        });
      });
    }
    agenda.enter(fault.startAt, (at) => {
      watch.loseCollector(root);
      for (let told = chance.whole(1, 2); told > 0; told--) {
        const soon = at + chance.whole(1, 20) * second;
        voice.found(soon, {
          device: one,
          resource: root,
          event: 'raise',
          cause: 'UNREACHABLE',
          source: 'collector',
          owner,
        });
      }
      if (!chance.happens(0.5)) return;
      voice.found(at + 21 * second, {
        device: one,
        resource: root,
        event: 'unknown',
        below: true,
        source: 'collector',
        owner,
      });
    });
    agenda.enter(fault.endAt, (at) => {
      watch.regainCollector(root, at);
      voice.found(at, {
        device: one,
        resource: root,
        event: 'clear',
        cause: 'UNREACHABLE',
        source: 'collector',
        owner,
      });
    });
  };
  return { ...moment, kind: 'collector', root, touches: [root, ringToken(1_000_000 + root)], play };
}
