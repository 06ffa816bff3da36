/** The doctor's look at ports, receive buffer and clocks. */
import { createSocket } from 'node:dgram';
import { createServer, isIPv6 } from 'node:net';
import { milliseconds } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../config/config.ts';
import { formatHostPort, type HostPort } from '../config/values.ts';
import { wallClockLead } from '../world.ts';
import type { Finding } from './doctor.ts';

/** What the trap receiver asks the kernel for. */
const wantedBuffer = 4 * 1024 * 1024;
const leastBuffer = 1024 * 1024;
const clockWatchMs = 200;

export async function networkChecks(config: Config, world: World): Promise<Finding[]> {
  const ports = await Promise.all([
    ...(['http', 'public'] as const).map((name) => port(name, config[name], tcpError)),
    port('traps', config.traps, udpError),
    port('syslog', config.syslog, async (at) => (await udpError(at)) ?? tcpError(at)),
  ]);
  return [...ports, await receiveBuffer(), await clocks(world)];
}

type TryPort = (at: HostPort) => Promise<NodeJS.ErrnoException | undefined>;

async function port(name: string, at: HostPort, tryPort: TryPort): Promise<Finding> {
  const error = at.port === 0 ? undefined : await tryPort(at);
  const check = `port ${name}`;
  if (error === undefined) return { check, state: 'ok', meaning: `${formatHostPort(at)} is free` };
  if (error.code === 'EADDRINUSE') {
    const meaning = `${formatHostPort(at)} is in use: by the daemon itself when it runs, else a start fails`;
    return {
      check,
      state: 'warning',
      meaning,
      repair: `start --${name} HOST:PORT, or stop what listens there`,
    };
  }
  const isDenied = error.code === 'EACCES';
  const repair = isDenied
    ? `take a port above 1023, or allow it: setcap cap_net_bind_service=+ep on node`
    : `write an address of this machine as ${name}: into allclear.yaml`;
  return {
    check,
    state: 'failed',
    meaning: `${formatHostPort(at)} cannot be bound: ${error.message}`,
    repair,
  };
}

const tcpError: TryPort = ({ host, port: number }) =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(number, host, () => server.close(() => resolve(undefined)));
  });

const udpError: TryPort = ({ host, port: number }) =>
  new Promise((resolve) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    socket.once('error', (error) => {
      socket.close();
      resolve(error);
    });
    socket.bind(number, host, () => socket.close(() => resolve(undefined)));
  });

function receiveBuffer(): Promise<Finding> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1', () => {
      let granted = 0;
      try {
        socket.setRecvBufferSize(wantedBuffer);
      } catch {
        // What the kernel grants is read below.
      }
      granted = socket.getRecvBufferSize();
      socket.close();
      const meaning = `${Math.round(granted / 1024)} KiB granted of ${wantedBuffer / 1024} KiB`;
      if (granted >= leastBuffer) return resolve({ check: 'receive buffer', state: 'ok', meaning });
      const repair = `sysctl -w net.core.rmem_max=${wantedBuffer}; a burst of traps is lost otherwise`;
      resolve({ check: 'receive buffer', state: 'warning', meaning, repair });
    });
  });
}

/** A wall clock that is being stepped or pulled shows within a fifth of a second as a difference. */
async function clocks(world: World): Promise<Finding> {
  await new Promise<void>((resolve) => world.after(milliseconds(clockWatchMs), resolve));
  const lead = wallClockLead(world);
  const shown = `the wall clock and the monotonic one differ by ${Math.abs(lead)} ms after ${clockWatchMs} ms`;
  if (Math.abs(lead) < 50) return { check: 'clock', state: 'ok', meaning: shown };
  return { check: 'clock', state: 'warning', meaning: shown, repair: 'timedatectl set-ntp true' };
}
