/** A line terminal with one PON port of two branches, `branch-1` and `branch-2`, of eight terminals each. */
import type { AgentRows, Varbind } from '../../src/edge/snmp/agent.ts';
import { compileTopology, parseTopology } from '../../src/topology/topology.ts';

const ONT = '1.3.6.1.4.1.99999.5.1.2';
export const portProfile = `id: test/olt
identity: { sysUpTimeTicks: { get: 1.3.6.1.2.1.1.3.0 } }
tables:
  ont:
    oid: 1.3.6.1.4.1.99999.5.1
    index: { port: integer, ont: integer }
    object: { kind: ont, parent: 'pon-port/{port}' }
    states: [{ col: 2, name: ont.state, map: { 1: up, 2: down } }]
    alarms: [{ state: ont.state, is: [down], cause: LOS, severity: warning }]
`;

export const numbers = Array.from({ length: 16 }, (_, i) => i + 1);
export const ont = (number: number): string => `olt-1/ont/1.${number}`;
/** One port, `splitter`, then two branches of eight terminals. */
export const portNetwork = JSON.stringify({
  format: 'allclear-topology/1',
  resources: [
    { id: 'olt-1', kind: 'olt' },
    { id: 'olt-1/pon-port/1', kind: 'pon-port', in: { access: 'olt-1' } },
    { id: 'splitter', kind: 'splitter', in: { access: 'olt-1/pon-port/1' } },
    { id: 'branch-1', kind: 'splitter', in: { access: 'splitter' } },
    { id: 'branch-2', kind: 'splitter', in: { access: 'splitter' } },
    ...numbers.map((number) => ({
      ...{ id: ont(number), kind: 'ont', subscribers: 1 },
      in: { access: number <= 8 ? 'branch-1' : 'branch-2' },
    })),
  ],
  links: [],
});
export const portTopology = compileTopology(parseTopology(portNetwork, 'port.json').value).value;

/** Terminals that are down answer 2. */
export function rowsOf(down: ReadonlySet<number>): AgentRows {
  const all = (): Varbind[] => [
    { oid: '1.3.6.1.2.1.1.3.0', value: { type: 'timeticks', number: 4_711 } },
    ...numbers.map((number): Varbind => {
      return { oid: `${ONT}.1.${number}`, value: { type: 'integer', number: down.has(number) ? 2 : 1 } };
    }),
  ];
  const parts = (oid: string): number[] => oid.split('.').map(Number);
  const isBehind = (a: readonly number[], b: readonly number[]): boolean => {
    const place = a.findIndex((part, i) => part !== b[i]);
    return place >= 0 && (b[place] === undefined || a[place]! > b[place]);
  };
  return {
    get: (oid) => all().find((row) => row.oid === oid),
    next: (oid) => all().find((row) => isBehind(parts(row.oid), parts(oid))),
  };
}
