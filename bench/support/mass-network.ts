/** An operator of millions: two cores, aggregation switches of 100,000 subscribers each, OLTs of 5,000, splitters of 25. */
import type { SubscriberRow } from '../../src/model/subscriber.ts';
import { type Topology, TopologyReader } from '../../src/topology/topology.ts';
import { numberOf } from './call-load.ts';

const perSplitter = 25;
const [cards, portsPerCard, splittersPerPort] = [5, 10, 4];
const perOlt = cards * portsPerCard * splittersPerPort * perSplitter;
const oltsPerSwitch = 20;
export const perSwitch = perOlt * oltsPerSwitch;
const cores = ['core-a.mass.example', 'core-b.mass.example'];

export const switchOf = (n: number): string => `agg-${n}.mass.example`;

/** Through the reader of `topology.ndjson`, piece by piece. */
export function massTopology(subscribers: number): Topology {
  const reader = new TopologyReader('mass');
  let waiting: string[] = [];
  const put = (line: object): void => {
    waiting.push(`${JSON.stringify(line)}\n`);
    if (waiting.length < 5_000) return;
    reader.read(new TextEncoder().encode(waiting.join('')));
    waiting = [];
  };
  const resource = (id: string, kind: string, parents: object, own = 0): void =>
    put({ resource: { id, kind, in: parents, ...(own > 0 ? { subscribers: own } : {}) } });
  put({ format: 'allclear-topology/2', serviceRoots: cores });
  for (const core of cores) resource(core, 'core', {});
  for (let n = 0; n * perOlt < subscribers; n++) {
    if (n % oltsPerSwitch === 0) resource(switchOf(n / oltsPerSwitch), 'aggregation', {});
    resource(oltOf(n), 'olt', {});
    for (let card = 0; card < cards; card++) {
      resource(`${oltOf(n)}/card/${card}`, 'card', { access: oltOf(n) });
      for (let port = 0; port < portsPerCard; port++) {
        const at = `${oltOf(n)}/card/${card}/pon/${port}`;
        resource(at, 'pon-port', { access: `${oltOf(n)}/card/${card}` });
        for (let splitter = 0; splitter < splittersPerPort; splitter++)
          resource(`${at}/s/${splitter}`, 'splitter', { access: at }, perSplitter);
      }
    }
  }
  for (let n = 0; n * perOlt < subscribers; n++) {
    const above = Math.floor(n / oltsPerSwitch);
    if (n % oltsPerSwitch === 0)
      for (const core of cores) put({ link: { id: `link/${core}/${above}`, ends: [core, switchOf(above)] } });
    put({ link: { id: `link/olt/${n}`, ends: [switchOf(above), oltOf(n)] } });
  }
  reader.read(new TextEncoder().encode(waiting.join('')));
  const { value, problems } = reader.end();
  if (problems.length > 0) throw new Error(JSON.stringify(problems[0]));
  return value;
}

const oltOf = (n: number): string => `olt-${n}.mass.example`;

export const massNumbers = { prefix: '+79', digits: 9 } as const;

/** One subscriber of the list, as the reader of the file hands it on. */
export function massRow(n: number): SubscriberRow {
  const splitter = Math.floor(n / perSplitter);
  const port = Math.floor(splitter / splittersPerPort);
  const card = Math.floor(port / portsPerCard);
  const place = `${oltOf(Math.floor(card / cards))}/card/${card % cards}/pon/${port % portsPerCard}`;
  return {
    id: `s${n}`,
    resource: `${place}/s/${splitter % splittersPerPort}`,
    class: n % 50 === 0 ? 'business' : 'residential',
    language: n % 3 === 0 ? 'en' : 'ru',
    name: `Name ${n}`,
    phone: numberOf(massNumbers, n),
    address: `Street ${n >> 8}, ${n & 255}`,
    consent: [],
    attributes: {},
  };
}
