// The TMF621 server judged against is our own; what it answers is checked against the published definitions elsewhere.
import { Secret } from '../../../src/base/secret.ts';
import { openDesk } from '../../../src/edge/desks/index.ts';
import { key as serverKey } from '../../support/front-ports.ts';
import { openTmForum } from '../http/tmf/tmf-fixture.ts';
import { type DeskThere, deskCompliance } from './desk-compliance.ts';

type Document = Readonly<Record<string, unknown>>;

deskCompliance('TMF621', async (): Promise<DeskThere> => {
  const tmf = await openTmForum();
  const base = 'troubleTicket/v4/troubleTicket';
  const patch = (external: string, body: unknown) => tmf.call('PATCH', `${base}/${external}`, body);
  const notesOf = async (external: string): Promise<readonly Document[]> =>
    ((await tmf.call('GET', `${base}/${external}`)).body as Document)['note'] as readonly Document[];
  let spoken = 0;
  const say = async (external: string, author: string, text: string): Promise<void> => {
    const note = { id: `there-${++spoken}`, author, text };
    await patch(external, { note: [...((await notesOf(external)) ?? []), note] });
  };
  return {
    ...{ url: `${tmf.address}/tmf-api/troubleTicket/v4`, words: { open: 'inProgress', done: 'closed' } },
    writes: ['POST', 'PATCH'],
    open: (url, world) =>
      openDesk('desk', { kind: 'tmf621', url, token: new Secret(serverKey), allowPrivate: true }, world),
    async held(key) {
      const { body } = await tmf.call('GET', `${base}?externalId=${encodeURIComponent(key)}`);
      return (body as Document[]).map((document) => ({
        ...{ external: String(document['id']), title: String(document['name']) },
        ...{ status: String(document['status']), description: String(document['description']) },
        due: (document['expectedResolutionDate'] as string | undefined)?.replace('.000Z', 'Z'),
        parent: (document['troubleTicketRelationship'] as Document[] | undefined)?.[0]?.['id'] as
          | string
          | undefined,
      }));
    },
    setStatus: async (external, status) =>
      void (await patch(external, { status: status === 'closed' ? 'resolved' : status })),
    subscriberSays: (external, text) => say(external, 'C-4', text),
    staffSays: (external, text) => say(external, 'Ivanova', text),
    said: async (external) => ((await notesOf(external)) ?? []).map(({ text }) => String(text)),
    remove: async (external) => void (await tmf.call('DELETE', `${base}/${external}`)),
    stop: () => tmf.close(),
  };
});
