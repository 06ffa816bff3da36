/** TMF653 service test: asks the equipment how a line stands now; what cannot be asked is rejected with the reason. */
import type { LineVerdict } from '../outside-port.ts';
import { iso } from '../views.ts';
import { type Document, documentsIn, textOf } from './document.ts';
import { allVerbs, type Context, type Created, eventsOf, type Kind } from './kind.ts';
import { shape } from './shape.ts';
import { ownerOf } from './trouble-ticket.ts';

/** The one test that the daemon runs. */
const lineState = 'line-state';
/** A verdict comes within a minute, if one comes. */
const longestTestMs = 120_000;

export const testKind: Kind = {
  name: 'serviceTest',
  type: 'ServiceTest',
  verbs: allVerbs,
  shape: shape(
    {
      text: 'description mode name state',
      time: 'endDateTime startDateTime',
      object: 'relatedService testSpecification validFor',
      list: 'characteristic relatedParty testMeasure',
    },
    {
      mandatory: ['name', 'relatedService', 'testSpecification'],
      parts: {
        ...{ relatedService: ['id'], testSpecification: ['id'], relatedParty: ['id'] },
        characteristic: ['name', 'value'],
      },
    },
  ),
  fixed: [],
  state: 'state',
  events: eventsOf('ServiceTest', ['create', 'attribute', 'state', 'delete']),
  create: start,
  // The daemon died while it waited for the answer: nobody waits any more.
  aged(document, { at }) {
    const isLost =
      document['state'] === 'inProgress' &&
      Date.parse(at) - Date.parse(String(document['startDateTime'])) > longestTestMs;
    return isLost ? { ...document, state: 'failed' } : document;
  },
};

async function start(sent: Document, context: Context): Promise<Created> {
  const { ports, at } = context;
  const specification = textOf((sent['testSpecification'] as Document)['id']);
  if (specification !== lineState)
    return rejected(sent, context, `only the test of specification ${lineState} can be run`);
  const resource = await resourceOf(String((sent['relatedService'] as Document)['id']), context);
  if (resource === undefined) return rejected(sent, context, 'the service is not known here');
  const asked = ports.testLine(resource);
  if ('reason' in asked) return rejected(sent, context, asked.reason);
  const kept = { mode: 'ONDEMAND', ...sent, state: 'inProgress', startDateTime: at };
  return {
    kept,
    afterwards: (id) => {
      asked.verdict
        .then((verdict) => finish({ id, verdict }, context))
        .catch((error: unknown) => ports.world.log.error('a line test was lost', { error: String(error) }));
    },
  };
}

/** A service of ours, a subscriber, or the line itself. */
async function resourceOf(id: string, { ports }: Context): Promise<string | undefined> {
  const owner = (await ports.query.subscriber(ownerOf(id))) ?? (await ports.query.subscriber(id));
  return owner?.resource ?? ports.network.resource(id)?.id;
}

function rejected(sent: Document, { at }: Context, reason: string): Created {
  const said = documentsIn(sent['characteristic'] ?? []);
  return {
    kept: {
      ...{ mode: 'ONDEMAND', ...sent, state: 'rejected', startDateTime: at, endDateTime: at },
      characteristic: [...said, { name: 'rejectionReason', value: reason }],
    },
  };
}

/** Whoever deleted it meanwhile is not given it back. */
async function finish(
  { id, verdict }: { readonly id: string; readonly verdict: LineVerdict },
  { ports, user }: Context,
): Promise<void> {
  const [held] = await ports.outside.outside(testKind.name, [id]);
  if (held === undefined) return;
  const now = iso(ports.world.now());
  const measure = {
    ...{
      metricName: 'lineState',
      captureDateTime: now,
      captureMethod: 'poll of the device that sees the line',
    },
    value: {
      name: 'lineState',
      value: verdict.state,
      ...(verdict.cause === undefined ? {} : { cause: verdict.cause }),
    },
  };
  const document = {
    ...(JSON.parse(held.body) as Document),
    // No answer in time is no verdict on the line.
    ...{
      state: verdict.state === 'unknown' ? 'failed' : 'completed',
      endDateTime: now,
      testMeasure: [measure],
    },
  };
  await ports.outside.keepOutside({
    ...{ kind: testKind.name, id, isOwn: false, body: JSON.stringify(document) },
    ...{ at: ports.world.now(), by: user.name, news: 'state' },
  });
}

export const testSpecificationKind: Kind = {
  name: 'serviceTestSpecification',
  type: 'ServiceTestSpecification',
  verbs: allVerbs,
  shape: shape(
    {
      text: 'description lifecycleStatus name version',
      time: 'lastUpdate',
      flag: 'isBundle',
      object: 'targetEntitySchema validFor',
      list: `attachment constraint entitySpecRelationship relatedParty relatedServiceSpecification serviceTestSpecRelationship
        specCharacteristic testMeasureDefinition`,
    },
    {
      mandatory: ['name', 'relatedServiceSpecification'],
      parts: { relatedServiceSpecification: ['id'], relatedParty: ['id'], constraint: ['id'] },
    },
  ),
  fixed: [],
  events: eventsOf('ServiceTestSpecification', ['create', 'attribute', 'delete']),
  filled: (sent, { at }) => ({ ...sent, lastUpdate: at }),
  renewed: (_before, after, { at }) => ({ ...after, lastUpdate: at }),
  own: {
    live: 'all',
    list: async ({ limit, offset }) => ({ items: [lineTest].slice(offset, offset + limit), total: 1 }),
    get: async (id) => (id === lineState ? lineTest : undefined),
  },
};

const lineTest: Document = {
  id: lineState,
  name: 'State of the line now',
  description:
    'Polls the device that sees the line of a subscriber and says whether it is alive, down or not seen.',
  lifecycleStatus: 'active',
  isBundle: false,
  relatedServiceSpecification: [
    { id: 'internet', name: 'internet', '@referredType': 'ServiceSpecification' },
  ],
  testMeasureDefinition: [{ name: 'lineState', metricName: 'lineState' }],
};
