// What conformance kits of the field ask of an answer beyond the definitions: what the profiles call mandatory in answers.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTmForum, type TmForum } from './tmf-fixture.ts';

let tmf: TmForum;
beforeAll(async () => {
  tmf = await openTmForum();
});
afterAll(() => tmf.close());

const reported = {
  ...{ category: 'supplier', priority: 2, description: 'no light', reason: 'unknown' },
  originatorParty: { id: 'SP_1', role: 'supplier', '@referredType': 'Organization' },
};

test('a problem that names neither services nor who answers for it has both in every answer, in version 3 by its words', async () => {
  const path = 'serviceProblemManagement/v3/serviceProblem';
  const made = await tmf.call('POST', path, reported);
  expect(made.status).toBe(201);
  const whole = {
    ...reported,
    ...{ id: expect.any(String), href: expect.any(String), affectedNumberOfServices: 0 },
    ...{ responsibleParty: { id: 'allclear', role: 'responsible', '@referredType': 'Organization' } },
    ...{ status: 'acknowledged', statusChangeDate: expect.any(String) },
    ...{ timeRaised: expect.any(String), timeChanged: expect.any(String) },
  };
  expect(made.body).toMatchObject(whole);
  expect((await tmf.call('GET', `${path}/${made.body.id}`)).body).toEqual(made.body);
  const listed = (await tmf.call('GET', path)).body as { id: string }[];
  expect(listed.find(({ id }) => id === made.body.id)).toEqual(made.body);
});

test('what the sender says of both is kept, and services that are named are counted', async () => {
  const responsibleParty = { id: 'them', role: 'repair', '@referredType': 'Organization' };
  const affectedService = [{ id: 'vpn-1' }, { id: 'vpn-2' }];
  const sent = { ...reported, responsibleParty, affectedService };
  const made = await tmf.call('POST', 'serviceProblemManagement/v4/serviceProblem', sent);
  expect(made.body).toMatchObject({ responsibleParty, affectedNumberOfServices: 2 });
  const counted = { ...reported, affectedNumberOfServices: 7 };
  const other = await tmf.call('POST', 'serviceProblemManagement/v4/serviceProblem', counted);
  expect(other.body).toMatchObject({ affectedNumberOfServices: 7 });
});

test('an address may end in a slash', async () => {
  const body = { description: 'd', severity: 'Major', ticketType: 'device' };
  const made = await tmf.call('POST', 'troubleTicket/v4/troubleTicket/', body);
  expect(made.status).toBe(201);
  expect((await tmf.call('GET', 'troubleTicket/v4/troubleTicket/')).body).toHaveLength(1);
  expect((await tmf.call('POST', 'troubleTicket/v4/troubleTicket/', { description: 'd' })).status).toBe(400);
});
