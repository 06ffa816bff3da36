/**
 * `POST /deflect` for the telephone system: is whoever calls touched by an outage, what are they told, what may they press.
 * The number is looked up by its keyed hash and goes nowhere else: no log, no journal, no address of a page.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SourceRates } from '../../base/source-rates.ts';
import type { Input, SubscriberSays } from '../../flow/input.ts';
import type { SubscriberKey } from '../../model/ids.ts';
import type { CallerView, OutageView } from './caller-port.ts';
import type { Language } from './contract.ts';
import {
  type DeflectAction,
  deflectActions,
  spokenDone,
  spokenOptions,
  spokenOutage,
  spokenUnaffected,
} from './deflect-words.ts';
import type { FrontPorts } from './ports.ts';
import { refusal } from './route.ts';
import { TokenGate } from './token-gate.ts';
import { iso } from './views.ts';

const maxBodyBytes = 1_024;
const wrongTokens = { burst: 20, perSecond: 1 };
/** One subscriber is one witness: who calls again within ten minutes is answered, and not written down anew. */
const witness = { burst: 1, perSecond: 1 / 600, mostSources: 262_144 };
/** E.164 (ITU-T): at most 15 digits. */
const phoneNumber = /^\+[1-9]\d{4,14}$/;

export interface DeflectCounters {
  calls: number;
  deflected: number;
  /** Evidence that the line had no room for. */
  lost: number;
  wrongTokens: number;
}

export function addDeflection(server: FastifyInstance, ports: FrontPorts): DeflectCounters {
  const counters: DeflectCounters = { calls: 0, deflected: 0, lost: 0, wrongTokens: 0 };
  const gate = new TokenGate(ports.world, wrongTokens);
  const witnesses = new SourceRates(witness);
  void server.register(async (scope) => {
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'string', bodyLimit: maxBodyBytes },
      (_r, body, done) => done(null, fieldsIn(body as string)),
    );
    scope.addHook('onRequest', async (request, reply) => {
      const token = request.headers.authorization?.match(/^Bearer (\S{1,256})$/i)?.[1] ?? '';
      if (ports.callers.isCaller(token, request.ip)) return undefined;
      counters.wrongTokens++;
      const isLimited = gate.countWrong();
      if (isLimited) reply.header('retry-after', '5');
      return isLimited
        ? problem(reply, 429, 'Too many wrong tokens.')
        : problem(reply, 401, 'Send the token of the telephone system.');
    });
    scope.post('/deflect', (request, reply) => deflect({ ports, counters, witnesses }, request, reply));
  });
  return counters;
}

interface Desk {
  readonly ports: FrontPorts;
  readonly counters: DeflectCounters;
  readonly witnesses: SourceRates;
}

function deflect(desk: Desk, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { ports, counters } = desk;
  const given = givenIn(request.body);
  if ('wrong' in given) return problem(reply, 400, given.wrong);
  counters.calls++;
  const people = ports.callers.people(given.number);
  const touched = people
    .map((person) => ({ person, outage: ports.callers.outageOf(person.key) }))
    .find(({ outage }) => outage !== undefined);
  const person = touched?.person ?? people[0];
  const language = person?.language ?? ports.callers.language;
  const outage = touched?.outage;
  // Strangers and those whom nothing touches get the same answer: it tells nobody whose number is known.
  if (person === undefined || outage === undefined) {
    const answer = { affected: false, ...spokenUnaffected(language), language };
    return send(reply, { ...answer, etr: null, ticket: null, options: [] });
  }
  if (given.action !== undefined)
    return press(desk, reply, { action: given.action, person, outage, language });
  counters.deflected++;
  if (desk.witnesses.take(String(person.key), ports.world.monotonicMs()))
    say(desk, person.key, { kind: 'heard', incident: outage.incident });
  const { etr } = outage;
  const now = ports.world.now();
  return send(reply, {
    affected: true,
    ...spokenOutage(outage, { language, zone: person.zone, now }),
    language,
    etr: etr === undefined || etr.to <= now ? null : { from: iso(etr.from), to: iso(etr.to) },
    ticket: outage.ticket ?? null,
    options: spokenOptions(language),
  });
}

interface Pressed {
  readonly action: DeflectAction;
  readonly person: CallerView;
  readonly outage: OutageView;
  readonly language: Language;
}

function press(desk: Desk, reply: FastifyReply, { action, person, outage, language }: Pressed): FastifyReply {
  if (action === 'notify') say(desk, person.key, { kind: 'tellMe' });
  if (action === 'differs') say(desk, person.key, { kind: 'notThis', incident: outage.incident });
  const answer = { affected: true, action, ...spokenDone(language, action), language };
  return send(reply, { ...answer, transfer: action !== 'notify' });
}

/** The caller is on the line: what they hear does not wait for a disk. What finds no room in the line is counted. */
function say({ ports, counters }: Desk, subscriber: SubscriberKey, says: SubscriberSays): void {
  const input: Input = { kind: 'subscriberSays', subscriber, channel: 'ivr', says };
  ports.submit(input).catch((cause: unknown) => {
    counters.lost++;
    if (counters.lost === 1)
      ports.world.log.warn('what callers pressed could not be taken', { cause: String(cause) });
  });
}

type Given =
  | { readonly number: string; readonly action?: DeflectAction | undefined }
  | { readonly wrong: string };

function givenIn(body: unknown): Given {
  const fields = body instanceof URLSearchParams ? body : new URLSearchParams();
  const written = fields.get('number') ?? fields.get('ani') ?? '';
  const number = e164(written);
  if (number === undefined) return { wrong: 'Send `number`, the caller in E.164, e.g. +79005550199.' };
  const pressed = fields.get('option');
  if (pressed === null) return { number };
  const action = deflectActions.find((name, at) => pressed === name || pressed === String(at + 1));
  return action === undefined ? { wrong: '`option` is 1, 2 or 3.' } : { number, action };
}

/** As telephone systems write numbers: with or without +, with spaces and dashes, a Russian one with 8 in front. */
function e164(written: string): string | undefined {
  const bare = written.trim().replace(/[\s()-]/g, '');
  const number = /^8\d{10}$/.test(bare) ? `+7${bare.slice(1)}` : /^[1-9]\d+$/.test(bare) ? `+${bare}` : bare;
  return phoneNumber.test(number) ? number : undefined;
}

/** Plain fields of a JSON object; anything else holds none. */
function fieldsIn(body: string): URLSearchParams {
  const fields = new URLSearchParams();
  try {
    const read: unknown = JSON.parse(body);
    if (typeof read !== 'object' || read === null) return fields;
    for (const [name, value] of Object.entries(read)) {
      if (typeof value === 'string' || typeof value === 'number') fields.append(name, String(value));
    }
  } catch {
    return fields;
  }
  return fields;
}

const send = (reply: FastifyReply, body: object): FastifyReply =>
  reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body));

const problem = (reply: FastifyReply, status: number, detail: string): FastifyReply =>
  reply
    .code(status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(refusal(status, detail).body));
