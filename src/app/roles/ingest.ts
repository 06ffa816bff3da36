/** The ingest: takes traps and informs from the network, makes them durable, answers informs, hands them on. No rules here. */
import { join } from 'node:path';
import { milliseconds } from '../../base/instant.ts';
import type { Secret } from '../../base/secret.ts';
import { openSpool } from '../../edge/journal/spool.ts';
import { encodeTrap, openTrapReceiver, type TrapCounters, type TrapRecord } from '../../edge/trap/trap.ts';
import type { ToIngest } from '../center/ingest-link.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { formatHostPort, parseHostPort } from '../config/values.ts';
import { exitCodes } from '../processes/messages.ts';
import type { RoleHost, StartedRole } from '../processes/role-host.ts';
import { lockData, orphanPatienceMs } from './data-lock.ts';
import { keptEngineId } from './engine-id.ts';
import { SpoolFeed } from './spool-feed.ts';

const segmentBytes = 16 * 1024 * 1024;
/** A day of 500 traps a second; what is above is refused, so that informs stay unanswered and come again. */
const capBytes = 8 * 1024 * 1024 * 1024;
const countersEveryMs = milliseconds(1_000);

export async function startIngest(host: RoleHost): Promise<StartedRole> {
  const { world } = host;
  const config = await loadConfig(host.start);
  const lock = await lockData(config.data, { name: 'ingest', world, patienceMs: orphanPatienceMs });
  const folder = join(config.data, 'spool', 'traps');
  const { value: spool, problems } = await openSpool({ folder, world, segmentBytes, capBytes });
  for (const problem of problems) world.log.warn('found in the spool', { ...problem });
  const feed = new SpoolFeed({ spool, world, send: (message) => host.relay('center', message) });
  const accept = async (records: readonly TrapRecord[]): Promise<void> => {
    const bytes = records.map(encodeTrap);
    try {
      const { offset } = await spool.append(bytes);
      feed.appended(offset - bytes.length + 1, bytes);
    } catch (error) {
      // Full: unanswered and counted. A failed disk: what it holds is unknown, so this process ends (fail-stop).
      if (!String((error as { code?: unknown }).code).startsWith('spool/')) host.fail(exitCodes.disk, error);
      throw error;
    }
  };
  const receiver = await openTrapReceiver({
    ...{ listen: ownPort(config, host), world, accept },
    engineId: await keptEngineId(config.data, world),
    communities: trapCommunities(config),
    users: config.devices.flatMap((device) => (device.v3 === undefined ? [] : [device.v3])),
  });
  const hello = (): void => host.relay('center', { kind: 'hello', spool: spool.id });
  host.onRelay((message) => {
    const told = message as ToIngest;
    if (told.kind === 'whoAreYou') hello();
    else if (told.kind === 'sendFrom') feed.sendFrom(told.offset);
    else feed.confirmed(told.offset);
  });
  hello();
  const ticker = world.every(countersEveryMs, () => {
    void receiver.kernelDropped().then((trapsKernelDropped) => {
      const counters = namedCounters(receiver.counters, { trapsKernelDropped, spool: spool.pending.records });
      host.relay('center', { kind: 'counters', counters });
    });
  });
  return {
    facts: { traps: formatHostPort(receiver.address), syslog: formatHostPort(config.syslog) },
    async stop() {
      ticker.cancel();
      await receiver.close();
      await spool.close();
      await lock.release();
    },
  };
}

function ownPort(config: Config, host: RoleHost): Config['traps'] {
  const known = host.facts['traps'] === undefined ? undefined : parseHostPort(host.facts['traps']);
  return known === undefined || config.traps.port !== 0
    ? config.traps
    : { ...config.traps, port: known.port };
}

/** Communities of devices and those given for traps alone. */
function trapCommunities(config: Config): readonly Secret[] {
  const all = [
    ...config.snmp.trapCommunities,
    ...config.devices.filter((device) => device.v3 === undefined).map((device) => device.community),
  ];
  return [...new Map(all.map((community) => [community.reveal(), community])).values()];
}

function namedCounters(
  counters: TrapCounters,
  extra: { readonly trapsKernelDropped: number | undefined; readonly spool: number },
): Readonly<Record<string, number>> {
  const named = Object.entries(counters).map(([name, value]) => [
    `traps${name[0]!.toUpperCase()}${name.slice(1)}`,
    value,
  ]);
  return {
    ...Object.fromEntries(named),
    trapsKernelDropped: extra.trapsKernelDropped ?? 0,
    spoolPending: extra.spool,
  };
}
