/**
 * Mails that come back: each notice leaves with a return path of its own, `local+TAG@domain`, and the mail server brings what
 * comes there into a Maildir folder that is read here. The tag is the notice's key with a proof of ours, so that nobody
 * bounces a notice that he was not sent.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { constants, type Dirent } from 'node:fs';
import { lstat, open, opendir, rename, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Wake, World } from '../../../base/world.ts';
import type { Inbound } from '../../../notify/channel.ts';
import { deliveryStatusIn, tagsIn } from './dsn.ts';

export interface BounceSettings {
  /** The folder that has `new` and `cur` in it. */
  readonly maildir: string;
  /** What comes to it, and to it with `+` and anything before the `@`, lies in that folder. */
  readonly address: string;
}

const everyMs = 2_000;
/** Files looked at in one round; those that are passed over do not count. */
const mostFiles = 500;
/** One that could not be read, moved or kept is tried again after 2 s, 4 s and so on to a minute; so many are remembered. */
const longestStuckMs = 60_000;
const mostStuck = 50_000;
/** What another reader of the folder moved to `cur` is looked at there, now and then, and each mail once. */
const curEveryMs = 20_000;
const mostSeen = 50_000;
/** A mail comes back within a few days (RFC 5321 section 4.5.4.1). */
const youngMs = 7 * 86_400_000;
/** The status stands before the mail that came back. */
const mostBytes = 256 * 1024;
/** Names in a Maildir are given once; who gives one again gets a number behind it. */
const mostSameNames = 100;
const proofLength = 16;
const keyLength = 32;

export class Bounces {
  readonly #settings: BounceSettings;
  readonly #parts: readonly [local: string, domain: string];
  readonly #idOf: (key: string) => string;
  readonly #world: World;
  readonly #counts = { hardBounces: 0, softBounces: 0, forgedBounces: 0, strangeMails: 0, stuckMails: 0 };
  /** Names in `new`, until when and for how long they are passed over. */
  readonly #stuck = new Map<string, { readonly untilMs: number; readonly forMs: number }>();
  /** Names in `cur`, without what stands behind the colon. */
  readonly #seen = new Set<string>();
  #curAtMs = 0;
  #secret: Promise<string> | undefined;
  #wake: Wake | undefined;
  #turn: Promise<void> = Promise.resolve();
  #isClosed = false;
  #lastSaid = '';

  /** `idOf`: what a notice of that key was said to be sent as. */
  constructor(settings: BounceSettings, idOf: (key: string) => string, world: World) {
    this.#settings = settings;
    const at = settings.address.lastIndexOf('@');
    this.#parts = [settings.address.slice(0, at), settings.address.slice(at + 1)];
    this.#idOf = idOf;
    this.#world = world;
  }

  counters(): Readonly<Record<string, number>> {
    return { ...this.#counts };
  }

  listen(inbound: Inbound): void {
    this.#secret = secretOf(inbound, this.#world);
    this.#secret.catch((error: unknown) => this.#warn(error));
    const run = async (): Promise<void> => {
      await this.#readAll(inbound).catch((error: unknown) => this.#warn(error));
      if (this.#isClosed) return;
      this.#wake = this.#world.after(everyMs as Parameters<World['after']>[0], () => {
        this.#turn = run();
      });
    };
    this.#turn = run();
  }

  /** Where mail of that notice comes back to; undefined where nobody reads it. */
  async returnPath(key: string): Promise<string | undefined> {
    const secret = await this.#secret?.catch(() => undefined);
    if (secret === undefined || key.length !== keyLength) return undefined;
    return `${this.#parts[0]}+${key}${proofOf(secret, key)}@${this.#parts[1]}`;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake?.cancel();
    await this.#turn;
  }

