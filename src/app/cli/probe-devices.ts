/** Asks every configured device one small question, so that a mistake in an address or a key is found before the start. */
import { inParallel } from '../../base/parallel.ts';
import type { Problem } from '../../base/problem.ts';
import type { World } from '../../base/world.ts';
import type { SessionProblem } from '../../collect/session.ts';
import { parseYaml } from '../../edge/files/yaml-document.ts';
import { openDeviceSession } from '../../edge/snmp/poll.ts';
import { openTransport, type Transport } from '../../edge/snmp/transport.ts';
import { credentialsOf } from '../center/targets.ts';
import type { DeviceConfig } from '../config/config.ts';
import type { ReadConfig } from '../config/load.ts';
import { formatHostPort } from '../config/values.ts';
import { closerLook, sysUpTime } from './closer-look.ts';
import { type Language, problemText } from './session-problem.ts';

const atOnce = 64;

export interface Probed {
  readonly devices: number;
  readonly answers: number;
  /** In the places of their addresses. */
  readonly problems: readonly Problem[];
}

export async function probeDevices(
  { config, inForce }: ReadConfig,
  options: {
    readonly file: string | undefined;
    readonly world: World;
    readonly language: Language;
    readonly onProgress: (done: number, of: number) => void;
  },
): Promise<Probed> {
  const { file, world, language, onProgress } = options;
  const polled = config.devices.filter(({ poll }) => poll);
  const transport = await openTransport(world, { sockets: 1 });
  const failed: { readonly device: DeviceConfig; readonly problem: SessionProblem }[] = [];
  let done = 0;
  try {
    await inParallel(polled, atOnce, async (device) => {
      const problem = await answerOf(device, { transport, snmp: config.snmp });
      if (problem !== undefined) failed.push({ device, problem });
      onProgress(++done, polled.length);
    });
  } finally {
    transport.close();
  }
  const { value: document } = parseYaml(file ?? '', inForce.files[file ?? ''] ?? '');
  const written = (document.value as { devices?: readonly { id?: unknown }[] } | null)?.devices ?? [];
  const order = (id: string): number => written.findIndex((one) => one.id === id);
  const problems = failed
    .sort((a, b) => order(a.device.id) - order(b.device.id))
    .map(({ device, problem }) =>
      document.problemAt(['devices', order(device.id), 'address'], {
        code: 'device/no-answer',
        message: `${device.id} at ${formatHostPort({ host: device.address, port: device.port })}: ${problemText(problem, language)}`,
      }),
    );
  return { devices: polled.length, answers: polled.length - failed.length, problems };
}

async function answerOf(
  device: DeviceConfig,
  given: {
    readonly transport: Transport;
    readonly snmp: { readonly timeoutMs: number; readonly retries: number };
  },
): Promise<SessionProblem | undefined> {
  const { transport, snmp } = given;
  const { timeoutMs, retries } = snmp;
  const target = {
    ...{ host: device.address, port: device.port, timeoutMs, retries },
    credentials: credentialsOf(device),
  };
  const session = await openDeviceSession(transport, target);
  if ('kind' in session) return session;
  try {
    const { varbinds, problem } = await session.get([sysUpTime]);
    if (varbinds.length > 0) return undefined;
    return await closerLook(problem ?? { kind: 'timeout' }, { transport, target });
  } finally {
    session.close();
  }
}
