/** What was discovered beside what is configured: links that lack, contradict or were never seen. */
import type { Conflict, Fact, Place } from '../../model/discovered.ts';
import type { TopologyDocument } from '../document.ts';
import type { Known } from './neighbours.ts';

interface Compared extends Known {
  readonly configured: TopologyDocument;
  readonly resourceOf: ReadonlyMap<string, string>;
}

/** Trees that are deeper than this are no part of one device. */
const mostSteps = 64;

export function againstConfigured(links: readonly Fact[], compared: Compared): Conflict[] {
  const plan = new Plan(compared);
  const joined = new Set<string>();
  for (const { from, to } of links) {
    if (from.device !== undefined && to.device !== undefined) joined.add(pairOf(from.device, to.device));
  }
  return [...unplanned(links, plan), ...plan.neverSeen(joined, links)];
}

function unplanned(links: readonly Fact[], plan: Plan): Conflict[] {
  const told = new Set<string>();
  return links.flatMap(({ from, to }): Conflict[] => {
    if (from.device === undefined || to.device === undefined || from.device === to.device) return [];
    const contradiction = plan.otherLinkAt(from, to.device);
    if (contradiction !== undefined) {
      const { link, leadsTo } = contradiction;
      return [{ kind: 'linkContradicts', at: [from], seen: [to, leadsTo], name: link }];
    }
    const pair = pairOf(from.device, to.device);
    if (plan.joins(from.device, to.device) || told.has(pair)) return [];
    told.add(pair);
    return [{ kind: 'linkNotConfigured', at: [from, to], seen: [] }];
  });
}

const pairOf = (a: string, b: string): string => JSON.stringify([a, b].sort());

/** The configured topology with each resource given to the device that it is part of. */
class Plan {
  readonly #compared: Compared;
  readonly #deviceOf: ReadonlyMap<string, string>;
  /** In `access`: the way of the signal. A site or a supply holds many devices and joins none. */
  readonly #parents = new Map<string, string>();
  readonly #linksAt = new Map<string, { readonly link: string; readonly far: string }[]>();
  readonly #joined = new Set<string>();

  constructor(compared: Compared) {
    this.#compared = compared;
    this.#deviceOf = new Map([...compared.resourceOf].map(([device, resource]) => [resource, device]));
    const { resources, links } = compared.configured;
    for (const { id, in: trees } of resources) {
      if (trees['access'] !== undefined) this.#parents.set(id, trees['access']);
    }
    for (const { id, ends } of links) {
      this.#begin(id, ends[0], ends[1]);
      this.#begin(id, ends[1], ends[0]);
      const [a, b] = [this.#owner(ends[0]), this.#owner(ends[1])];
      if (a !== undefined && b !== undefined) this.#joined.add(pairOf(a, b));
    }
    for (const [device, resource] of compared.resourceOf) {
      const parent = this.#parents.get(resource);
      const above = parent === undefined ? undefined : this.#owner(parent);
      if (above !== undefined) this.#joined.add(pairOf(device, above));
    }
  }

  #begin(link: string, end: string, far: string): void {
    const here = this.#linksAt.get(end);
    if (here === undefined) this.#linksAt.set(end, [{ link, far }]);
    else here.push({ link, far });
  }

  joins(a: string, b: string): boolean {
    return this.#joined.has(pairOf(a, b));
  }

  /** A link that is configured at this very port and leads to another device. */
  otherLinkAt(from: Place, to: string): { readonly link: string; readonly leadsTo: Place } | undefined {
    const { said, resourceOf } = this.#compared;
    const port = said.get(from.device!)?.ports.find(({ name }) => name === from.port);
    if (port === undefined) return undefined;
    const ids = [from.device!, resourceOf.get(from.device!)].map((id) => `${id}/if/${port.ifIndex}`);
    const links = [...new Set(ids)].flatMap((id) => this.#linksAt.get(id) ?? []);
    const others = links.map(({ link, far }) => ({ link, far, device: this.#owner(far) }));
    const [other] = others;
    if (other === undefined || others.some(({ device }) => device === to)) return undefined;
    return {
      link: other.link,
      leadsTo: other.device === undefined ? { name: other.far } : { device: other.device },
    };
  }

  /** Links between devices that were both read, of which one at least names its neighbours. */
  neverSeen(joined: ReadonlySet<string>, links: readonly Fact[]): Conflict[] {
    const { configured, said } = this.#compared;
    const tells = new Set(links.map(({ from }) => from.device));
    return configured.links.flatMap(({ id, ends }): Conflict[] => {
      const [a, b] = [this.#owner(ends[0]), this.#owner(ends[1])];
      if (a === undefined || b === undefined || a === b) return [];
      if (!said.has(a) || !said.has(b) || (!tells.has(a) && !tells.has(b))) return [];
      if (joined.has(pairOf(a, b))) return [];
      return [{ kind: 'linkNeverSeen', name: id, at: [{ device: a }, { device: b }], seen: [] }];
    });
  }

  /** The device itself, one whose id it begins with, or the nearest above it. */
  #owner(resource: string): string | undefined {
    let id: string | undefined = resource;
    for (let step = 0; step < mostSteps && id !== undefined; step++) {
      const device: string | undefined = this.#deviceOf.get(id) ?? this.#prefixOwner(id);
      if (device !== undefined) return device;
      id = this.#parents.get(id);
    }
    return undefined;
  }

  #prefixOwner(id: string): string | undefined {
    for (let end = id.lastIndexOf('/'); end > 0; end = id.lastIndexOf('/', end - 1)) {
      const device = this.#deviceOf.get(id.slice(0, end));
      if (device !== undefined) return device;
    }
    return undefined;
  }
}
