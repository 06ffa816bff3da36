/** What was discovered beside what is configured: links that lack, contradict or were never seen. */
import type { Conflict, Fact, Place } from '../../model/discovered.ts';
import type { Topology } from '../graph.ts';
import type { Known } from './neighbours.ts';

interface Compared extends Known {
  readonly configured: Topology;
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
  readonly #linksAt = new Map<
    string,
    { readonly link: number; readonly far: number; readonly called: string }[]
  >();
  readonly #joined = new Set<string>();

  constructor(compared: Compared) {
    this.#compared = compared;
    this.#deviceOf = new Map([...compared.resourceOf].map(([device, resource]) => [resource, device]));
    const { configured } = compared;
    for (const link of configured.links()) {
      const [first, second] = configured.endNamesOf(link);
      if (first !== undefined && second !== undefined) {
        this.#begin(first, { link: link.index, far: link.b, called: second });
        this.#begin(second, { link: link.index, far: link.a, called: first });
      }
      const [a, b] = [this.#owner(link.a), this.#owner(link.b)];
      if (a !== undefined && b !== undefined) this.#joined.add(pairOf(a, b));
    }
    for (const [device, resource] of compared.resourceOf) {
      // In `access`, the way of the signal: a site or a supply holds many devices and joins none.
      const above = this.#owner(configured.parentOf('access', configured.indexOf(resource)));
      if (above !== undefined) this.#joined.add(pairOf(device, above));
    }
  }

  #begin(end: string, link: { readonly link: number; readonly far: number; readonly called: string }): void {
    const here = this.#linksAt.get(end);
    if (here === undefined) this.#linksAt.set(end, [link]);
    else here.push(link);
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
    const { configured } = this.#compared;
    const others = [...new Set(ids)].flatMap((id) => this.#linksAt.get(id) ?? []);
    const [other] = others;
    if (other === undefined || others.some(({ far }) => this.#owner(far) === to)) return undefined;
    const device = this.#owner(other.far);
    const leadsTo = device === undefined ? { name: other.called } : { device };
    return { link: configured.idOf(other.link), leadsTo };
  }

  /** Links between devices that were both read, of which one at least names its neighbours. */
  neverSeen(joined: ReadonlySet<string>, links: readonly Fact[]): Conflict[] {
    const { configured, said } = this.#compared;
    const tells = new Set(links.map(({ from }) => from.device));
    return [...configured.links()].flatMap((link): Conflict[] => {
      const [a, b] = [this.#owner(link.a), this.#owner(link.b)];
      if (a === undefined || b === undefined || a === b) return [];
      if (!said.has(a) || !said.has(b) || (!tells.has(a) && !tells.has(b))) return [];
      if (joined.has(pairOf(a, b))) return [];
      return [
        {
          kind: 'linkNeverSeen',
          name: configured.idOf(link.index),
          at: [{ device: a }, { device: b }],
          seen: [],
        },
      ];
    });
  }

  /** The device itself, one whose id it begins with, or the nearest above it. */
  #owner(resource: number): string | undefined {
    const { configured } = this.#compared;
    let at = resource;
    for (let step = 0; step < mostSteps && at >= 0; step++, at = configured.parentOf('access', at)) {
      const id = configured.idOf(at);
      const device = this.#deviceOf.get(id) ?? this.#prefixOwner(id);
      if (device !== undefined) return device;
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
