/** Reload and demo over the API: who may, and what comes back. */
import { afterEach, expect, test } from 'vitest';
import { administratorKey } from '../../support/front-ports.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';

let opened: OpenedFront;
afterEach(() => opened.close());

const asAdministrator = { headers: { authorization: `Bearer ${administratorKey}` } };
const body = async (answer: Response): Promise<unknown> => answer.json();

test('an operator may not reload, an administrator is told what waits for the next start', async () => {
  opened = await openTestFront();
  expect((await opened.api('/reload', { method: 'POST' })).status).toBe(403);
  opened.daemon.reloadOutcome = { kind: 'applied', needsRestart: ['http'], problems: [] };
  const answer = await opened.api('/reload', { method: 'POST', ...asAdministrator });
  expect(answer.status).toBe(200);
  expect(await body(answer)).toEqual({ applied: true, needsRestart: ['http'], problems: [] });
});

test('a refused reload answers 422 with every problem in its place', async () => {
  opened = await openTestFront();
  const problem = {
    file: 'allclear.yaml',
    line: 3,
    column: 5,
    severity: 'error',
    code: 'config/unknown-key',
    message: 'no',
  } as const;
  opened.daemon.reloadOutcome = { kind: 'refused', problems: [problem] };
  const answer = await opened.api('/reload', { method: 'POST', ...asAdministrator });
  expect(answer.status).toBe(422);
  expect(await body(answer)).toMatchObject({
    detail: 'Nothing was applied; the running configuration stays.',
    problems: [problem],
  });
  opened.daemon.reloadOutcome = { kind: 'unfinished', reason: 'the line is full' };
  expect((await opened.api('/reload', { method: 'POST', ...asAdministrator })).status).toBe(503);
});

test('only an administrator rolls rules back, and only where others were in force before', async () => {
  opened = await openTestFront();
  const post = () => opened.api('/rules/rollback', { method: 'POST', ...asAdministrator });
  expect((await opened.api('/rules/rollback', { method: 'POST' })).status).toBe(403);
  expect((await post()).status).toBe(409);
  opened.daemon.rollbackOutcome = { kind: 'applied', needsRestart: [], problems: [] };
  expect(await body(await post())).toEqual({ applied: true, needsRestart: [], problems: [] });
  const deed = { by: 'oleg', action: 'rollBackRules', target: 'rules' };
  // The first was not done, and the record says so; whoever may not is not on it.
  const notDone = { notDone: 'Conflict: No other rules were in force before.' };
  expect(opened.daemon.recorded).toEqual([deed, { ...deed, detail: notDone }, deed]);
});

test('a scenario is played on a demo only, and an unknown one is told with those there are', async () => {
  opened = await openTestFront();
  expect((await opened.api('/demo/play', { json: { scenario: 'fibre-cut' } })).status).toBe(404);
  await opened.close();
  opened = await openTestFront({ demo: { holdMs: 1, stableForMs: 1, remindAfterMs: 1 } });
  const unknown = await opened.api('/demo/play', { json: { scenario: 'meteor' } });
  expect(unknown.status).toBe(400);
  expect(await body(unknown)).toMatchObject({ detail: expect.stringContaining('fibre-cut') });
  expect((await opened.api('/demo/play', { json: { scenario: 'fibre-cut' } })).status).toBe(200);
  expect(opened.daemon.played).toEqual(['fibre-cut']);
});
