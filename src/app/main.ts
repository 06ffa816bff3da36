/** The only entry: a verb of the command line, a process of the daemon, or a worker of one. */
import { isMainThread } from 'node:worker_threads';
import type { RoleName } from './processes/messages.ts';
import type { WorkerName } from './worker-bodies.ts';
import { machine } from './world.ts';

const [kind, name] = machine.argv.slice(2);

// Each way in loads its own part of the product alone: what the others need would cost every process its memory.
if (!isMainThread) await (await import('./worker-bodies.ts')).runWorker(name as WorkerName);
else if (kind === 'role' && machine.send !== undefined) await runRole(name as RoleName);
else machine.exitCode = await (await import('./cli/command-line.ts')).runCommandLine(machine.argv.slice(2));

async function runRole(role: RoleName): Promise<void> {
  const { hostRole } = await import('./processes/role-host.ts');
  switch (role) {
    case 'preparation':
      return hostRole(role, (await import('./roles/preparation.ts')).startPreparation);
    case 'ingest':
      return hostRole(role, (await import('./roles/ingest.ts')).startIngest);
    case 'center':
      return hostRole(role, (await import('./roles/center.ts')).startCenter);
    case 'simulation':
      return hostRole(role, (await import('./roles/simulation.ts')).startSimulation);
  }
}
