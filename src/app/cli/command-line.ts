/** The command line: finds the verb, reads its options, prints what it says and answers the exit code of the contract. */
import { Fault } from '../../base/fault.ts';
import { didYouMean } from '../../base/problem.ts';
import { exitCodes } from '../processes/messages.ts';
import { version } from '../version.ts';
import { machine } from '../world.ts';
import { demoVerb, startVerb } from './start.ts';
import type { Terminal, Verb } from './verb.ts';

/** These two stay in memory as long as the daemon runs, so they come without the other verbs. */
const daemonVerbs: readonly Verb[] = [startVerb, demoVerb];

export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const terminal = openTerminal(argv);
  const [name, ...rest] = argv;
  if (name === '--version') {
    terminal.print(version);
    return exitCodes.ok;
  }
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const about = rest[0];
    if (about !== undefined && !(await allVerbs()).some((one) => one.name === about))
      return unknownVerb(about, terminal);
    terminal.print(overview(about, await allVerbs()));
    return name === undefined ? exitCodes.usage : exitCodes.ok;
  }
  const verb =
    daemonVerbs.find((one) => one.name === name) ?? (await allVerbs()).find((one) => one.name === name);
  if (verb === undefined) return unknownVerb(name, terminal);
  if (rest.includes('--help') || rest.includes('-h')) {
    terminal.print(`${verb.usage}\n\n${verb.summary}`);
    return exitCodes.ok;
  }
  try {
    return await verb.run(rest, terminal);
  } catch (error) {
    return explain(error, verb, terminal);
  }
}

async function unknownVerb(name: string, terminal: Terminal): Promise<number> {
  const names = (await allVerbs()).map((one) => one.name);
  const near = didYouMean(name, names);
  const hint = near === undefined ? '; allclear --help lists them' : `; did you mean "${near}"?`;
  terminal.complain(`allclear: there is no verb "${name}"${hint}`);
  return exitCodes.usage;
}

const allVerbs = async (): Promise<readonly Verb[]> => (await import('./verbs.ts')).verbs;

function explain(error: unknown, verb: Verb, terminal: Terminal): number {
  if (isArgumentError(error)) {
    terminal.complain(`allclear ${verb.name}: ${argumentMistake(error.message, verb)}\n${verb.usage}`);
    return exitCodes.usage;
  }
  if (!(error instanceof Fault)) {
    terminal.complain(
      `allclear ${verb.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return exitCodes.problem;
  }
  terminal.complain(`allclear ${verb.name}: ${error.message} (${error.code})`);
  if (error.code.startsWith('usage/')) {
    terminal.complain(verb.usage);
    return exitCodes.usage;
  }
  if (error.code.startsWith('start/') || error.code.startsWith('reach/')) return exitCodes.unreachable;
  if (error.code.startsWith('denied/')) return exitCodes.denied;
  return exitCodes.problem;
}

/** What node:util parseArgs throws for an unknown or incomplete option. */
const isArgumentError = (error: unknown): error is Error =>
  error instanceof Error && String((error as { code?: unknown }).code ?? '').startsWith('ERR_PARSE_ARGS');

/** An unknown option is told with the one that was probably meant; the rest is as parseArgs says it. */
function argumentMistake(message: string, { usage }: Verb): string {
  const written = /^Unknown option '(--?[^']+)'/.exec(message)?.[1];
  if (written === undefined) return message;
  const known = [...(usage.match(/--[a-z][a-z0-9-]*/g) ?? []), ...everywhere];
  const near = didYouMean(written, known);
  return `there is no option ${written}${near === undefined ? '' : `; did you mean "${near}"?`}`;
}

const everywhere = ['--json', '--jsonl', '--lang', '--quiet', '--help'];

function overview(about: string | undefined, verbs: readonly Verb[]): string {
  const one = verbs.find((verb) => verb.name === about);
  if (one !== undefined) return `${one.usage}\n\n${one.summary}`;
  const width = Math.max(...verbs.map((verb) => verb.name.length));
  const lines = verbs.map((verb) => `  ${verb.name.padEnd(width)}  ${verb.summary}`);
  return ['allclear VERB [..]', '', ...lines, '', 'allclear help VERB tells more.'].join('\n');
}

function openTerminal(argv: readonly string[]): Terminal {
  // Whoever reads our output may have seen enough, as `head` does: that is no error of ours.
  machine.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    machine.exit(exitCodes.ok);
  });
  const isQuiet = argv.includes('--quiet');
  return {
    isInteractive: machine.stdout.isTTY === true,
    print: (text) => void machine.stdout.write(`${text}\n`),
    complain: (text) => void machine.stderr.write(`${text}\n`),
    progress: (text) => {
      if (machine.stderr.isTTY === true && !isQuiet) machine.stderr.write(`\r\u001b[K${text}`);
    },
  };
}
