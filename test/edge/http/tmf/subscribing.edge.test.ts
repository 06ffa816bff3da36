/** What other systems say of services and parties reaches those whom an outage touches. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTmForum, type TmForum } from './tmf-fixture.ts';

let tmf: TmForum;
beforeEach(async () => {
  tmf = await openTmForum();
});
afterEach(() => tmf.close());

const services = 'serviceInventory/v4/service';
const service = (party: string, resource: string, change: object = {}) => ({
  state: 'active',
  category: 'iptv',
  serviceSpecification: { id: 'spec-1' },
  supportingResource: [{ id: resource }],
  relatedParty: [{ id: party, role: 'customer' }],
  ...change,
});
const party = (change: object = {}) => ({
  givenName: 'Anna',
  familyName: 'Orlova',
  contactMedium: [
    { mediumType: 'phone', characteristic: { phoneNumber: '+79995550111' } },
    { mediumType: 'email', preferred: true, characteristic: { emailAddress: 'anna@example.org' } },
  ],
  ...change,
});

/** Ids of those whom a failure of this resource touches, as the line knows them. */
async function touchedBy(resource: string): Promise<string[]> {
  await tmf.feed();
  const { subscribers } = tmf.line.line;
  const minute = Math.floor(Date.now() / 60_000);
  const own = subscribers!
    .rangesUnderId(resource)
    .flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i))
    .filter((number) => !subscribers!.bindings.unbound.some(({ from, to }) => from <= number && number < to));
  const bound = subscribers!.bindings.under(resource, minute).map(({ number }) => number);
  const keys = [...new Set([...own, ...bound])].map((number) => subscribers!.keyOf(number));
  const views = await Promise.all(keys.map((key) => tmf.book.subscriber(key)));
  return views.flatMap((view) => view?.id ?? []).sort();
}

test('a service of one of ours at another resource is touched by what fails there, until it ends', async () => {
  expect(await touchedBy('olt-1/ont/2')).toEqual(['s2']);
  const made = await tmf.call('POST', services, service('s1', 'olt-1/ont/2'));
  expect(made.status).toBe(201);
  expect(await touchedBy('olt-1/ont/2')).toEqual(['s1', 's2']);
  const address = `${services}/${made.body.id}`;
  const moved = { supportingResource: [{ id: 'olt-1/ont/3' }] };
  expect((await tmf.call('PATCH', address, moved)).status).toBe(200);
  expect(await touchedBy('olt-1/ont/2')).toEqual(['s2']);
  expect(await touchedBy('olt-1/ont/3')).toEqual(['s1', 's3']);
  expect((await tmf.call('PATCH', address, { state: 'inactive' })).status).toBe(200);
  expect(await touchedBy('olt-1/ont/3')).toEqual(['s3']);
  await tmf.call('PATCH', address, { state: 'active' });
  expect(await touchedBy('olt-1/ont/3')).toEqual(['s1', 's3']);
  const other = { relatedParty: [{ id: 's2', role: 'customer' }] };
  expect((await tmf.call('PATCH', address, other)).status).toBe(200);
  expect(await touchedBy('olt-1/ont/3')).toEqual(['s2', 's3']);
  expect((await tmf.call('DELETE', address)).status).toBe(204);
  expect(await touchedBy('olt-1/ont/3')).toEqual(['s3']);
});

test('a party with a number is a subscriber by its first service, and a new number counts', async () => {
  const anna = (await tmf.call('POST', 'party/v4/individual', party())).body.id as string;
  expect(await tmf.book.subscribers({ id: anna })).toMatchObject({ total: 0 });
  const made = await tmf.call('POST', services, service(anna, 'olt-1/ont/1'));
  expect(made.status).toBe(201);
  expect(await touchedBy('olt-1/ont/1')).toEqual([anna, 's1'].sort());
  const known = async () => (await tmf.book.subscribers({ id: anna })).items[0]!;
  expect(await known()).toMatchObject({ resource: 'olt-1/ont/1', class: 'residential' });
  expect((await known()).points.map(({ kind }) => kind)).toEqual(['phone', 'email']);
  const contactMedium = [{ mediumType: 'phone', characteristic: { phoneNumber: '+79995550222' } }];
  expect((await tmf.call('PATCH', `party/v4/individual/${anna}`, { contactMedium })).status).toBe(200);
  expect((await tmf.book.subscribers({ phone: '+79995550222' })).items.map(({ id }) => id)).toEqual([anna]);
  await tmf.call('DELETE', `${services}/${made.body.id}`);
  expect(await touchedBy('olt-1/ont/1')).toEqual(['s1']);
});

test('what would touch nobody rightly is refused with its place, and nothing of it is kept', async () => {
  const before = (await tmf.call('GET', services)).body.length;
  const wrong = async (body: object) => {
    const { status, body: said } = await tmf.call('POST', services, body);
    return [status, said.message];
  };
  expect(await wrong(service('s1', 'olt-9/ont/9'))).toEqual([
    400,
    'supportingResource.id "olt-9/ont/9" is no resource of the network; TMF639 lists what there is.',
  ]);
  const times = { startDate: '2026-02-01T00:00:00Z', endDate: '2026-01-01T00:00:00Z' };
  expect(await wrong(service('s1', 'olt-1/ont/2', times))).toEqual([
    400,
    'endDate must be later than startDate.',
  ]);
  const contactMedium = [{ mediumType: 'phone', characteristic: { phoneNumber: '12' } }];
  const bad = (await tmf.call('POST', 'party/v4/individual', party({ contactMedium }))).body.id as string;
  const [status, message] = await wrong(service(bad, 'olt-1/ont/2'));
  expect([status, message]).toEqual([
    400,
    expect.stringMatching(/^relatedParty names .* cannot be a subscriber: .*phone/),
  ]);
  expect((await tmf.call('GET', services)).body.length).toBe(before);
  expect(await touchedBy('olt-1/ont/2')).toEqual(['s2']);
});

test('services of parties and places that are not ours are kept, and concern nobody', async () => {
  const strange = await tmf.call('POST', services, service('crm-77', 'rack-1'));
  expect(strange.status).toBe(201);
  const silent = (await tmf.call('POST', 'party/v4/individual', party({ contactMedium: [] }))).body
    .id as string;
  expect((await tmf.call('POST', services, service(silent, 'olt-1/ont/2'))).status).toBe(201);
  const designed = service('s1', 'olt-1/ont/2', { state: 'designed' });
  expect((await tmf.call('POST', services, designed)).status).toBe(201);
  expect(await touchedBy('olt-1/ont/2')).toEqual(['s2']);
});

test('while a list is being imported a new subscriber is refused for the moment', async () => {
  const anna = (await tmf.call('POST', 'party/v4/individual', party())).body.id as string;
  const lists = Array.from({ length: 6 }, () => tmf.call('POST', services, service(anna, 'olt-1/ont/1')));
  const statuses = (await Promise.all(lists)).map(({ status }) => status);
  expect(new Set(statuses).has(201)).toBe(true);
  expect(statuses.every((status) => status === 201 || status === 409)).toBe(true);
});
