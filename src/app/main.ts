/** The only entry: a verb of the command line, a process of the daemon, or a worker of one. */
import { isMainThread } from 'node:worker_threads';
import { runCommandLine } from './cli/command-line.ts';
import type { RoleName } from './processes/messages.ts';
import { hostRole } from './processes/role-host.ts';
import { runWorker, type WorkerName } from './workers.ts';
import { machine } from './world.ts';

const [kind, name] = machine.argv.slice(2);

if (!isMainThread) await runWorker(name as WorkerName);
else if (kind === 'role' && machine.send !== undefined) await runRole(name as RoleName);
else machine.exitCode = await runCommandLine(machine.argv.slice(2));

async function runRole(role: RoleName): Promise<void> {
  switch (role) {
    case 'ingest':
      return hostRole(role, (await import('./roles/ingest.ts')).startIngest);
    case 'center':
      return hostRole(role, (await import('./roles/center.ts')).startCenter);
    case 'simulation':
      return hostRole(role, (await import('./roles/simulation.ts')).startSimulation);
  }
}
