/** Files of a small operator: one OLT, a PON port, a terminal in each home, a subscriber at each. */

/** The number of the PON port's interface: none that a machine running the tests has. */
export const ponIndex = 1_007;
export const ponPort = `olt-1/if/${ponIndex}`;

/** 1 to `count`. */
export const numbered = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => index + 1);

export const topologyJson = (homes: number): string =>
  JSON.stringify({
    format: 'allclear-topology/1',
    serviceRoots: ['core-1'],
    resources: [
      { id: 'core-1', kind: 'core' },
      { id: 'olt-1', kind: 'olt' },
      { id: ponPort, kind: 'pon-port', in: { access: 'olt-1' } },
      ...numbered(homes).map((home) => ({
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
export const subscribersCsv = (homes: number, resource = (home: number): string => `ont-${home}`): string =>
  [
    'id,name,resource,language,phone,email',
    ...numbered(homes).map(
      (home) =>
        `s-${home},Subscriber ${home},${resource(home)},en,+7999${String(home).padStart(7, '0')},home-${home}@subscribers.example`,
    ),
    '',
  ].join('\n');
