/** The ingest: takes traps, informs and syslog from the network, makes them durable, answers informs, hands them on. No rules here. */
import { join } from 'node:path';
import { Fault } from '../../base/fault.ts';
import { milliseconds } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import { openSpool, type Spool } from '../../edge/journal/spool.ts';
import {
  encodeSyslog,
  openSyslogReceiver,
  type SyslogReceiver,
  type SyslogReceiverOptions,
  type TlsIdentity,
} from '../../edge/syslog/syslog.ts';
import { encodeTrap, openTrapReceiver, type TrapReceiver } from '../../edge/trap/trap.ts';
import type { ShedMessages } from '../center/flood-watch.ts';
import type { ToIngest } from '../center/ingest-link.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { formatHostPort, parseHostPort } from '../config/values.ts';
import { exitCodes, type InForce } from '../processes/messages.ts';
import type { RoleHost, StartedRole } from '../processes/role-host.ts';
import { lockData, orphanPatienceMs } from './data-lock.ts';
import { keptEngineId } from './engine-id.ts';
import { KernelLosses } from './kernel-losses.ts';
import { SpoolFeed } from './spool-feed.ts';
import { trapSenders } from './trap-senders.ts';

const segmentBytes = 16 * 1024 * 1024;
/** A day of 500 traps a second; what is above is refused, so that informs stay unanswered and come again. */
const capBytes = 8 * 1024 * 1024 * 1024;
const countersEveryMs = milliseconds(1_000);

export async function startIngest(host: RoleHost): Promise<StartedRole> {
  const { world } = host;
  const config = await loadConfig(host.start);
  const lock = await lockData(config.data, { name: 'ingest', world, patienceMs: orphanPatienceMs });
  const spool = await openKept(config, world);
  const feed = new SpoolFeed({ spool, world, send: (message) => host.relay('center', message) });
  const store = storing({ spool, feed, host });
  let known = addressesOf(config);
  const receiver = await openTrapReceiver({
    listen: ownPort('traps', config, host),
    world,
    accept: (records) => store(records.map(encodeTrap)),
    engineId: await keptEngineId(config.data, world),
    ...trapSenders(config),
  });
  const reload = async (inForce: InForce): Promise<string | undefined> => {
    try {
      const changed = await loadConfig({ ...host.start, inForce });
      if (changed.syslogTls !== undefined) syslog.renew(identityOf(changed.syslogTls));
      receiver.admit(trapSenders(changed));
      known = addressesOf(changed);
      return undefined;
    } catch (error) {
      world.log.error('who may send traps was not changed', { error: String(error) });
      return error instanceof Fault ? error.code : 'the ingest failed';
    }
  };
  const syslog = await openSyslogReceiver({
    ...syslogPlaces(config, host),
    world,
    isKnown: (address) => known.has(address),
    accept: (records) => store(records.map(encodeSyslog)),
  });
  const hello = (): void => host.relay('center', { kind: 'hello', spool: spool.id });
  host.onRelay((message) => {
    const told = message as ToIngest;
    if (told.kind === 'whoAreYou') hello();
    else if (told.kind === 'sendFrom') feed.sendFrom(told.offset);
    else if (told.kind === 'reload') {
      void reload(told.inForce).then((problem) => host.relay('center', { kind: 'reloaded', problem }));
    } else feed.confirmed(told.offset);
  });
  hello();
  const losses = new KernelLosses();
  const ticker = world.every(countersEveryMs, () => {
    const shed = shedBy({ traps: receiver, syslog });
    void countersOf({ traps: receiver, syslog, spool }).then((counters) =>
      host.relay('center', { kind: 'counters', counters, shed: [...shed, ...losses.since(counters)] }),
    );
  });
  return {
    facts: factsOf(receiver, syslog),
    async stop() {
      ticker.cancel();
      await Promise.all([receiver.close(), syslog.close()]);
      await spool.close();
      await lock.release();
    },
  };
}

async function openKept(config: Config, world: World): Promise<Spool> {
  const { value: spool, problems } = await openSpool({
    folder: join(config.data, 'spool', 'traps'),
    world,
    segmentBytes,
    capBytes,
    keep: { ms: config.spool.keepMs, bytes: config.spool.keepBytes },
  });
  for (const problem of problems) world.log.warn('found in the spool', { ...problem });
  return spool;
}

const factsOf = ({ address }: TrapReceiver, syslog: SyslogReceiver): StartedRole['facts'] => ({
  traps: formatHostPort(address),
  syslog: formatHostPort(syslog.address),
  ...(syslog.tlsAddress === undefined ? {} : { syslogTls: formatHostPort(syslog.tlsAddress) }),
});

const syslogPlaces = (config: Config, host: RoleHost): Pick<SyslogReceiverOptions, 'listen' | 'tls'> => ({
  listen: ownPort('syslog', config, host),
  tls: config.syslogTls && {
    listen: ownPortOf(config.syslogTls.listen, host.facts['syslogTls']),
    identity: identityOf(config.syslogTls),
  },
});

/** Durable before it resolves, then on its way to the line. */
function storing({
  spool,
  feed,
  host,
}: {
  readonly spool: Spool;
  readonly feed: SpoolFeed;
  readonly host: RoleHost;
}): (records: readonly Uint8Array[]) => Promise<void> {
  return async (records) => {
    try {
      const { offset } = await spool.append(records);
      feed.appended(offset - records.length + 1, records);
    } catch (error) {
      // Full: unanswered and counted. A failed disk: what it holds is unknown, so this process ends (fail-stop).
      if (!String((error as { code?: unknown }).code).startsWith('spool/')) host.fail(exitCodes.disk, error);
      throw error;
    }
  };
}

/** The port that this process had in its last life, so that devices find it again. */
const ownPort = (name: 'traps' | 'syslog', config: Config, host: RoleHost): Config['traps'] =>
  ownPortOf(config[name], host.facts[name]);

function ownPortOf(wanted: Config['traps'], fact: string | undefined): Config['traps'] {
  const known = fact === undefined ? undefined : parseHostPort(fact);
  return known === undefined || wanted.port !== 0 ? wanted : { ...wanted, port: known.port };
}

const identityOf = ({ cert, key, ca }: NonNullable<Config['syslogTls']>): TlsIdentity => ({
  cert,
  key: key.reveal(),
  ca,
});

/** Syslog proves nobody: what no device's address sent is not taken. */
const addressesOf = (config: Config): ReadonlySet<string> =>
  new Set(config.devices.map(({ address }) => address));

const shedBy = (parts: {
  readonly traps: TrapReceiver;
  readonly syslog: SyslogReceiver;
}): readonly ShedMessages[] =>
  (['traps', 'syslog'] as const).flatMap((receiver) =>
    parts[receiver].drainShed().map((shed) => ({ receiver, ...shed })),
  );

/** Of both receivers, by name: `trapsTaken`, `syslogTaken` and so on. */
async function countersOf(parts: {
  readonly traps: TrapReceiver;
  readonly syslog: SyslogReceiver;
  readonly spool: Spool;
}): Promise<Readonly<Record<string, number>>> {
  const named = await Promise.all(
    (['traps', 'syslog'] as const).map(async (name) => {
      const kernelDropped = (await parts[name].kernelDropped()) ?? 0;
      return Object.entries({ ...parts[name].counters, kernelDropped }).map(
        ([counter, value]) => [`${name}${counter[0]!.toUpperCase()}${counter.slice(1)}`, value] as const,
      );
    }),
  );
  return { ...Object.fromEntries(named.flat()), spoolPending: parts.spool.pending.records };
}
