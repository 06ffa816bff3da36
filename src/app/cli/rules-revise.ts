/** `rules revise`: what closed incidents and operators' corrections say of the rules, proposed as a rule file to be judged. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Fault } from '../../base/fault.ts';
import type { CorrelationRules } from '../../correlate/correlate.ts';
import { recordedIncidents } from '../../edge/book/recorded.ts';
import { loadRules } from '../../edge/files/rule-files.ts';
import { type Plant, type PresentRules, type Revision, reviseRules } from '../../measure/measure.ts';
import type { Topology } from '../../topology/topology.ts';
import { ownRuleFolders } from '../config/installation.ts';
import { readConfig } from '../config/load.ts';
import { exitCodes } from '../processes/messages.ts';
import { shippedRuleFolders } from '../product-files.ts';
import { commonOptions, configFile, dataFolder } from './common-options.ts';
import { Complaints } from './complaints.ts';
import { readTopology } from './stream-files.ts';
import type { Terminal } from './verb.ts';
import { speaker } from './words.ts';

const options = {
  ...commonOptions,
  config: { type: 'string' },
  data: { type: 'string' },
  topology: { type: 'string' },
} as const;

export const reviseUsage =
  'allclear rules revise --topology FILE [--data DIR] [--config FILE] [--json] [--lang ru|en]';

/** The data folder is only read, also beside a running daemon. */
export async function reviseRuleFiles(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = parseArgs({ args: [...argv], options, allowPositionals: false });
  const say = speaker(values.lang);
  if (values.topology === undefined) throw new Fault('usage/topology', '--topology FILE is missing');
  const data = await dataFolder(values);
  if (!existsSync(join(data, 'book.sqlite'))) throw new Fault('journal/missing', `${data} holds no book`);
  const complaints = new Complaints(terminal);
  const plant = plantOf(await readTopology(values.topology, complaints));
  const rules = await presentRules(values, complaints);
  complaints.end();
  if (rules === undefined || complaints.errors > 0) return exitCodes.problem;
  const incidents = recordedIncidents(data).incidents.map(({ incident }) => incident);
  const revision = reviseRules(incidents, plant, presentOf(rules));
  if (values.json === true) {
    terminal.print(JSON.stringify({ format: 'rules-revised/1', incidents: incidents.length, ...revision }));
  } else {
    terminal.print(asRules(revision));
    if (values.quiet !== true) terminal.complain(say('revised', { faults: revision.faults }));
  }
  return exitCodes.ok;
}

async function presentRules(
  values: { readonly config?: string | undefined },
  complaints: Complaints,
): Promise<CorrelationRules | undefined> {
  const file = configFile(values.config);
  const own =
    file === undefined ? [] : ownRuleFolders((await readConfig({ config: file, override: {} })).value);
  const { value, problems } = await loadRules({ shipped: shippedRuleFolders, own });
  for (const problem of problems) complaints.add(problem);
  return value.correlation;
}

function plantOf(topology: Topology): Plant {
  const counts = new Map<string, number>();
  for (let index = 0; index < topology.resourceCount; index++) {
    const kind = topology.kindOf(index);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return {
    counts,
    kindOf(resource) {
      const index = topology.indexOf(resource);
      return index < 0 || index >= topology.resourceCount ? undefined : topology.kindOf(index);
    },
  };
}

/** Rules hold thousandths of a nat. */
const share = (logarithm: number): number => Math.exp(logarithm / 1_000);

const presentOf = ({ resources, shows, silence }: CorrelationRules): PresentRules => ({
  priors: Object.fromEntries(
    Object.entries(resources).flatMap(([kind, { prior }]) =>
      prior === undefined || kind === '*' ? [] : [[kind, share(prior)]],
    ),
  ),
  shows: {
    signal: { los: share(shows.signal.los), gasp: share(shows.signal.gasp) },
    power: { los: share(shows.power.los), gasp: share(shows.power.gasp) },
  },
  silentLeaf: share(silence.leaf),
});

/** Three digits are more than any of it is worth. */
const short = (value: number): string => String(Number(value.toPrecision(3)));

function asRules({ faults, corrections, priors, shows, silentLeaf }: Revision): string {
  const corrected = corrections.map(({ kind, stated, corrected: count, said }) => {
    const words = Object.entries(said).map(([word, times]) => `${word} ${times}`);
    return `#   ${kind}: ${count} of ${stated} (${words.join(', ')})`;
  });
  const families = (['signal', 'power'] as const).flatMap((family) => {
    const lines = shows
      .filter((one) => one.family === family)
      .flatMap(({ symptom, terminals, now, proposed }) => [
        `    # ${terminals} terminals; now ${short(now)}`,
        `    ${symptom}: ${short(proposed)}`,
      ]);
    return lines.length === 0 ? [] : [`  ${family}:`, ...lines];
  });
  return [
    `# Proposed by \`allclear rules revise\` from ${faults} incidents that are over: a person keeps what is true.`,
    ...(corrected.length === 0 ? [] : ['# Put right by operators, by kind:', ...corrected]),
    'format: correlation/1',
    ...(priors.length === 0 ? [] : ['resources:']),
    ...priors.flatMap(({ kind, seen, expected, now, proposed }) => [
      `  # ${seen} faults, ${short(expected)} expected; now ${short(now)}`,
      `  ${JSON.stringify(kind)}: { prior: ${short(proposed)} }`,
    ]),
    ...(families.length === 0 ? [] : ['shows:', ...families]),
    ...(silentLeaf === undefined
      ? []
      : [
          'silence:',
          `  # ${silentLeaf.terminals} terminals; now ${short(silentLeaf.now)}`,
          `  leaf: ${short(silentLeaf.proposed)}`,
        ]),
  ].join('\n');
}
