/** `simulate`: serves recordings of devices over UDP, one community a file. */
import { parseArgs } from 'node:util';
import { Fault } from '../../base/fault.ts';
import { unreadableBecause } from '../../edge/files/unreadable-because.ts';
import type { AgentHabits } from '../../edge/snmp/agent.ts';
import { type ServedRecordings, serveRecordings } from '../../edge/snmp/recordings.ts';
import { formatHostPort, type HostPort, parseHostPort } from '../config/values.ts';
import { exitCodes } from '../processes/messages.ts';
import { machine } from '../world.ts';
import { commonOptions, durationFrom, onlyPositional, verbWorld } from './common-options.ts';
import { Complaints } from './complaints.ts';
import type { Verb } from './verb.ts';
import { languageFrom } from './words.ts';

const options = {
  ...commonOptions,
  listen: { type: 'string' },
  loss: { type: 'string' },
  latency: { type: 'string' },
} as const;

export const simulateVerb: Verb = {
  name: 'simulate',
  summary: "Serves the .snmprec recordings of a folder; the community is the file's name without its ending.",
  usage: 'allclear simulate DIR [--listen HOST:PORT] [--loss 0.05] [--latency 20ms] [--lang ru|en]',
  async run(argv, terminal) {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const folder = onlyPositional(positionals, 'DIR');
    const written = values.listen ?? '127.0.0.1:11611';
    const listen = parseHostPort(written);
    if (listen === undefined) throw new Fault('usage/listen', `--listen ${written} is no HOST:PORT`);
    const habits = {
      lossShare: shareFrom(values.loss),
      delayMs: durationFrom(values.latency, 'latency', 0),
    };
    languageFrom(values.lang);
    const served = await serve(folder, { ...listen, habits });
    const complaints = new Complaints(terminal);
    for (const problem of served.problems) complaints.add(problem);
    complaints.end();
    if (served.names.length === 0) {
      await served.agent.close();
      throw new Fault('simulate/empty', `${folder} holds no .snmprec recording that can be read`);
    }
    const { host, port } = served.agent;
    const ready = { listen: formatHostPort({ host, port }), recordings: served.names.length };
    const stopped = signalled();
    terminal.print(`ready ${JSON.stringify(ready)}`);
    await stopped;
    await served.agent.close();
    return exitCodes.ok;
  },
};

/** Of requests that get no answer. */
function shareFrom(written: string | undefined): number {
  const share = Number(written ?? 0);
  if (written !== '' && share >= 0 && share < 1) return share;
  throw new Fault('usage/loss', `--loss is a share from 0 to below 1, such as 0.05, not "${written}"`);
}

async function serve(
  folder: string,
  listen: HostPort & { readonly habits: AgentHabits },
): Promise<ServedRecordings> {
  try {
    return await serveRecordings(verbWorld(), folder, listen);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isAddress = code === 'EADDRINUSE' || code === 'EACCES' || code === 'EADDRNOTAVAIL';
    if (isAddress) throw new Fault('start/listen', message, error);
    throw new Fault('simulate/folder', `${folder} ${unreadableBecause(error)}`, error);
  }
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      machine.off('SIGTERM', stop);
      machine.off('SIGINT', stop);
      resolve();
    };
    machine.on('SIGTERM', stop);
    machine.on('SIGINT', stop);
  });
}
