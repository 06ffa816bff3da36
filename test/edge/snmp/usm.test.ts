import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/random.ts';
import { Secret } from '../../../src/base/secret.ts';
import { encodeRequest, MessageView } from '../../../src/edge/snmp/pdu.ts';
import { Exchange3, peerOf } from '../../../src/edge/snmp/usm.ts';
import { Engines } from '../../../src/edge/snmp/usm-engine.ts';
import { flag } from '../../../src/edge/snmp/usm-message.ts';
import type { SnmpUser } from '../../../src/model/snmp-user.ts';
import { virtualWorld } from '../../support/virtual-world.ts';
import { damaged } from './generated.ts';
import { type Heard, PaperAgent, type Reply } from './paper-agent.ts';

const SYS_NAME = Uint8Array.of(0x2b, 6, 1, 2, 1, 1, 5, 0);
const name = { oid: '1.3.6.1.2.1.1.5.0', value: { type: 'octets', bytes: Uint8Array.of(0x61) } } as const;
const answer: Reply = { varbinds: [name] };

const user: SnmpUser = {
  user: 'reader',
  level: 'authPriv',
  auth: 'sha256',
  authKey: new Secret('an auth password'),
  priv: 'aes',
  privKey: new Secret('a priv password'),
};
const openUser: SnmpUser = { user: 'anyone', level: 'noAuthNoPriv' };

function started(fields: Partial<SnmpUser> = {}) {
  const world = virtualWorld();
  const engines = new Engines(world);
  const asking = { ...user, ...fields };
  const peer = peerOf(engines, { address: '192.0.2.1', port: 161, v3: asking });
  const agent = new PaperAgent(asking);
  const view = new MessageView();
  let nextId = 100;
  /** A request on its way: what was sent last, as the agent reads it, and the means to answer it. */
  const ask = () => {
    const requestId = nextId++;
    const exchange = new Exchange3(peer, requestId);
    const community = new Uint8Array(0);
    const plain = encodeRequest({
      ...{ version: 1, community, kind: 'get', requestId, maxRepetitions: 0, names: [SYS_NAME] },
    })!;
    const send = (heardBy = agent): Heard => heardBy.hear(exchange.seal(nextId++, plain)!);
    return { send, requestId, open: (bytes: Uint8Array) => exchange.open(bytes, view) };
  };
  /** Discovery and one good answer. */
  const acquainted = (): void => {
    const { send, open } = ask();
    expect(open(agent.report(send(), 4))).toBe('again');
    expect(open(agent.reply(send(), answer))).toBe('answer');
  };
  return { world, engines, peer, agent, view, ask, acquainted };
}

const refusal = (detail: string) => ({ kind: 'refused', reason: 'authentication', detail });

