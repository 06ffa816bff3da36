/** `record`: a device as a `.snmprec` file that can be given away, to write and test a profile with. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Fault } from '../../base/fault.ts';
import { formatProblem } from '../../base/problem.ts';
import { type MaskedRows, maskedRows } from '../../edge/snmp/masked-rows.ts';
import { openDeviceSession } from '../../edge/snmp/poll.ts';
import { recordDevice } from '../../edge/snmp/record-device.ts';
import { recordingOf } from '../../edge/snmp/snmprec.ts';
import { snmprecLine } from '../../edge/snmp/snmprec-line.ts';
import { openTransport } from '../../edge/snmp/transport.ts';
import { formatHostPort } from '../config/values.ts';
import { exitCodes } from '../processes/messages.ts';
import { whenBrokenOff } from './breaking-off.ts';
import { closerLook } from './closer-look.ts';
import { commonOptions, onlyPositional, verbWorld } from './common-options.ts';
import { newFileMistake } from './new-file.ts';
import { openBar } from './progress-bar.ts';
import { exitCodeOf, problemText } from './session-problem.ts';
import { checkedProfile, profilesBeside, snmpOptions, snmpUsage, targetFrom } from './snmp-options.ts';
import type { Terminal, Verb } from './verb.ts';
import { languageFrom, type Say, speaker } from './words.ts';

const options = {
  ...commonOptions,
  ...snmpOptions,
  profile: { type: 'string' },
  out: { type: 'string' },
  'no-mask': { type: 'boolean' },
  'dry-run': { type: 'boolean' },
} as const;

export const recordVerb: Verb = {
  name: 'record',
  summary:
    'Writes what a device answers as .snmprec, with names, addresses and serial numbers masked unless --no-mask.',
  usage: `allclear record HOST[:PORT] ${snmpUsage} [--profile ID] [--config FILE] [--out FILE] [--no-mask] [--dry-run] [--json] [--lang ru|en]`,
  async run(argv, terminal) {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const say = speaker(values.lang);
    const language = languageFrom(values.lang);
    const target = await targetFrom(onlyPositional(positionals, 'HOST[:PORT]'), values);
    refuseExisting(values.out);
    const { value: profiles, problems } = await profilesBeside(values.config);
    for (const problem of problems) terminal.complain(formatProblem(problem));
    const profile = checkedProfile(values.profile, profiles);
    const world = verbWorld();
    const transport = await openTransport(world, { sockets: 1 });
    const bar = openBar(terminal, world);
    const name = formatHostPort(target);
    const breaking = whenBrokenOff(() => transport.close());
    try {
      const session = await openDeviceSession(transport, target);
      const taken =
        'kind' in session
          ? { kind: 'problem' as const, problem: session }
          : await recordDevice(session, {
              profiles,
              profile,
              onProgress: ({ trees, of, rows }) => bar.show(trees, of, say('rows', { rows })),
            });
      bar.close();
      if (!('kind' in session)) session.close();
      breaking.end();
      if (breaking.hasBegun()) {
        terminal.complain(say('recordBrokenOff'));
        return exitCodes.brokenOff;
      }
      if (taken.kind === 'problem') {
        const problem = await closerLook(taken.problem, { transport, target });
        terminal.complain(`${name}: ${problemText(problem, language)}`);
        return exitCodeOf(problem);
      }
      for (const { tree, problem } of taken.incomplete)
        terminal.complain(`${name}: ${tree}: ${problemText(problem, language)}`);
      const isMasked = values['no-mask'] !== true;
      const salt = world.randomBytes(32);
      const made = isMasked
        ? maskedRows(taken.rows, { profiles: profiles.byId.values(), salt })
        : { rows: taken.rows, leftOut: 0, replaced: undefined };
      const lines = recordingOf(made.rows).rows.flatMap(({ varbind }) => snmprecLine(varbind) ?? []);
      const isDry = values['dry-run'] === true;
      const file = values.out ?? '-';
      if (!isDry) await write(file, lines, terminal);
      const facts = { rows: lines.length, leftOut: made.leftOut, profile: taken.profile || '-' };
      tellEnd(
        {
          ...facts,
          file,
          dryRun: isDry,
          masked: isMasked,
          replaced: made.replaced,
          incomplete: taken.incomplete,
        },
        { say, terminal, json: values.json === true, quiet: values.quiet === true },
      );
      return taken.incomplete.length === 0 ? exitCodes.ok : exitCodes.problem;
    } finally {
      breaking.end();
      bar.close();
      transport.close();
    }
  },
};

interface Recorded {
  readonly rows: number;
  readonly leftOut: number;
  readonly profile: string;
  /** `-` is standard output. */
  readonly file: string;
  readonly dryRun: boolean;
  readonly masked: boolean;
  readonly replaced: MaskedRows['replaced'] | undefined;
  readonly incomplete: readonly unknown[];
}

function tellEnd(
  recorded: Recorded,
  {
    say,
    terminal,
    json,
    quiet,
  }: { readonly say: Say; readonly terminal: Terminal; readonly json: boolean; readonly quiet: boolean },
): void {
  const { file, dryRun, masked, replaced, rows, leftOut, profile } = recorded;
  // Standard output belongs to the recording where it goes there.
  if (json && file === '-' && !dryRun) terminal.complain(JSON.stringify(recorded));
  else if (json) terminal.print(JSON.stringify(recorded));
  else if (!quiet) {
    const facts = { rows, leftOut, profile, file: file === '-' ? say('standardOutput') : file };
    terminal.complain(say(dryRun ? 'wouldRecord' : 'recorded', facts));
    terminal.complain(say(masked ? 'masked' : 'notMasked', { ...facts, ...replaced }));
  }
}

/** Said before the device is asked for an hour, and in a dry run as well. */
function refuseExisting(file: string | undefined): void {
  if (file === undefined || file === '-') return;
  const mistake = newFileMistake(file);
  if (mistake !== undefined) throw new Fault('record/file', mistake);
}

async function write(file: string, lines: readonly string[], terminal: Terminal): Promise<void> {
  if (file === '-') {
    for (const line of lines) terminal.print(line);
    return;
  }
  try {
    // Not over another recording, and for its owner's eyes: with --no-mask it holds names.
    await writeFile(file, `${lines.join('\n')}\n`, { flag: 'wx', mode: 0o600, encoding: 'latin1' });
  } catch (error) {
    throw new Fault('record/file', `${file}: ${(error as Error).message}`, error);
  }
}