  async #readAll(inbound: Inbound): Promise<void> {
    const secret = await this.#secret!;
    const from = { secret, inbound, folder: join(this.#settings.maildir, 'new') };
    await this.#readFolder(
      from,
      (entry) => this.#isStuck(entry.name),
      (entry) => this.#take(entry, from),
    );
    if (this.#world.monotonicMs() < this.#curAtMs) return;
    this.#curAtMs = this.#world.monotonicMs() + curEveryMs;
    const old = { ...from, folder: join(this.#settings.maildir, 'cur') };
    await this.#readFolder(
      old,
      (entry) => !entry.isFile() || this.#seen.has(uniqueOf(entry.name)),
      (entry) => this.#lookAgain(entry, old),
    );
  }

  /** One file that fails must not keep back the others, in this round or in any other. */
  async #readFolder(
    { folder }: From,
    isPassedOver: (entry: Dirent) => boolean,
    take: (entry: Dirent) => Promise<void>,
  ): Promise<void> {
    let left = mostFiles;
    for await (const entry of await opendir(folder)) {
      if (this.#isClosed || left <= 0) return;
      if (isPassedOver(entry)) continue;
      left--;
      await take(entry).catch((error: NodeJS.ErrnoException) => {
        // Another reader was faster, and moved it to where it is looked at as well.
        if (error.code === 'ENOENT') return;
        this.#passOver(entry.name);
        this.#warn(error);
      });
    }
  }

  #isStuck(name: string): boolean {
    const held = this.#stuck.get(name);
    return held !== undefined && this.#world.monotonicMs() < held.untilMs;
  }

  #passOver(name: string): void {
    const held = this.#stuck.get(name);
    if (held === undefined) this.#counts.stuckMails++;
    const forMs = held === undefined ? everyMs : Math.min(longestStuckMs, held.forMs * 2);
    this.#stuck.delete(name);
    this.#stuck.set(name, { untilMs: this.#world.monotonicMs() + forMs, forMs });
    const [oldest] = this.#stuck.keys();
    if (this.#stuck.size > mostStuck) this.#stuck.delete(oldest!);
  }

  /** What is understood goes; all else stays for a person, as mail that was seen. */
  async #take(entry: Dirent, from: From): Promise<void> {
    const path = join(from.folder, entry.name);
    const mail = entry.isFile() ? await beginningOf(path) : '';
    const { isKept, counts } = await this.#read(mail, from);
    await this.#counting(counts, async () => {
      if (isKept) return unlink(path);
      const to = await this.#seenAt(entry.name);
      await rename(path, to);
      this.#noteSeen(basename(to));
    });
    this.#stuck.delete(entry.name);
  }

  /** What is not out of the way comes again, and counts then. */
  async #counting(counts: Read['counts'], clear: () => Promise<void>): Promise<void> {
    if (counts === undefined) return clear();
    this.#counts[counts]++;
    try {
      await clear();
    } catch (error) {
      this.#counts[counts]--;
      throw error;
    }
  }

  /** In `cur` lies all that was ever read: what is none of ours is left as it is, and is no news. */
  async #lookAgain(entry: Dirent, from: From): Promise<void> {
    const path = join(from.folder, entry.name);
    this.#noteSeen(entry.name);
    const { mtimeMs } = await lstat(path);
    if (mtimeMs < this.#world.now() - youngMs) return;
    try {
      const { isKept, counts } = await this.#read(await beginningOf(path), from);
      if (isKept) await this.#counting(counts, () => unlink(path));
    } catch (error) {
      // The book may have been away.
      this.#seen.delete(uniqueOf(entry.name));
      throw error;
    }
  }

  /** When there are very many all are looked at anew: what was said of a notice twice changes nothing. */
  #noteSeen(name: string): void {
    if (this.#seen.size >= mostSeen) this.#seen.clear();
    this.#seen.add(uniqueOf(name));
  }

  /** A name that nothing has: what a person has not read yet is not written over. */
  async #seenAt(name: string): Promise<string> {
    const unique = uniqueOf(name);
    for (let n = 0; n < mostSameNames; n++) {
      const path = join(this.#settings.maildir, 'cur', `${unique}${n === 0 ? '' : `,${n}`}:2,S`);
      const isTaken = await lstat(path).then(
        () => true,
        (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
      );
      if (!isTaken) return path;
    }
    throw new Error(`there are ${mostSameNames} mails named ${unique} in cur`);
  }

  /** Answers when what it says is kept, and what it counts as. */
  async #read(mail: string, { secret, inbound }: From): Promise<Read> {
    const status = deliveryStatusIn(mail);
    const tags = tagsIn(mail, this.#parts);
    if (status === undefined || tags.length === 0) return { isKept: false, counts: 'strangeMails' };
    const key = tags.map((tag) => keyIn(secret, tag)).find((one) => one !== undefined);
    if (key === undefined) return { isKept: false, counts: 'forgedBounces' };
    if (status.action !== 'failed')
      return { isKept: true, counts: status.action === 'delayed' ? 'softBounces' : undefined };
    const isHard = status.status.startsWith('5');
    const reason = `bounced ${status.status}`;
    const isDeadContact = isOfAddress(status.status);
    await inbound.receipt({ externalId: this.#idOf(key), state: 'failed', reason, isDeadContact });
    return { isKept: true, counts: isHard ? 'hardBounces' : 'softBounces' };
  }

  #warn(error: unknown): void {
    const said = String(error);
    if (said === this.#lastSaid) return;
    this.#lastSaid = said;
    this.#world.log.warn('returned mail cannot be read', {
      maildir: this.#settings.maildir,
      error: said,
    });
  }
}

interface Read {
  readonly isKept: boolean;
  readonly counts?: 'hardBounces' | 'softBounces' | 'forgedBounces' | 'strangeMails' | undefined;
}

interface From {
  readonly folder: string;
  readonly secret: string;
  readonly inbound: Inbound;
}

/** What stands behind the colon says who saw it, and changes. */
const uniqueOf = (name: string): string => name.split(':', 1)[0]!;

/**
 * RFC 3463: subject 1 is the address and 2 the mailbox; undefined 0 is said by those who know no better. A mailbox that is full, a
 * mail that is too long, a network or a policy say nothing of the address.
 */
const isOfAddress = (status: string): boolean =>
  /^5\.[012]\./.test(status) && status !== '5.2.2' && status !== '5.2.3';

/** Drawn once and kept with the book: what was sent before a restart is known after it. */
async function secretOf({ memory }: Inbound, world: World): Promise<string> {
  const known = await memory?.load();
  if (known !== undefined && known !== '') return known;
  const drawn = Buffer.from(world.randomBytes(24)).toString('base64url');
  await memory?.keep(drawn);
  return drawn;
}

/** In hex: mail servers may change the case of an address. */
const proofOf = (secret: string, key: string): string =>
  createHmac('sha256', secret).update(`bounce\n${key}`).digest('hex').slice(0, proofLength);

function keyIn(secret: string, tag: string): string | undefined {
  const lower = tag.toLowerCase();
  if (!/^[0-9a-f]{48}$/.test(lower)) return undefined;
  const key = lower.slice(0, keyLength);
  const isOurs = timingSafeEqual(Buffer.from(proofOf(secret, key)), Buffer.from(lower.slice(keyLength)));
  return isOurs ? key : undefined;
}

/** No link is followed: whoever may write there must not have other files read and removed. */
async function beginningOf(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(mostBytes), 0, mostBytes, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}
