/** Files of a small operator: one OLT, a PON port, ten homes, a subscriber in each. */

/** The number of the PON port's interface: none that a machine running the tests has. */
export const ponIndex = 1_007;
export const ponPort = `olt-1/if/${ponIndex}`;
export const homes = Array.from({ length: 10 }, (_, index) => index + 1);

export const topologyJson = JSON.stringify({
  format: 'allclear-topology/1',
  serviceRoots: ['core-1'],
  resources: [
    { id: 'core-1', kind: 'core' },
    { id: 'olt-1', kind: 'olt' },
    { id: ponPort, kind: 'pon-port', in: { access: 'olt-1' } },
    ...homes.map((home) => ({
      id: `ont-${home}`,
      kind: 'ont',
      in: { access: ponPort },
      subscribers: 1,
      order: home,
    })),
  ],
  links: [{ id: 'uplink-1', ends: ['core-1', 'olt-1'] }],
});

/** `resource`: where each home is connected. */
export const subscribersCsv = (resource: (home: number) => string): string =>
  [
    'id,name,resource,language,email',
    ...homes.map(
      (home) => `s-${home},Subscriber ${home},${resource(home)},en,home-${home}@subscribers.example`,
    ),
    '',
  ].join('\n');
