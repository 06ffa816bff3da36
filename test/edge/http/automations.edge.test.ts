/** /api/v1 about automations: how they stand, what became of their posts, and drafts that a person sends. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hours, instant } from '../../../src/base/instant.ts';
import type { IncidentId, TaskId } from '../../../src/model/ids.ts';
import type { Task } from '../../../src/model/task.ts';
import { viewerKey } from '../../support/front-ports.ts';
import { type OpenedFront, openTestFront } from '../../support/open-front.ts';

let opened: OpenedFront;
const noon = instant(Date.UTC(2026, 0, 1, 12));

beforeEach(async () => {
  opened = await openTestFront();
});
afterEach(() => opened.close());

const draft: Task = {
  ...{ id: 'l.1.9' as TaskId, kind: 'draft', state: 'accepted', skill: 'lead', why: [] },
  ...{ incident: 'l.1.7' as IncidentId, createdAt: noon, dueAt: noon },
  automation: 'long-outage',
  words: { en: 'We are sorry', ru: 'Приносим извинения' },
};

test('what acts, what is in shadow and what its bound has stopped can be told apart', async () => {
  opened.daemon.automations = [
    {
      ...{
        id: 'nobody-looks',
        on: ['incidentOpened'],
        state: 'stopped',
        limit: { most: 2, perMs: hours(1) },
      },
      ...{ acted: 2, wouldHave: 0, stopped: 5, lastAt: noon, stoppedAt: noon },
    },
    {
      ...{ id: 'quiet', on: ['rated'], state: 'shadow', limit: { most: 20, perMs: hours(1) } },
      ...{ acted: 0, wouldHave: 3, stopped: 0 },
    },
  ];
  opened.daemon.posts = [
    { target: 'pager', state: 'taken', count: 4 },
    { target: 'pager', state: 'queued', count: 1 },
  ];
  const list = await (await opened.api('/automations')).json();
  expect(list).toMatchObject({
    total: 2,
    items: [
      {
        ...{ id: 'nobody-looks', state: 'stopped', acted: 2, stopped: 5 },
        ...{ limit: { most: 2, perSeconds: 3_600 }, stoppedAt: '2026-01-01T12:00:00.000Z' },
      },
      { id: 'quiet', state: 'shadow', wouldHave: 3, lastAt: null, stoppedAt: null },
    ],
  });
  expect(await (await opened.api('/webhooks')).json()).toMatchObject({
    items: [{ target: 'pager', waiting: 1, taken: 4, refused: 0 }],
  });
});

test('a draft shows its words and is sent by a person with leave to act, no other task is', async () => {
  opened.daemon.tasks.set(draft.id, { task: draft });
  opened.daemon.tasks.set('l.1.8', { task: { ...draft, id: 'l.1.8' as TaskId, kind: 'errand' } });
  const { items } = (await (await opened.api('/tasks')).json()) as { items: Record<string, unknown>[] };
  expect(items[0]).toMatchObject({ automation: 'long-outage', words: draft.words });
  const send = (id: string, more: object = {}) => opened.api(`/tasks/${id}/send`, { json: {}, ...more });
  expect((await send('none')).status).toBe(404);
  expect((await send('l.1.8')).status).toBe(409);
  const asViewer = { headers: { authorization: `Bearer ${viewerKey}` } };
  expect((await send(draft.id, asViewer)).status).toBe(403);
  expect(opened.daemon.inputs).toEqual([]);
  // The line did not send it: nobody was told of the incident.
  const refused = await send(draft.id);
  expect(refused.status).toBe(409);
  expect(await refused.text()).toContain('second person');
  expect(opened.daemon.inputs).toMatchObject([
    { kind: 'command', by: 'irina', command: { kind: 'sendDraft', task: draft.id } },
  ]);
});
