/** Calls about the daemon's own running: its configuration read again, and the scenarios of a demo. */
import { neverHappens } from '../../base/fault.ts';
import type { ProblemJson } from './contract.ts';
import type { ImportWish } from './import-port.ts';
import type { Deed, ReloadOutcome } from './ports.ts';
import { type Call, object, ok, oneOf, type Reply, type Route, refusal, text } from './route.ts';

const flag = oneOf(['true', 'false']);
/** How a list is to be read, and how much it may change. */
const listing = { source: text(100), map: text(4_000), country: text(2), allowLarge: flag };

export const administrationRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/reload',
    summary: 'Reads the configuration again and applies all of it, or nothing when anything is wrong with it',
    answers: 'what waits for the next start, and warnings',
    handle: reload,
  },
  {
    method: 'GET',
    path: '/rules',
    summary:
      'The rules in force: files, kinds of faults, patterns with how often they fitted, findings, earlier sets',
    answers: 'the rules and what they did',
    handle: async ({ ports }) => ok(await ports.rules()),
  },
  {
    method: 'POST',
    path: '/rules/rollback',
    summary:
      'Brings the rules back that were in force before, until the files change; once more brings the rolled back ones back',
    answers: 'what waits for the next start, and warnings',
    handle: rollBack,
  },
  {
    method: 'POST',
    path: '/subscribers/import',
    summary:
      'Compares a list of subscribers (CSV or JSON, all of them) with those there are; with apply=true it takes their place',
    query: object({ apply: flag, ...listing }, []),
    rawBodyBytes: 64 * 1024 * 1024,
    answers: 'how many are added, changed and removed, and what is wrong with the list',
    handle: (call) => importSubscribers(call, { apply: call.query['apply'] === 'true' }),
  },
  {
    method: 'POST',
    path: '/subscribers',
    summary:
      'Adds and changes the subscribers in a list (JSON, a line each, or CSV); the others stay. dryRun=true only compares',
    query: object({ dryRun: flag, ...listing }, []),
    rawBodyBytes: 64 * 1024 * 1024,
    answers: 'how many are added and changed, and what is wrong with the list',
    handle: (call) => importSubscribers(call, { apply: call.query['dryRun'] !== 'true', isPart: true }),
  },
  {
    method: 'POST',
    path: '/demo/play',
    summary: 'Plays a scenario; on a demo only',
    body: object({ scenario: text(100) }, ['scenario']),
    answers: 'the scenario',
    handle: play,
  },
];

async function reload({ ports, user }: Call): Promise<Reply> {
  if (user.role !== 'administrator') return refusal(403, 'Only an administrator may reload.');
  return recorded({ ports, by: user.name, action: 'reload', target: 'configuration' }, async () =>
    outcomeReply(await ports.reload()),
  );
}

/** On record before it is done, and once more, with the reason, when it was not. */
async function recorded(
  { ports, ...deed }: Omit<Deed, 'detail'> & { readonly ports: Call['ports'] },
  run: () => Promise<Reply>,
): Promise<Reply> {
  await ports.record(deed);
  const reply = await run();
  if (reply.status >= 400) {
    const { title, detail } = reply.body as ProblemJson;
    await ports.record({ ...deed, detail: { notDone: `${title}: ${detail}` } });
  }
  return reply;
}

async function rollBack({ ports, user }: Call): Promise<Reply> {
  if (user.role !== 'administrator') return refusal(403, 'Only an administrator may roll rules back.');
  return recorded({ ports, by: user.name, action: 'rollBackRules', target: 'rules' }, async () => {
    const outcome = await ports.rollBackRules();
    if (outcome === undefined) return refusal(409, 'No other rules were in force before.');
    ports.world.log.warn('rules were rolled back', { by: user.name, outcome: outcome.kind });
    return outcomeReply(outcome);
  });
}

function outcomeReply(outcome: ReloadOutcome): Reply {
  switch (outcome.kind) {
    case 'applied':
      return ok({ applied: true, needsRestart: outcome.needsRestart, problems: outcome.problems });
    case 'refused': {
      const { status, body } = refusal(422, 'Nothing was applied; the running configuration stays.');
      return { status, body: { ...(body as object), problems: outcome.problems } };
    }
    case 'unfinished':
      return refusal(503, `Applied in part only: ${outcome.reason}. Reload once more.`);
    default:
      return neverHappens(outcome);
  }
}

async function importSubscribers(
  { ports, user, query, body }: Call,
  how: Pick<ImportWish, 'apply' | 'isPart'>,
): Promise<Reply> {
  if (user.role !== 'administrator') return refusal(403, 'Only an administrator may import.');
  if (!ports.isReady()) return refusal(503, 'The daemon is not ready.');
  if (typeof body !== 'string' || body.trim() === '') return refusal(400, 'The body is empty.');
  const mapping = mappingIn(query['map']);
  if (mapping === undefined) return refusal(400, 'map is a JSON object: columns by field.');
  const { source, country } = query;
  const wish = { ...how, source, country, mapping, allowLarge: query['allowLarge'] === 'true' };
  const deed = { by: user.name, action: 'importSubscribers', target: 'subscribers' } as const;
  if (how.apply) await ports.record(deed);
  const outcome = await ports.importSubscribers(body, wish);
  if (outcome === 'busy') {
    if (how.apply) await ports.record({ ...deed, detail: { notDone: 'another list is being imported' } });
    return refusal(409, 'Another list of subscribers is being imported. Hand this one in again after it.');
  }
  const { diff, problems, applied, refused, mapping: taken } = outcome;
  if (how.apply && !applied)
    await ports.record({ ...deed, detail: { notDone: refused ?? 'the list has mistakes' } });
  return ok({ ...diff, applied, refused: refused ?? null, mapping: taken, problems });
}

function mappingIn(text: string | undefined): Readonly<Record<string, string>> | undefined {
  if (text === undefined) return {};
  try {
    const value = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const entries = Object.entries(value).filter(([, column]) => typeof column === 'string');
    return Object.fromEntries(entries) as Record<string, string>;
  } catch {
    return undefined;
  }
}

async function play({ ports, body }: Call): Promise<Reply> {
  if (ports.play === undefined) return refusal(404, 'This is no demo.');
  const { scenario } = body as { readonly scenario: string };
  if (!ports.play.scenarios.includes(scenario)) {
    return refusal(400, `There is no such scenario; there are ${ports.play.scenarios.join(', ')}.`);
  }
  ports.play.play(scenario);
  return ok({ scenario });
}
