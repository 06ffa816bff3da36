/**
 * `/s/areas`, `/s/area/SLUG` and `/s/works`, and the same as feeds, alerts and calendars: everybody looks at the same page in a blackout, so it is made once for all of them and
 * kept until the next reading of the news; who has it already gets a 304 (RFC 9110 section 13.1.2).
 */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Instant } from '../../base/instant.ts';
import type { PublicAlert } from '../../model/public-alert.ts';
import { AlertLog } from './alert-log.ts';
import { areaPage, areasPage, type Edition, worksListPage } from './area-page.ts';
import type { PublicNews } from './area-port.ts';
import { areaWords } from './area-words.ts';
import type { Language } from './contract.ts';
import { outageFeed, type Publisher } from './outage-alert.ts';
import type { FrontPorts } from './ports.ts';
import { shortPage } from './public-page.ts';
import { worksCalendar } from './works-calendar.ts';

/** News are read so often at most, however many ask. */
const freshMs = 15_000;
/** Old news beat none, and the page says of when they are; older ones than this mislead. */
const staleMs = 300_000;
const mostPages = 1_024;

interface Page {
  readonly body: Buffer;
  readonly etag: string;
}

interface Reading {
  readonly news: PublicNews;
  readonly alerts: readonly PublicAlert[];
  readonly at: Instant;
  readonly readAtMs: number;
}

/** What is made of the news; `of`: the slug of an area or the address of a message. */
type View = (
  edition: Edition,
  of: string,
  from: { readonly publisher: Publisher; readonly alerts: readonly PublicAlert[] },
) => string | undefined;

const html = 'text/html; charset=utf-8';
const cap = 'application/cap+xml; charset=utf-8';
/** By address, with their media types. */
const views: Readonly<Record<string, { readonly type: string; readonly make: View }>> = {
  '/s/areas': { type: html, make: (edition) => areasPage(edition) },
  '/s/works': { type: html, make: (edition) => worksListPage(edition) },
  '/s/area/:of': {
    type: html,
    make(edition, slug) {
      const area = edition.news.areas.get(slug);
      return area === undefined ? undefined : areaPage(area, edition);
    },
  },
  '/s/outages.atom': {
    type: 'application/atom+xml; charset=utf-8',
    make: (edition, _of, from) => outageFeed(edition, from),
  },
  '/s/area/:of/outages.atom': {
    type: 'application/atom+xml; charset=utf-8',
    make: (edition, slug, from) =>
      edition.news.areas.has(slug) ? outageFeed(edition, { ...from, slug }) : undefined,
  },
  // The newest of an outage, and each as it was.
  '/s/alert/:of': {
    type: cap,
    make: (_edition, id, { alerts }) => alerts.find(({ outage }) => outage === id)?.xml,
  },
  '/s/alert/:of/:revision': {
    type: cap,
    make: (_edition, address, { alerts }) =>
      alerts.find(({ outage, revision }) => `${outage}/${revision}` === address)?.xml,
  },
  '/s/works.ics': {
    type: 'text/calendar; charset=utf-8',
    make: (edition, _of, { publisher }) => worksCalendar(edition, publisher),
  },
  '/s/area/:of/works.ics': {
    type: 'text/calendar; charset=utf-8',
    make: (edition, slug, { publisher }) =>
      edition.news.areas.has(slug) ? worksCalendar(edition, publisher, slug) : undefined,
  },
};

type Needed = Pick<FrontPorts, 'areas' | 'world' | 'publicUrl' | 'demo'>;

/** Pages as they were made from the latest reading. */
class AreaPages {
  readonly #ports: Needed;
  readonly #pages = new Map<string, Page>();
  readonly counters = { publicPagesMade: 0, publicPagesServed: 0, publicNewsFailed: 0 };
  #latest: Reading | undefined;
  #triedAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(ports: Needed) {
    this.#ports = ports;
  }

  /** Undefined: there is no such area or message; `unread`: there are no news to make it from. */
  async of(address: string, of: string, language: Language): Promise<Page | 'unread' | undefined> {
    const now = this.#ports.world.monotonicMs();
    if (this.#reading === undefined && now - this.#triedAtMs >= freshMs) {
      this.#triedAtMs = now;
      this.#reading = this.#read().finally(() => {
        this.#reading = undefined;
      });
    }
    // Whoever comes while the next reading is under way gets the pages of the last.
    if (this.#latest === undefined || now - this.#latest.readAtMs >= 2 * freshMs) await this.#reading;
    const latest = this.#latest;
    if (latest === undefined || this.#ports.world.monotonicMs() - latest.readAtMs > staleMs) return 'unread';
    const key = JSON.stringify([language, address, of]);
    const known = this.#pages.get(key);
    if (known !== undefined) {
      this.counters.publicPagesServed++;
      return known;
    }
    const edition: Edition = { news: latest.news, at: latest.at, language };
    const publisher = { url: this.#ports.publicUrl, isExercise: this.#ports.demo !== undefined };
    const made = views[address]!.make(edition, of, { publisher, alerts: latest.alerts });
    if (made === undefined) return undefined;
    const page = pageOf(made);
    this.counters.publicPagesServed++;
    this.counters.publicPagesMade++;
    if (this.#pages.size >= mostPages) this.#pages.clear();
    this.#pages.set(key, page);
    return page;
  }

  async #read(): Promise<void> {
    const { areas, world } = this.#ports;
    try {
      const [news, alerts] = await Promise.all([areas.news(), areas.alerts()]);
      this.#latest = { news, alerts, at: world.now(), readAtMs: world.monotonicMs() };
      this.#pages.clear();
    } catch (cause) {
      this.counters.publicNewsFailed++;
      world.log.warn('the news for everybody could not be read', { cause: String(cause) });
    }
  }
}

function pageOf(made: string): Page {
  const etag = `"${createHash('sha256').update(made).digest('base64url').slice(0, 22)}"`;
  return { body: Buffer.from(made), etag };
}

export function addAreaPages(
  server: FastifyInstance,
  ports: FrontPorts,
  languageOf: (request: FastifyRequest) => Language,
): () => Readonly<Record<string, number>> {
  const pages = new AreaPages(ports);
  const log = new AlertLog(ports);
  server.addHook('onClose', () => log.close());
  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    address: string,
  ): Promise<FastifyReply> => {
    const language = languageOf(request);
    const { of = '', revision } = request.params as { readonly of?: string; readonly revision?: string };
    const page = await pages.of(address, revision === undefined ? of : `${of}/${revision}`, language);
    reply.header('content-type', html);
    const { unknownArea, unknownHint, noNews, worksTitle } = areaWords[language];
    if (page === 'unread')
      return reply
        .header('retry-after', '15')
        .code(503)
        .send(shortPage(language, worksTitle, noNews));
    if (page === undefined) return reply.code(404).send(shortPage(language, unknownArea, unknownHint));
    reply.header('content-type', views[address]!.type);
    reply.header('cache-control', `public, max-age=${freshMs / 1_000}`).header('etag', page.etag);
    if (holds(request.headers['if-none-match'], page.etag)) return reply.code(304).send();
    return reply.send(page.body);
  };
  for (const address of Object.keys(views))
    server.get(address, (request, reply) => show(request, reply, address));
  return () => ({ ...pages.counters, ...log.counters });
}

/** Weak comparison (RFC 9110 section 8.8.3.2): proxies that compress weaken what they hand on. */
function holds(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch
    .slice(0, 1_000)
    .split(',')
    .some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
}
