/** A metropolitan network as topology.ndjson: rings, OLTs with cards, ports, splitters and terminals, cables, sites, houses. */
import { closeSync, openSync, writeSync } from 'node:fs';

const rings = 150;
const switchesPerRing = 8;
const collector = 'collector/poller-01';

/** Writes at least `count` resources; `extra` more terminals make another version of the same network. */
export function writeMetro(path: string, count: number, extra = 0): void {
  const file = openSync(path, 'w');
  let waiting: string[] = [];
  let written = 0;
  const links: object[] = [];
  const put = (line: object): void => {
    waiting.push(JSON.stringify(line));
    if (waiting.length < 5_000) return;
    writeSync(file, `${waiting.join('\n')}\n`);
    waiting = [];
  };
  const resource = (id: string, kind: string, parents: object, rest: object = {}): void => {
    written++;
    put({ resource: { id, kind, in: parents, ...rest } });
  };
  const roots = ['core-a.metro.example', 'core-b.metro.example'];
  put({ format: 'allclear-topology/2', serviceRoots: roots });
  resource(collector, 'collector', {});
  for (const root of roots) resource(root, 'core', { collector });
  const switches = writeRings({ resource, links, roots });
  for (let olt = 0; written < count; olt++) writeOlt(olt, { resource, links, switches });
  for (let i = 0; i < extra; i++) {
    resource(`ont/added-${i}`, 'ont', { access: `splitter/${i}/1/0/0` }, { subscribers: 1 });
  }
  for (const link of links) put({ link });
  writeSync(file, `${waiting.join('\n')}\n`);
  closeSync(file);
}

interface Output {
  readonly resource: (id: string, kind: string, parents: object, rest?: object) => void;
  readonly links: object[];
}

function writeRings({ resource, links, roots }: Output & { readonly roots: readonly string[] }): string[] {
  const switches: string[] = [];
  for (let ring = 0; ring < rings; ring++) {
    let previous = roots[0]!;
    for (let place = 0; place <= switchesPerRing; place++) {
      const duct = `duct/ring-${ring}/span-${place}`;
      resource(duct, 'segment', {});
      const isLast = place === switchesPerRing;
      const id = isLast ? roots[1]! : `agg-${ring}-${place}.ring.metro.example`;
      if (!isLast) {
        resource(id, 'aggregation', { collector }, { name: `Кольцо ${ring}, узел ${place}` });
        switches.push(id);
      }
      links.push({ id: `link/ring-${ring}/${place}`, ends: [previous, id], segments: [duct] });
      previous = id;
    }
  }
  return switches;
}

function writeOlt(
  n: number,
  { resource, links, switches }: Output & { readonly switches: readonly string[] },
): void {
  const olt = `olt-${String(n).padStart(5, '0')}.ma5800.metro.example`;
  resource(`mains/site-${n}`, 'mains', {});
  resource(`site/${n}`, 'site', { power: `mains/site-${n}` });
  resource(`battery/${n}`, 'battery', { power: `site/${n}` });
  resource(olt, 'olt', { power: `battery/${n}`, site: `site/${n}`, collector }, { name: `OLT ${n}` });
  resource(`mains/district-${n}`, 'mains', {});
  resource(`duct/${n}`, 'segment', {});
  for (let house = 0; house < 20; house++) {
    resource(
      `building/${n}/${house}`,
      'building',
      { power: `mains/district-${n}` },
      { name: `ул. ${n}, д. ${house}` },
    );
  }
  for (const homed of n % 10 < 7 ? [0, 1] : [0]) {
    links.push({ id: `link/uplink-${n}-${homed}`, ends: [switches[(n + homed) % switches.length], olt] });
  }
  for (let port = 0; port < 16; port++) {
    const card = `${olt}/card/${port >> 3}`;
    if (port % 8 === 0) resource(card, 'card', { access: olt }, { order: port >> 3 });
    resource(`${card}/pon/${port & 7}`, 'pon-port', { access: card }, { order: port & 7 });
    resource(`feeder/${n}/${port}`, 'feeder', { cable: `duct/${n}` });
    const splitter = `splitter/${n}/${port >> 3}/${port & 7}`;
    resource(splitter, 'splitter', { access: `${card}/pon/${port & 7}`, cable: `feeder/${n}/${port}` });
    for (let place = 0; place < 60; place++) {
      const branch = `${splitter}/${place >> 4}`;
      if (place % 16 === 0) resource(branch, 'splitter', { access: splitter }, { order: place >> 4 });
      const serial = Math.imul(n * 960 + port * 60 + place + 1, 0x9e3779b1) >>> 0;
      const id = `ont/HWTC${serial.toString(16).padStart(8, '0')}@${n}/${port}.${place}`;
      const parents = { access: branch, power: `building/${n}/${(port * 7 + place) % 20}` };
      resource(id, 'ont', parents, { subscribers: 1, order: place & 15 });
    }
  }
}
