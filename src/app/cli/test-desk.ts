/** `test desk`: makes one ticket in the configured ticket system, says something on it, and closes it. */
import { Fault } from '../../base/fault.ts';
import { formatProblem } from '../../base/problem.ts';
import { openDesk } from '../../edge/desks/index.ts';
import type { TicketId } from '../../model/ids.ts';
import type { Ticket, TicketStatus } from '../../model/ticket.ts';
import type { DeskOutcome, DeskTicket } from '../../ticket/desk.ts';
import { readConfig } from '../config/load.ts';
import { exitCodes } from '../processes/messages.ts';
import { configFile, verbWorld } from './common-options.ts';
import type { Terminal } from './verb.ts';
import type { Say } from './words.ts';

interface Asked {
  readonly config?: string | undefined;
  readonly 'dry-run'?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly jsonl?: boolean | undefined;
}

export async function testDesk(asked: Asked, terminal: Terminal, say: Say): Promise<number> {
  const file = configFile(asked.config);
  if (file === undefined)
    throw new Fault('usage/config', 'there is no allclear.yaml here; name one with --config');
  const { value: config, problems } = await readConfig({ config: file, override: {} });
  for (const problem of problems) terminal.complain(formatProblem(problem));
  if (problems.some(({ severity }) => severity === 'error')) return exitCodes.problem;
  if (config.desk === undefined) throw new Fault('usage/desk', 'the configuration has no "desk"');
  const isJson = asked.json === true || asked.jsonl === true;
  if (asked['dry-run'] === true) {
    terminal.print(isJson ? JSON.stringify({ desk: config.desk.kind, steps: [] }) : say('deskReady'));
    return exitCodes.ok;
  }
  const world = verbWorld();
  const desk = openDesk('desk', config.desk, world);
  const id = `test-${Buffer.from(world.randomBytes(6)).toString('hex')}` as TicketId;
  const steps: { readonly step: 'made' | 'found' | 'said' | 'closed'; readonly outcome: DeskOutcome }[] = [];
  const put = async (status: TicketStatus, external?: string): Promise<DeskOutcome> =>
    (await desk.put([testTicket(id, { status, external, at: world.now(), title: say('deskTitle') })]))[0]!;
  try {
    const made = await put('acknowledged');
    steps.push({ step: 'made', outcome: made });
    if (made.kind === 'stored') {
      const { external } = made;
      // Without its id: only the key leads to it.
      const found = await put('acknowledged');
      const isSame = found.kind !== 'stored' || found.external === external;
      const other = { kind: 'refused', reason: say('deskTwice') } as const;
      steps.push({ step: 'found', outcome: isSame ? found : other });
      const note = {
        key: `${id}.1`,
        external,
        audience: 'staff',
        text: say('deskTitle'),
        isRepeat: false,
      } as const;
      const [said] = await desk.say([note]);
      steps.push({ step: 'said', outcome: said! });
      steps.push({ step: 'closed', outcome: await put('closed', external) });
    }
  } finally {
    await desk.close();
  }
  if (isJson) terminal.print(JSON.stringify({ desk: config.desk.kind, key: id, steps }));
  else
    for (const { step, outcome } of steps) terminal.print(`${say(`desk.${step}`)}: ${shown(outcome, say)}`);
  return steps.every(({ outcome }) => outcome.kind === 'stored') ? exitCodes.ok : exitCodes.problem;
}

function shown(outcome: DeskOutcome, say: Say): string {
  if (outcome.kind === 'stored') return `${say('deskYes')} (${outcome.external})`;
  return `${outcome.reason}; ${say(outcome.kind === 'refused' ? 'deskRefused' : 'deskRetry')}`;
}

function testTicket(
  id: TicketId,
  given: {
    readonly status: TicketStatus;
    readonly external: string | undefined;
    readonly at: Ticket['openedAt'];
    readonly title: string;
  },
): DeskTicket {
  const { status, external, at, title } = given;
  const history = [{ at, status, reason: 'opened' }] as const;
  const ticket = { id, kind: 'incident', status, openedAt: at, attached: 0, loops: 0, history } as const;
  return { ticket, title, description: title, external };
}
