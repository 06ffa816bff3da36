/** Words about what devices say of their neighbours, in the page of one, in English. */

export const discoveryWordsEn = {
  conflicts: 'Does not fit together',
  neverMerged: 'What devices say is a proposal: the topology file stays as it is until somebody changes it.',
  neighbours: 'Neighbours',
  noNeighbours: 'Neither this device nor another has named a neighbour here.',
  neighbour: 'Neighbour',
  port: 'Port',
  itsPort: 'Its port',
  source: 'Says so',
  since: 'First seen',
  seen: 'Last seen',
  stale: 'stale',
  members: 'Aggregates',
  aggregate: 'Aggregate',
  ports: 'Ports',
  stations: 'Stations behind access ports',
  sources: {
    lldp: 'LLDP',
    cdp: 'CDP',
    fdb: 'forwarding tables',
    ospf: 'OSPF',
    bgp: 'BGP',
    isis: 'IS-IS',
  },
};
