/** Under what networks and their faults are judged: what is damaged on the way to the alarms, and what is asked for then. */

/** What should be reached; shares but for `worst`, which counts alarms. */
interface Targets {
  /** Means over the kinds that touch four leaves or more. */
  readonly exact?: number | undefined;
  readonly jaccard?: number | undefined;
  readonly rootTop1?: number | undefined;
  /** Of the second cuts of rings. */
  readonly secondCuts?: number | undefined;
}

export interface Condition {
  /** Short, for `--only`. */
  readonly name: string;
  readonly title: string;
  /** Share of lost traps. */
  readonly loss: number;
  /** Times the usual noise. */
  readonly noise: number;
  /** Share of leaves that hang elsewhere than the topology says. */
  readonly topologyErrors?: number | undefined;
  /** Standard deviation of the devices' clocks. */
  readonly skewMs?: number | undefined;
  /** Nothing but pairs of cuts of one ring is played. */
  readonly ringsOnly?: boolean | undefined;
  /** Length of the stream, where it is not the usual. */
  readonly hours?: number | undefined;
  /** Share of the collectors that is away for an hour. */
  readonly blind?: number | undefined;
  /** How often the line dies on the way; nothing is heard by trap or syslog until it is there again. */
  readonly deaths?: number | undefined;
  readonly targets?: Targets | undefined;
}

export const stated: readonly Condition[] = [
  {
    ...{ name: 'loss5', title: '5 % of the traps lost', loss: 0.05, noise: 1 },
    targets: { exact: 0.95, jaccard: 0.98, rootTop1: 0.99, secondCuts: 0.9 },
  },
  {
    ...{ name: 'loss20', title: '20 % lost', loss: 0.2, noise: 1 },
    targets: { exact: 0.92, jaccard: 0.96, rootTop1: 0.97 },
  },
  {
    ...{ name: 'noise10', title: '20 % lost, ten times the noise', loss: 0.2, noise: 10 },
    targets: { exact: 0.85 },
  },
];

export const rings: Condition = {
  ...{ name: 'rings', title: 'rings cut twice, 5 % lost', loss: 0.05, noise: 1 },
  // Room for eleven pairs of cuts in a city, and half the noise of a day to go through.
  ...{ ringsOnly: true, hours: 14 },
  targets: { secondCuts: 0.9 },
};

/** What bends with what: the points of each curve from the mildest on. */
const usual = { loss: 0.05, noise: 1 };
const percent = (share: number): string => `${share * 100} %`;
export const curves: readonly Condition[] = [
  { ...usual, name: 'usual', title: '5 % lost, papers right, clocks within 2 s' },
  ...[0, 0.1, 0.2, 0.3].map((loss) => ({
    ...{ ...usual, name: `lost${loss * 100}`, title: `${percent(loss)} of the traps lost`, loss },
  })),
  ...[5, 20].map((noise) => ({ ...usual, name: `noises${noise}`, title: `${noise} times the noise`, noise })),
  ...[0.01, 0.02, 0.03, 0.05].map((share) => ({
    ...{
      ...usual,
      name: `errors${share * 100}`,
      title: `${percent(share)} of the leaves in the wrong place`,
    },
    topologyErrors: share,
  })),
  ...[
    { skewMs: 0, words: 'right to the millisecond' },
    { skewMs: 60_000, words: 'off by about a minute' },
    { skewMs: 3_600_000, words: 'off by about an hour' },
  ].map(({ skewMs, words }) => ({
    ...{ ...usual, name: `skew${skewMs / 1_000}`, title: `clocks ${words}`, skewMs },
  })),
  ...[5, 20].map((deaths) => ({
    ...{ ...usual, name: `deaths${deaths}`, title: `killed ${deaths} times, deaf for 15 s each`, deaths },
  })),
];
