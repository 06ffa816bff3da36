/** What the automations of the files would have done on the recorded journal: it is played once more with all of them in shadow. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AutomationSet } from '../../automate/automate.ts';
import { Fault } from '../../base/fault.ts';
import type { Instant } from '../../base/instant.ts';
import { readJournal } from '../../edge/journal/segments.ts';
import type { Contents } from '../../flow/contents.ts';
import type { Input } from '../../flow/input.ts';
import { Line } from '../../flow/line.ts';
import { decodeInput } from '../../flow/record.ts';
import type { AutomationAct } from '../../model/automation.ts';
import { noSubscribers } from '../../topology/topology.ts';
import type { ContentStore } from '../center/content-store.ts';
import { lineIdentity } from '../center/line-identity.ts';
import { restoredLine } from './replay-journal.ts';

interface AutomationsPlaying {
  readonly data: string;
  readonly contents: ContentStore;
  readonly automations: AutomationSet;
  readonly span: { readonly since: Instant; readonly until: Instant | undefined };
}

/** Of one automation: how often it would have acted and been stopped, and the first of what it would have done. */
export interface WouldHave {
  readonly automation: string;
  readonly would: number;
  readonly stopped: number;
  readonly first: readonly {
    readonly at: Instant;
    readonly action: AutomationAct['action'];
    readonly subject: AutomationAct['subject'];
    readonly words: AutomationAct['words'];
  }[];
}

const mostShown = 20;

/**
 * Everything that the journal holds is played, replies and orders too, by the rules of then; a wait ends with the first
 * input after it. undefined: the journal's front was cut off and no snapshot stands there.
 */
export async function automationsPlayed(
  playing: AutomationsPlaying,
): Promise<readonly WouldHave[] | undefined> {
  const { data, contents, automations, span } = playing;
  const shadowed: AutomationSet = {
    ...automations,
    automations: automations.automations.map((one) => ({ ...one, isShadow: true })),
  };
  const line = new Line({ ...identityOf(data), contents: judging(contents, shadowed) });
  const found = new Map(
    shadowed.automations.map(({ id }) => [id, { would: 0, stopped: 0, first: [] as Shown[] }]),
  );
  let isBegun = false;
  for await (const { sequence, bytes } of readJournal(join(data, 'journal'))) {
    const { at, input } = decodeInput(bytes, sequence);
    if (span.until !== undefined && at > span.until) break;
    if (!isBegun) {
      if (sequence > 1 && !(await isRestored(line, { contents, data, first: sequence }))) return undefined;
      line.apply(line.sequence, at, { kind: 'automationSet', automations: 'shadow' });
      isBegun = true;
    }
    if (sequence <= line.sequence) continue;
    await loaded(contents, input);
    const { acts = [] } = line.apply(sequence, at, input);
    if (at >= span.since) for (const act of acts) count(found.get(act.automation), act, at);
  }
  return [...found].map(([automation, one]) => ({ automation, ...one }));
}

type Shown = WouldHave['first'][number];

function count(
  found: { would: number; stopped: number; readonly first: Shown[] } | undefined,
  { result, action, subject, words }: AutomationAct,
  at: Instant,
): void {
  if (found === undefined) return;
  if (result === 'stopped') found.stopped++;
  else found.would++;
  if (result !== 'stopped' && found.first.length < mostShown)
    found.first.push({ at, action, subject, words });
}

/** Its ids must be those of then, or replies and orders would be about nothing. */
function identityOf(data: string): NonNullable<ReturnType<typeof lineIdentity>> {
  try {
    return lineIdentity(readFileSync(join(data, 'line'), 'utf8')) ?? { name: 'shadow', epoch: 1 };
  } catch {
    return { name: 'shadow', epoch: 1 };
  }
}

async function isRestored(
  line: Line,
  place: { readonly contents: ContentStore; readonly data: string; readonly first: number },
): Promise<boolean> {
  try {
    await restoredLine(line, place);
    return true;
  } catch (error) {
    if (error instanceof Fault && error.code === 'replay/cut') return false;
    throw error;
  }
}

/** Without its list of subscribers a network still knows how many there are. */
async function loaded(contents: ContentStore, input: Input): Promise<void> {
  if (input.kind === 'automationSet') return;
  if (input.kind !== 'topologyVersion') return contents.loadRecorded(input);
  await contents.loadNamed({ topologyVersion: input.version, topology: input.topology });
  try {
    await contents.loadNamed({ topologyVersion: input.version, subscribers: input.subscribers });
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'disk/content-missing') throw error;
  }
}

const judging = (contents: ContentStore, automations: AutomationSet): Contents => ({
  topology: (sha256) => contents.topology(sha256),
  subscribers: (sha256) => (contents.holdsSubscribers(sha256) ? contents.subscribers(sha256) : noSubscribers),
  policy: (sha256) => contents.policy(sha256),
  calendar: (sha256) => contents.calendar(sha256),
  rules: (sha256) => contents.rules(sha256),
  automations: () => automations,
});
