/** Lets a short-lived process check what the daemon is started with, so that the supervisor stays as small as it can. */
import { fork } from 'node:child_process';
import { Fault } from '../../base/fault.ts';
import type { FromRole, ReadyFacts, StartOptions, ToRole } from './messages.ts';

/** Facts of `roles/preparation.ts`; undefined when told to stop. Rejects with the Fault that was found. */
export function prepare(options: {
  readonly main: string;
  readonly start: StartOptions;
  readonly stopping: AbortSignal;
}): Promise<ReadyFacts | undefined> {
  const { main, start, stopping } = options;
  const child = fork(main, ['role', 'preparation'], {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [],
  });
  const kill = (): void => void child.kill('SIGKILL');
  stopping.addEventListener('abort', kill);
  return new Promise<ReadyFacts | undefined>((resolve, reject) => {
    child.on('error', reject);
    child.on('message', (message: FromRole) => {
      if (message.kind === 'ready') resolve(message.facts);
      if (message.kind === 'failed') {
        const { fault } = message;
        reject(fault === undefined ? new Error(message.message) : new Fault(fault.code, fault.message));
      }
    });
    child.on('exit', (code) => {
      if (stopping.aborted) resolve(undefined);
      else reject(new Fault('start/unprepared', `checking the configuration ended with ${code}`));
    });
    child.send({ kind: 'start', start, facts: {} } satisfies ToRole);
  }).finally(() => {
    stopping.removeEventListener('abort', kill);
    kill();
  });
}
