/**
 * What SNMPv3 costs the poller: CPU time of this process for one GETBULK and its reply of 71 values, ours beside the
 * net-snmp package, rounds interleaved, medians; one fast agent answers both in a process of its own.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { unsignedNumber } from '../src/edge/snmp/ber.ts';
import { nothingLearned } from '../src/edge/snmp/learned.ts';
import { encodeRequest, type MessageView, V2C } from '../src/edge/snmp/pdu.ts';
import { addressOf } from '../src/edge/snmp/peer.ts';
import { openTransport, type Transport } from '../src/edge/snmp/transport.ts';
import { peerOf } from '../src/edge/snmp/usm.ts';
import { reporter } from './support/report.ts';
import { benchUser, START, VALUES } from './support/v3-agent.ts';
import { benchWorld } from './support/world.ts';

const ROUNDS = 9;
const PDUS = 3_000;
const WARM_UP_PDUS = 3_000;
const UNDER_WAY = 48;
const START_BER = Uint8Array.of(0x2b, 6, 1, 2, 1, 2, 2, 1);

/** Sends one request and calls back with the number of values in its reply. */
type Ask = (done: (values: number) => void) => void;

export async function run(options: { readonly json: boolean }): Promise<void> {
  const report = reporter('v3', options.json);
  const { agent, port } = await startAgent();
  const transport = await openTransport(benchWorld());
  const theirs = [packageSession(port, 'v3'), packageSession(port, 'v2c')] as const;
  try {
    const lanes = [
      ourAsk(transport, port, 'v3'),
      theirs[0].ask,
      ourAsk(transport, port, 'v2c'),
      theirs[1].ask,
    ];
    const us = await measure(lanes);
    const unit = 'us CPU/PDU';
    report({ case: `v3 authPriv SHA-1 AES-128, ${VALUES} values`, ours: us[0]!, peer: us[1]!, unit });
    report({ case: `v2c, ${VALUES} values`, ours: us[2]!, peer: us[3]!, unit });
    report({ case: 'v3 over v2c', ours: us[0]! - us[2]!, peer: us[1]! - us[3]!, unit });
  } finally {
    transport.close();
    for (const session of theirs) session.close();
    agent.disconnect();
  }
}

/** Median CPU microseconds a PDU of each lane. */
async function measure(lanes: readonly Ask[]): Promise<number[]> {
  const rounds: number[][] = lanes.map(() => []);
  for (const ask of lanes) await askAll(ask, WARM_UP_PDUS);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [lane, ask] of lanes.entries()) {
      const before = process.cpuUsage();
      await askAll(ask, PDUS);
      const { user: inUser, system } = process.cpuUsage(before);
      rounds[lane]!.push((inUser + system) / PDUS);
    }
  }
  return rounds.map((each) => each.sort((a, b) => a - b)[each.length >> 1]!);
}

function askAll(ask: Ask, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = count;
    let open = 0;
    const next = (): void => {
      left--;
      open++;
      ask((values) => {
        open--;
        if (values !== VALUES) reject(new Error(`a reply held ${values} values instead of ${VALUES}`));
        else if (left > 0) next();
        else if (open === 0) resolve();
      });
    };
    for (let i = 0; i < UNDER_WAY; i++) next();
  });
}

/** The transport's own question, each value decoded into a typed array as the walk of a table does. */
function ourAsk(transport: Transport, port: number, version: 'v2c' | 'v3'): Ask {
  const kept = new Float64Array(VALUES);
  const address = '127.0.0.1';
  const community = new TextEncoder().encode(version === 'v3' ? '' : 'reading');
  const usm = version === 'v3' ? peerOf(transport.engines, { address, port, v3: benchUser }) : undefined;
  const limits = { timeoutMs: 2_000, retries: 2, anySource: false, learned: nothingLearned() };
  const peer = { ...addressOf(address), port, version: V2C, community, ...limits, usm };
  const encode = (requestId: number): Uint8Array | undefined =>
    encodeRequest({
      ...{ version: V2C, community, kind: 'getBulk', requestId, maxRepetitions: VALUES, names: [START_BER] },
    });
  return (done) => {
    const take = (outcome: MessageView | { readonly kind: string }): void => {
      if ('kind' in outcome) throw new Error(JSON.stringify(outcome));
      const { bytes, count } = outcome;
      for (let i = 0; i < count; i++) {
        kept[i] = unsignedNumber(bytes, outcome.valueFrom(i), outcome.valueEnd(i));
      }
      done(count);
    };
    transport.ask({
      ...{ peer, giveUpAtMs: Number.POSITIVE_INFINITY, readsNames: false, replyBytes: 1_472, encode },
      done: take,
    });
  };
}

function packageSession(port: number, version: 'v2c' | 'v3'): { readonly ask: Ask; close(): void } {
  const snmp = createRequire(import.meta.url)('net-snmp') as {
    createSession(target: string, community: string, options: object): PackageSession;
    createV3Session(target: string, user: object, options: object): PackageSession;
    Version2c: number;
    Version3: number;
    SecurityLevel: Record<string, number>;
    AuthProtocols: Record<string, number>;
    PrivProtocols: Record<string, number>;
  };
  const packageUser = {
    name: benchUser.user,
    level: snmp.SecurityLevel['authPriv'],
    authProtocol: snmp.AuthProtocols['sha'],
    authKey: benchUser.authKey?.reveal(),
    privProtocol: snmp.PrivProtocols['aes'],
    privKey: benchUser.privKey?.reveal(),
  };
  const options = { port, timeout: 2_000, retries: 2 };
  const session =
    version === 'v3'
      ? snmp.createV3Session('127.0.0.1', packageUser, { ...options, version: snmp.Version3 })
      : snmp.createSession('127.0.0.1', 'reading', { ...options, version: snmp.Version2c });
  const ask: Ask = (done) =>
    session.getBulk([START], 0, VALUES, (error, columns) => {
      if (error !== null && error !== undefined) throw error;
      done(columns?.[0]?.length ?? 0);
    });
  return { ask, close: () => session.close() };
}

interface PackageSession {
  getBulk(
    oids: readonly string[],
    nonRepeaters: number,
    maxRepetitions: number,
    done: (error: Error | null | undefined, columns?: readonly (readonly unknown[])[]) => void,
  ): void;
  close(): void;
}

function startAgent(): Promise<{ readonly agent: ChildProcess; readonly port: number }> {
  const agent = fork(new URL('./support/v3-agent.js', import.meta.url), ['v3-agent']);
  return new Promise((resolve, reject) => {
    agent.once('message', (message) => resolve({ agent, port: (message as { port: number }).port }));
    agent.once('exit', () => reject(new Error('the agent ended')));
  });
}