describe('a first request', () => {
  it('asks which engine answers, without a user, and is then sent to that engine and its clock', () => {
    const { agent, ask, view, engines } = started();
    const { send, open, requestId } = ask();
    const probe = send();
    expect(probe).toMatchObject({ engineId: '', user: '', flags: flag.reportable, names: [] });
    expect(open(agent.report(probe, 4))).toBe('again');
    const asked = send();
    const level = flag.reportable | flag.auth | flag.priv;
    expect(asked).toMatchObject({ user: 'reader', flags: level, boots: 7, time: 1_000, requestId });
    expect(asked.engineId).toBe(Buffer.from(agent.engineId).toString('hex'));
    expect(asked.names).toEqual([name.oid]);
    expect(asked.messageId).not.toBe(probe.messageId);
    expect(open(agent.reply(asked, answer))).toBe('answer');
    expect(view.value(0)).toEqual(name.value);
    expect(engines.counters()).toMatchObject({ discoveries: 1, resynchronised: 0 });
  });

  it.each<[string, Partial<SnmpUser>, number]>([
    ['noAuthNoPriv', openUser, 0],
    ['authNoPriv', { level: 'authNoPriv' }, flag.auth],
    ['authPriv', {}, flag.auth | flag.priv],
  ])('is asked at the level %s', (_level, fields, flags) => {
    const { agent, ask } = started(fields);
    const { send, open } = ask();
    open(agent.report(send(), 4));
    const asked = send();
    expect(asked.flags).toBe(flags | flag.reportable);
    expect(open(agent.reply(asked, answer))).toBe('answer');
  });

  it('beside another first one finds the engine that the other found', () => {
    const { agent, ask, engines } = started();
    const one = ask();
    const other = ask();
    const probes = [one.send(), other.send()] as const;
    expect(one.open(agent.report(probes[0], 4))).toBe('again');
    expect(other.open(agent.report(probes[1], 4))).toBe('again');
    expect(one.open(agent.reply(one.send(), answer))).toBe('answer');
    expect(other.open(agent.reply(other.send(), answer))).toBe('answer');
    expect(engines.counters().discoveries).toBe(1);
  });

  it('learns the engine whatever the report about a discovery names', () => {
    const { agent, ask } = started();
    const { send, open } = ask();
    expect(open(agent.report(send(), 3))).toBe('again');
    expect(send().user).toBe('reader');
  });

  it('corrects a clock that a discovery told wrongly by an authentic report', () => {
    const { agent, ask } = started();
    const { send, open } = ask();
    open(agent.report(send(), 4, { boots: 99, time: 5 }));
    const asked = send();
    expect(asked).toMatchObject({ boots: 99, time: 5 });
    expect(open(agent.report(asked, 2, { flags: flag.auth }))).toBe('again');
    expect(send()).toMatchObject({ boots: 7, time: 1_000 });
  });

  it('does not go round for ever', () => {
    const { agent, ask } = started();
    const { send, open } = ask();
    let opened = open(agent.report(send(), 4));
    for (let turn = 0; opened === 'again' && turn < 20; turn++) {
      opened = open(agent.report(send(), 2, { flags: flag.auth, time: 1_000 + turn }));
    }
    expect(opened).toEqual(refusal('timeWindow'));
  });
});

describe('an agent that restarts', () => {
  it('with more boots is followed', () => {
    const { agent, ask, acquainted, engines } = started();
    acquainted();
    agent.boots = 8;
    agent.time = 3;
    const { send, open } = ask();
    const asked = send();
    expect(asked.boots).toBe(7);
    expect(open(agent.report(asked, 2, { flags: flag.auth }))).toBe('again');
    const again = send();
    expect(again).toMatchObject({ boots: 8, time: 3 });
    expect(open(agent.reply(again, answer))).toBe('answer');
    expect(engines.counters()).toMatchObject({ resynchronised: 1, wentBack: 0 });
  });

  it.each([
    ['lost its boots', 1, 2],
    ['kept its boots and began its time anew', 7, 2],
  ])('and %s is followed on an authentic report only, and counted', (_what, boots, time) => {
    const { agent, ask, acquainted, engines } = started();
    acquainted();
    const { send, open } = ask();
    const asked = send();
    expect(open(agent.reply(asked, { ...answer, boots, time }))).toBe('malformed');
    expect(open(agent.report(asked, 2, { boots, time }))).toBe('ignored');
    expect(send()).toMatchObject({ boots: 7, time: 1_000 });
    const last = send();
    expect(open(agent.report(last, 2, { boots, time, flags: flag.auth }))).toBe('again');
    const again = send();
    expect(again).toMatchObject({ boots, time });
    expect(open(agent.reply(again, { ...answer, boots, time }))).toBe('answer');
    expect(engines.counters()).toMatchObject({ wentBack: 1, outsideWindow: 1, downgraded: 1 });
  });

  it('as another engine, since it was replaced, is discovered anew', () => {
    const { agent, ask, acquainted } = started();
    acquainted();
    const other = new PaperAgent(user, Buffer.from('80001f888001020304', 'hex'));
    const { send, open } = ask();
    expect(open(agent.report(send(), 4, { engineId: other.engineId, boots: 1, time: 1 }))).toBe('again');
    const asked = send(other);
    expect(asked.engineId).toBe('80001f888001020304');
    expect(open(other.reply(asked, { ...answer, boots: 1, time: 1 }))).toBe('answer');
  });

  it('that counted its boots to the end is out of every window', () => {
    const { agent, ask, acquainted } = started();
    acquainted();
    const { send, open } = ask();
    const report = agent.report(send(), 2, { flags: flag.auth, boots: 0x7fff_ffff });
    expect(open(report)).toEqual(refusal('timeWindow'));
  });

  it('has its clock told further by ours between answers', () => {
    const { world, ask, acquainted } = started();
    acquainted();
    world.advance(90_500);
    expect(ask().send()).toMatchObject({ boots: 7, time: 1_090 });
  });
});

