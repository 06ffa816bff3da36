/** What a port is for: an end of a link, by the configured topology or by a neighbour that is polled; or the place of subscribers. */
import type { Instant } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import type { PortRole, WatchedPort } from '../../detect/detect.ts';
import type { Fact } from '../../model/discovered.ts';
import type { Inventory, Topology } from '../../topology/topology.ts';

/** Who was a neighbour yesterday may have been moved since. */
const holdsMs = 24 * 3_600_000;
const access: PortRole = { role: 'access' };
const isPort = /\/if\/\d+$/;

export class PortRoles {
  readonly #inventory: Pick<Inventory, 'facts' | 'version'>;
  readonly #world: World;
  #configured: Topology | undefined;
  /** Of ports that links of the topology end at. */
  readonly #ends = new Map<string, PortRole>();
  /** Ports of one device often go down together. */
  #last:
    | { readonly device: string; readonly version: number; readonly roles: ReadonlyMap<string, PortRole> }
    | undefined;

  constructor(options: { readonly inventory: Pick<Inventory, 'facts' | 'version'>; readonly world: World }) {
    this.#inventory = options.inventory;
    this.#world = options.world;
  }

  use(topology: Topology | undefined): void {
    this.#configured = topology;
    this.#ends.clear();
    for (const link of topology?.links() ?? []) {
      const role: PortRole = { role: 'link', leadsTo: topology!.idOf(link.index) };
      for (const end of topology!.endNamesOf(link))
        if (end !== undefined && isPort.test(end)) this.#ends.set(end, role);
    }
  }

  /** Undefined: nobody says. What is configured is believed before what devices say. */
  roleOf({ device, resource, ifIndex, name }: WatchedPort): PortRole | undefined {
    const configured = this.#roleAt(`${device}/if/${ifIndex}`) ?? this.#roleAt(`${resource}/if/${ifIndex}`);
    if (configured !== undefined || name === undefined) return configured;
    const { version } = this.#inventory;
    if (this.#last?.device !== device || this.#last.version !== version) {
      const roles = rolesIn(this.#inventory.facts(device), this.#world.now());
      this.#last = { device, version, roles };
    }
    return this.#last.roles.get(name);
  }

  #roleAt(port: string): PortRole | undefined {
    const link = this.#ends.get(port);
    if (link !== undefined) return link;
    const topology = this.#configured;
    const index = topology?.indexOf(port) ?? -1;
    return index >= 0 && topology!.ownSubscribersOf(index) > 0 ? access : undefined;
  }
}

/** By name of the port, of one device. */
function rolesIn(facts: readonly Fact[], now: Instant): ReadonlyMap<string, PortRole> {
  const [links, stations, aggregates] = [
    new Map<string, PortRole>(),
    new Set<string>(),
    new Map<string, string>(),
  ];
  const strangers = new Set<string>();
  for (const { kind, from, to, lastSeen } of facts) {
    if (now - lastSeen >= holdsMs) continue;
    const { port } = from;
    if (kind === 'link' && port !== undefined) {
      if (to.device === undefined) strangers.add(port);
      else links.set(port, { role: 'link', leadsTo: to.device });
    } else if (kind === 'member' && port !== undefined && to.port !== undefined)
      aggregates.set(port, to.port);
    else if (kind === 'session' && to.port !== undefined) stations.add(to.port);
    else if ((kind === 'forwards' || kind === 'serves') && port !== undefined) stations.add(port);
  }
  // An aggregate leads where its members do, and a member where its aggregate does.
  for (const [member, aggregate] of aggregates) {
    const role = links.get(member) ?? links.get(aggregate);
    if (role === undefined) continue;
    links.set(aggregate, role);
    links.set(member, role);
  }
  const roles = new Map(links);
  for (const port of stations) {
    // A neighbour whom nobody polls may be a telephone or the switch of another operator.
    if (!links.has(port) && !strangers.has(port) && !isAggregated(port, aggregates)) roles.set(port, access);
  }
  return roles;
}

const isAggregated = (port: string, aggregates: ReadonlyMap<string, string>): boolean =>
  aggregates.has(port) || [...aggregates.values()].includes(port);
