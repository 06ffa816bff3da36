/** `replay --traps` on a data directory as the ingest leaves it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replayVerb } from '../../../src/app/cli/replay.ts';
import { instant } from '../../../src/base/instant.ts';
import { openSpool } from '../../../src/edge/journal/spool.ts';
import { encodeTrap, type TrapRecord } from '../../../src/edge/trap/trap.ts';
import { realWorld } from '../../support/real-world.ts';
import { type Folder, folderOf, jsonLines, say } from './collecting-terminal.ts';

const start = Date.UTC(2026, 0, 1);
const linkDown = '1.3.6.1.6.3.1.1.5.3';
const linkUp = '1.3.6.1.6.3.1.1.5.4';
const ifIndex = '1.3.6.1.2.1.2.2.1.1';

const trap = (minute: number, trapOid: string, address = '192.0.2.1'): TrapRecord => ({
  at: instant(start + minute * 60_000),
  from: `${address}:50000`,
  address,
  version: 'v2c',
  inform: false,
  trapOid,
  varbinds: [{ oid: `${ifIndex}.7`, type: 'integer', value: 7 }],
});

const rules = `format: detection/1
traps:
  - id: acme-door
    oid: 1.3.6.1.4.1.99999.0.1
    raise: DOOR_OPEN
    severity: minor
    examples: [{ seen: { event: raise, resource: r-1, cause: DOOR_OPEN } }]
`;

let folder: Folder;
beforeEach(async () => {
  folder = await folderOf({
    'allclear.yaml': 'devices:\n  - { id: olt-1, address: 192.0.2.1 }\n',
    'rules/acme.yaml': rules,
    'topology.json': JSON.stringify({
      format: 'allclear-topology/1',
      serviceRoots: ['core'],
      resources: [
        { id: 'core', kind: 'core', in: {} },
        { id: 'olt-1', kind: 'olt', in: {} },
        { id: 'olt-1/if/7', kind: 'pon-port', in: { access: 'olt-1' } },
        { id: 'ont-1', kind: 'ont', in: { access: 'olt-1/if/7' }, subscribers: 30 },
      ],
      links: [{ id: 'uplink', ends: ['core', 'olt-1'], segments: [] }],
      planned: [],
    }),
  });
  const { value: spool } = await openSpool({
    folder: folder.file('data/spool/traps'),
    world: realWorld(),
    segmentBytes: 65_536,
    capBytes: 1_000_000,
  });
  const sent = [
    trap(0, linkDown),
    trap(1, '1.3.6.1.4.1.99999.0.1'),
    trap(9, linkUp),
    trap(9, linkDown, '192.0.2.8'),
  ];
  await spool.append(sent.map(encodeTrap));
  await spool.close();
});
afterEach(() => folder.remove());

const replay = (...more: string[]) =>
  say(
    replayVerb,
    '--traps',
    '--data',
    folder.file('data'),
    '--config',
    folder.file('allclear.yaml'),
    ...more,
  );

test('kept traps are printed as the alarm records that the rules of now make of them', async () => {
  const said = await replay('--jsonl');
  expect(said).toMatchObject({ code: 0, err: [] });
  expect(jsonLines(said)).toMatchObject([
    { at: start, event: 'raise', resource: 'olt-1/if/7', cause: 'LINK_DOWN', source: 'trap' },
    { event: 'raise', resource: 'olt-1', cause: 'TRAP' },
    { at: start + 540_000, event: 'clear', resource: 'olt-1/if/7', cause: 'LINK_DOWN' },
    { event: 'raise', resource: 'unknown-192.0.2.8/if/7', cause: 'LINK_DOWN' },
  ]);
});

test('a rule written since then gives a trap its meaning', async () => {
  const before = await replay();
  expect(before.out.join('\n')).toContain('1.3.6.1.4.1.99999.0.1');
  const after = await replay('--rules', folder.file('rules'));
  expect(after.out.join('\n')).toContain('DOOR_OPEN');
  expect(after.out.join('\n')).not.toContain('1.3.6.1.4.1.99999.0.1');
});

test('only those of the span asked for are read', async () => {
  const said = await replay('--jsonl', '--since', String(start + 60_000), '--until', String(start + 120_000));
  expect(jsonLines(said).map(({ cause }) => cause)).toEqual(['TRAP']);
});

test('with a topology they run through the line', async () => {
  const said = await replay('--jsonl', '--topology', folder.file('topology.json'));
  expect(said.code).toBe(0);
  expect(jsonLines(said)).toContainEqual(
    expect.objectContaining({ root: 'olt-1/if/7', state: 'resolved', subscribers: 30 }),
  );
});

test('a folder without a spool is told', async () => {
  const said = await say(replayVerb, '--traps', '--data', folder.path).catch((error: Error) => error);
  expect(said).toMatchObject({ code: 'replay/no-spool' });
});