describe('an answer', () => {
  const none = { kind: 'response', ...answer } as const;

  it.each<[string, Reply, string]>([
    ['without authentication', { flags: 0 }, 'malformed'],
    ['without privacy', { flags: flag.auth }, 'malformed'],
    ['with a wrong digest', { spoilDigest: true }, 'malformed'],
    ['that deciphers to nothing', { spoilCipher: true }, 'malformed'],
    ['of another engine', { engineId: Buffer.from('80001f88ff00000000', 'hex') }, 'malformed'],
    ['for another user', { user: 'writer' }, 'malformed'],
    ['for another request', { requestId: 1 }, 'ignored'],
    ['of another context', { contextName: 'vlan-7' }, 'ignored'],
    ['of another context engine', { contextEngineId: Buffer.from('8000000001', 'hex') }, 'ignored'],
    ['from an earlier boot', { boots: 6 }, 'malformed'],
    ['more than 150 seconds late', { time: 849 }, 'malformed'],
  ])('%s is none', (_what, reply, opened) => {
    const { agent, ask, acquainted } = started();
    acquainted();
    const { send, open } = ask();
    const asked = send();
    expect(open(agent.reply(asked, { ...none, ...reply }))).toBe(opened);
    // The right one still counts.
    expect(open(agent.reply(asked, none))).toBe('answer');
  });

  it('150 seconds late is still in the window', () => {
    const { agent, ask, acquainted } = started();
    acquainted();
    const { send, open } = ask();
    expect(open(agent.reply(send(), { ...none, time: 850 }))).toBe('answer');
  });

  it('with more security than asked for is no answer to what was asked', () => {
    const { agent, ask, acquainted } = started({ level: 'noAuthNoPriv' });
    acquainted();
    const { send, open } = ask();
    expect(open(new PaperAgent(user).reply(send(), { ...none, flags: flag.auth }))).toBe('malformed');
    expect(open(agent.reply(send(), none))).toBe('answer');
  });

  it('below the level asked for is counted', () => {
    const { agent, ask, acquainted, engines } = started();
    acquainted();
    const { send, open } = ask();
    open(agent.reply(send(), { ...none, flags: 0 }));
    open(agent.reply(send(), { ...none, flags: flag.auth }));
    expect(engines.counters().downgraded).toBe(2);
  });

  it('to an earlier try counts, a report on one does not', () => {
    const { agent, ask, acquainted } = started();
    acquainted();
    const { send, open } = ask();
    const first = send();
    expect(open(agent.report(first, 2, { flags: flag.auth }))).toBe('again');
    send();
    expect(open(agent.report(first, 3))).toBe('ignored');
    expect(open(agent.report(first, 4, { engineId: Buffer.from('80001f88ff00000000', 'hex') }))).toBe(
      'ignored',
    );
    expect(open(agent.reply(first, none))).toBe('answer');
  });
});

describe('a report', () => {
  it.each([
    [1, 'securityLevel'],
    [3, 'unknownUser'],
    [5, 'authKey'],
    [6, 'privKey'],
  ])('of usmStats %d names what to correct', (number, detail) => {
    const { agent, ask, acquainted, engines } = started();
    acquainted();
    const { send, open } = ask();
    expect(open(agent.report(send(), number))).toEqual(refusal(detail));
    expect(engines.counters().refused).toBe(1);
  });

  it('of an unknown context is no access', () => {
    const { agent, ask, acquainted } = started();
    acquainted();
    const { send, open } = ask();
    const varbinds = [{ oid: '1.3.6.1.6.3.12.1.5.0', value: { type: 'counter32', number: 1 } }] as const;
    const report = agent.reply(send(), { kind: 'report', varbinds });
    expect(open(report)).toEqual({ kind: 'refused', reason: 'noAccess', detail: 'context' });
  });

  it.each<[string, Reply]>([
    ['with the id that was asked', {}],
    ['with an id too short', { engineId: Buffer.from('8000', 'hex') }],
    ['with an id too long', { engineId: Buffer.alloc(33, 1) }],
  ])('of an unknown engine %s ends the request', (_what, reply) => {
    const { agent, ask, acquainted } = started();
    acquainted();
    const { send, open } = ask();
    expect(open(agent.report(send(), 4, reply))).toEqual(refusal('engineId'));
  });

  it('of something else, or of nothing, is an error of the agent', () => {
    const { agent, ask, acquainted } = started();
    acquainted();
    const { send, open } = ask();
    const error = { kind: 'badAnswer', reason: 'errorStatus' };
    expect(open(agent.reply(send(), { kind: 'report', ...answer }))).toEqual(error);
    expect(open(agent.reply(send(), { kind: 'report' }))).toEqual(error);
  });
});

