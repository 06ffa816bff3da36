/**
 * `/s/area/SLUG` and `/s/works`: everybody looks at the same page in a blackout, so it is made once for all of them and
 * kept until the next reading of the news; who has it already gets a 304 (RFC 9110 section 13.1.2).
 */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Instant } from '../../base/instant.ts';
import { areaPage, type Edition, worksListPage } from './area-page.ts';
import type { PublicNews } from './area-port.ts';
import { areaWords } from './area-words.ts';
import type { Language } from './contract.ts';
import type { FrontPorts } from './ports.ts';
import { shortPage } from './public-page.ts';

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
  readonly at: Instant;
  readonly readAtMs: number;
}

/** Pages as they were made from the latest reading. */
export class AreaPages {
  readonly #ports: Pick<FrontPorts, 'areas' | 'world'>;
  readonly #pages = new Map<string, Page>();
  readonly counters = { publicPagesMade: 0, publicPagesServed: 0, publicNewsFailed: 0 };
  #latest: Reading | undefined;
  #triedAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(ports: Pick<FrontPorts, 'areas' | 'world'>) {
    this.#ports = ports;
  }

  /** `slug` undefined: the list of works. Undefined: there is no such area; `unread`: there are no news to make it from. */
  async of(slug: string | undefined, language: Language): Promise<Page | 'unread' | undefined> {
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
    const area = slug === undefined ? undefined : latest.news.areas.get(slug);
    if (slug !== undefined && area === undefined) return undefined;
    this.counters.publicPagesServed++;
    const key = `${language} ${slug ?? ''}`;
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    const edition: Edition = { news: latest.news, at: latest.at, language };
    const page = pageOf(area === undefined ? worksListPage(edition) : areaPage(area, edition));
    this.counters.publicPagesMade++;
    if (this.#pages.size >= mostPages) this.#pages.clear();
    this.#pages.set(key, page);
    return page;
  }

  async #read(): Promise<void> {
    const { areas, world } = this.#ports;
    try {
      const news = await areas.news();
      this.#latest = { news, at: world.now(), readAtMs: world.monotonicMs() };
      this.#pages.clear();
    } catch (cause) {
      this.counters.publicNewsFailed++;
      world.log.warn('the news for everybody could not be read', { cause: String(cause) });
    }
  }
}

function pageOf(html: string): Page {
  const etag = `"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"`;
  return { body: Buffer.from(html), etag };
}

export function addAreaPages(
  server: FastifyInstance,
  ports: FrontPorts,
  languageOf: (request: FastifyRequest) => Language,
): AreaPages['counters'] {
  const pages = new AreaPages(ports);
  const show = async (request: FastifyRequest, reply: FastifyReply, slug?: string): Promise<FastifyReply> => {
    const language = languageOf(request);
    const page = await pages.of(slug, language);
    reply.header('content-type', 'text/html; charset=utf-8');
    const { unknownArea, unknownHint, noNews, worksTitle } = areaWords[language];
    if (page === 'unread')
      return reply
        .header('retry-after', '15')
        .code(503)
        .send(shortPage(language, worksTitle, noNews));
    if (page === undefined) return reply.code(404).send(shortPage(language, unknownArea, unknownHint));
    reply.header('cache-control', `public, max-age=${freshMs / 1_000}`).header('etag', page.etag);
    if (holds(request.headers['if-none-match'], page.etag)) return reply.code(304).send();
    return reply.send(page.body);
  };
  server.get('/s/area/:slug', (request, reply) =>
    show(request, reply, (request.params as { readonly slug: string }).slug),
  );
  server.get('/s/works', (request, reply) => show(request, reply));
  return pages.counters;
}

/** Weak comparison (RFC 9110 section 8.8.3.2): proxies that compress weaken what they hand on. */
function holds(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch
    .slice(0, 1_000)
    .split(',')
    .some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
}
