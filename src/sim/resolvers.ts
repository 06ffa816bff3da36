/** The demo's name servers on UDP: they answer the city's names, one of them wrongly or slowly while a scenario says so. */
import { createSocket } from 'node:dgram';
import { milliseconds } from '../base/instant.ts';
import type { World } from '../base/world.ts';
import { type DnsMessage, decodeDns, encodeDns, noFlags, rcodes } from '../edge/probe/dns-message.ts';
import { dnsTypes } from '../edge/probe/dns-records.ts';
import type { DeviceAddress } from './city-files.ts';
import {
  brokenName,
  cityNameServers,
  cityNames,
  cityResolvers,
  cityZone,
  dnsAddressKey,
  poison,
  signedName,
  strangerAddress,
  wildcard,
} from './dns-plan.ts';

/** What is wrong with the resolvers now, by id. */
export interface ResolverFaults {
  readonly poisoned: ReadonlySet<string>;
  readonly slow: ReadonlySet<string>;
}

export interface NameServer {
  close(): Promise<void>;
}

/** A name that is not in the cache is looked for elsewhere first. */
const lookupMs = 12;
const slowMs = 400;
const serial = 2_026_010_101;

export async function openNameServers(options: {
  readonly addresses: ReadonlyMap<string, DeviceAddress>;
  readonly faults: ResolverFaults;
  readonly world: World;
}): Promise<readonly NameServer[]> {
  const ids = [...cityResolvers.map(({ id }) => id), ...cityNameServers];
  const opened = ids.flatMap((id) => {
    const address = options.addresses.get(dnsAddressKey(id));
    return address === undefined ? [] : [openNameServer(id, { ...options, address })];
  });
  return Promise.all(opened);
}

function openNameServer(
  id: string,
  given: { readonly address: DeviceAddress; readonly faults: ResolverFaults; readonly world: World },
): Promise<NameServer> {
  const { address, faults, world } = given;
  const isResolver = cityResolvers.some((resolver) => resolver.id === id);
  const socket = createSocket('udp4');
  let isOpen = true;
  socket.on('message', (bytes, from) => {
    const question = decodeDns(bytes);
    if ('bad' in question || question.isResponse || question.questions.length !== 1) return;
    const isStranger = isResolver && from.address === strangerAddress;
    const answer = isStranger
      ? reply(question, { rcode: rcodes.refused })
      : answerTo(question, { isResolver, isPoisoned: faults.poisoned.has(id) });
    const isMiss = isResolver && question.questions[0]!.name.endsWith(`.${wildcard.below}`);
    const delayMs = (isMiss ? lookupMs : 0) + (faults.slow.has(id) ? slowMs : 0);
    const send = (): void => {
      if (isOpen) socket.send(encodeDns(answer), from.port, from.address);
    };
    if (delayMs === 0) send();
    else world.after(milliseconds(delayMs), send);
  });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ address: address.host, port: address.port }, () => {
      socket.removeListener('error', reject);
      // A peer that went away before its answer came is no fault of the server.
      socket.on('error', () => undefined);
      resolve({
        close: () =>
          new Promise((closed) => {
            isOpen = false;
            socket.close(() => closed());
          }),
      });
    });
  });
}

interface Role {
  readonly isResolver: boolean;
  readonly isPoisoned: boolean;
}

function answerTo(question: DnsMessage, { isResolver, isPoisoned }: Role): DnsMessage {
  const { name, type } = question.questions[0]!;
  const record = (data: string, as: number) => [{ name, type: as, ttl: 300, data }];
  if (name === brokenName) return reply(question, { rcode: rcodes.servFail });
  if (name === cityZone) {
    if (type === dnsTypes.SOA) {
      const data = `ns-1.${cityZone} hostmaster.${cityZone} ${serial} 3600 600 86400 300`;
      return reply(question, { answers: record(data, dnsTypes.SOA), isAuthoritative: !isResolver });
    }
    // As little as may be for ANY (RFC 8482).
    if (type === dnsTypes.ANY)
      return reply(question, { answers: record('v=spf1 -all', dnsTypes.TXT), isAuthoritative: !isResolver });
  }
  const known = name.endsWith(`.${wildcard.below}`) ? wildcard.address : cityNames[name];
  const address = isPoisoned && name === poison.name ? poison.address : known;
  if (address === undefined) return reply(question, { rcode: rcodes.nxDomain });
  const answers = type === dnsTypes.A ? record(address, dnsTypes.A) : [];
  return reply(question, { answers, isAuthentic: isResolver && name === signedName });
}

function reply(
  question: DnsMessage,
  given: {
    readonly rcode?: number;
    readonly answers?: DnsMessage['answers'];
    readonly isAuthoritative?: boolean;
    readonly isAuthentic?: boolean;
  },
): DnsMessage {
  return {
    ...question,
    isResponse: true,
    flags: {
      ...noFlags,
      authoritative: given.isAuthoritative ?? false,
      recursionDesired: question.flags.recursionDesired,
      recursionAvailable: given.isAuthoritative !== true && given.rcode !== rcodes.refused,
      authentic: given.isAuthentic ?? false,
    },
    rcode: given.rcode ?? rcodes.noError,
    answers: given.answers ?? [],
    authorities: [],
    additionals: [],
    edns: question.edns && { ...question.edns, udpSize: 1_232 },
  };
}
