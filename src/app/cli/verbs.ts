/** All verbs, in the order in which help shows them. */
import { checkVerb } from './check.ts';
import { completionVerb } from './completion.ts';
import { discoverVerb } from './discover.ts';
import { doctorVerb } from './doctor.ts';
import { generateVerb } from './generate.ts';
import { importVerb } from './import.ts';
import { journalVerb } from './journal.ts';
import { pollVerb } from './poll.ts';
import { recordVerb } from './record.ts';
import { recordVerbs } from './records.ts';
import { replayVerb } from './replay.ts';
import { restoreVerb } from './restore.ts';
import { rulesVerb } from './rules.ts';
import { scoreVerb } from './score.ts';
import { simulateVerb } from './simulate.ts';
import { demoVerb, startVerb } from './start.ts';
import { testVerb } from './test-channel.ts';
import type { Verb } from './verb.ts';

export const verbs: readonly Verb[] = [
  ...[startVerb, demoVerb, checkVerb, pollVerb, recordVerb, simulateVerb, discoverVerb, testVerb],
  ...[completionVerb(() => verbs), replayVerb, rulesVerb, generateVerb, scoreVerb, importVerb],
  ...[...recordVerbs, journalVerb, restoreVerb, doctorVerb],
];