describe('bytes of somebody else', () => {
  it('are never an answer, throw nothing and leave the request as it was', () => {
    const { agent, ask, acquainted, engines } = started();
    acquainted();
    const random = seededRandom(11);
    const meanings = new Map<string, number>();
    for (let round = 0; round < 4_000; round++) {
      const { send, open } = ask();
      const asked = send();
      const good =
        round % 2 === 0 ? agent.reply(asked, answer) : agent.report(asked, 2, { flags: flag.auth });
      const bad = Buffer.from(damaged(good, random));
      if (bad.equals(good)) continue;
      const opened = open(bad);
      const meaning = typeof opened === 'string' ? opened : opened.kind;
      meanings.set(meaning, (meanings.get(meaning) ?? 0) + 1);
      if (round % 500 === 0) expect(open(agent.reply(asked, answer))).toBe('answer');
    }
    expect(meanings.get('answer')).toBeUndefined();
    expect(meanings.get('again')).toBeUndefined();
    expect(meanings.get('malformed')).toBeGreaterThan(3_000);
    expect(engines.records()).toMatchObject([{ boots: 7 }]);
  });

  it('may follow a message, and every cut of it is none', () => {
    const { agent, ask, acquainted } = started();
    acquainted();
    const { send, open } = ask();
    const good = agent.reply(send(), answer);
    for (let length = 0; length < good.length; length++) {
      expect(open(Buffer.from(good.subarray(0, length)))).toBe('malformed');
    }
    expect(open(good)).toBe('answer');
  });
});

describe('what is known of engines', () => {
  const place = { address: '192.0.2.1', port: 161 };

  it('spares the discovery after a restart, with the clock told further', () => {
    const before = started();
    before.acquainted();
    before.world.advance(10_000);
    const records = structuredClone(before.engines.records());
    expect(JSON.stringify(records)).not.toContain('password');
    const after = started();
    after.world.advance(70_000);
    after.engines.restore(records);
    const { send, open } = after.ask();
    const asked = send();
    expect(asked).toMatchObject({ user: 'reader', boots: 7, time: 1_070 });
    expect(open(after.agent.reply(asked, answer))).toBe('answer');
  });

  it('is not believed where it cannot be', () => {
    const { engines, world } = started();
    const sound = { ...place, engineId: '80001f8880aabbccdd', boots: 1, time: 1, at: world.now() };
    engines.restore([
      { ...sound, engineId: 'zz' },
      { ...sound, engineId: '80' },
      { ...sound, boots: -1 },
      { ...sound, time: Number.NaN },
      { ...sound, time: 0x8000_0000 },
      { ...sound, boots: 1.5 },
    ]);
    expect(engines.records()).toEqual([]);
    engines.restore([sound]);
    expect(engines.records()).toEqual([sound]);
  });

  it('is bounded: the device unused for longest is discovered again', () => {
    const engines = new Engines(virtualWorld(), { most: 2 });
    const id = Buffer.from('80001f8880aabbccdd', 'hex');
    for (const port of [1, 2, 1, 3]) engines.of('192.0.2.1', port).learn(id, 1, 1);
    expect(engines.records().map(({ port }) => port)).toEqual([1, 3]);
    expect(engines.counters().forgotten).toBe(1);
  });

  it('is kept by device: two with one id have two clocks', () => {
    const { engines } = started();
    const id = Buffer.from('80001f8880aabbccdd', 'hex');
    engines.of('192.0.2.8', 161).learn(id, 5, 50);
    engines.of('192.0.2.9', 161).learn(id, 6, 60);
    expect(engines.records().filter(({ boots }) => boots > 0)).toMatchObject([{ boots: 5 }, { boots: 6 }]);
  });
});
