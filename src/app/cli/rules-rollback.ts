/** `rules rollback`: a running daemon goes back to the rules that were in force before. */
import { parseArgs } from 'node:util';
import { exitCodes } from '../processes/messages.ts';
import { ApiClient } from './api-client.ts';
import { commonOptions } from './common-options.ts';
import type { Terminal } from './verb.ts';
import { speaker } from './words.ts';

const options = { ...commonOptions, url: { type: 'string' } } as const;

export const rollbackUsage = 'allclear rules rollback [--url http://127.0.0.1:8080] [--json] [--lang ru|en]';

export async function rollBackRules(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = parseArgs({ args: [...argv], options, allowPositionals: false });
  const say = speaker(values.lang);
  const api = new ApiClient(values.url ?? 'http://127.0.0.1:8080');
  try {
    const answer = await api.post('/rules/rollback', {});
    terminal.print(values.json === true ? JSON.stringify(answer) : say('rolledBack'));
    return exitCodes.ok;
  } finally {
    api.close();
  }
}
