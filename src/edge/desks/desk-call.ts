/** Calls to a ticket system: JSON both ways, and what an answer means for the ticket that waits. */
import { type DurationMs, milliseconds } from '../../base/instant.ts';
import type { World } from '../../base/world.ts';
import type { DeskFailure, DeskOutcome } from '../../ticket/desk.ts';
import { openHttpClient } from '../net/http-request.ts';

/** `body` is undefined for a GET of what is not there, and where the answer has none. */
type DeskAnswer = { readonly kind: 'answer'; readonly status: number; readonly body: unknown } | DeskFailure;

export interface DeskCaller {
  call(method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, body?: unknown): Promise<DeskAnswer>;
  close(): void;
}

/** A ticket system that creates twenty tickets in one call takes its time. */
const answerWithin: DurationMs = milliseconds(60_000);
const answerBytes = 4 * 1024 * 1024;
const longestWaitMs = 3_600_000;
const longestReason = 200;

export function openDeskCaller(to: {
  readonly world: World;
  readonly url: string;
  readonly headers: () => Readonly<Record<string, string>>;
  readonly allowPrivate: boolean;
  readonly timeoutMs?: DurationMs | undefined;
}): DeskCaller {
  const client = openHttpClient({
    ...{ world: to.world, allowPrivate: to.allowPrivate, connections: 2, answerBytes },
    timeoutMs: to.timeoutMs ?? answerWithin,
  });
  const base = to.url.replace(/\/+$/, '');
  return {
    async call(method, path, body) {
      const written = body === undefined ? undefined : JSON.stringify(body);
      const type = written === undefined ? {} : { 'content-type': 'application/json' };
      const answer = await client.call({
        ...{ url: `${base}${path}`, method, body: written },
        headers: { accept: 'application/json', ...type, ...to.headers() },
      });
      if (answer.kind === 'refused') return { kind: 'refused', reason: answer.reason };
      // It would be as large the next time.
      if (answer.kind === 'lost' && answer.isTooLarge === true && method === 'GET')
        return { kind: 'refused', reason: answer.reason };
      if (answer.kind !== 'answer') return { kind: 'retry', reason: answer.reason };
      const { status, headers: said, body: text } = answer;
      if (status === 404 && method === 'GET') return { kind: 'answer', status, body: undefined };
      // What it went to is gone or not there yet: nothing was stored, and the caller looks anew.
      if (status === 404) return { kind: 'retry', reason: 'HTTP 404' };
      return judged(status, said['retry-after'], text);
    },
    close: () => client.close(),
  };
}

function judged(status: number, retryAfter: string | undefined, body: string): DeskAnswer {
  if (status >= 200 && status < 300) {
    if (body.trim() === '') return { kind: 'answer', status, body: undefined };
    const read = jsonIn(body);
    if (read === undefined) return { kind: 'retry', reason: `HTTP ${status} with what is no JSON` };
    return { kind: 'answer', status, body: read.value };
  }
  return failureOf(status, retryAfter, body);
}

/** Of an answer that is neither 2xx nor one the caller knows. 401 is tried again, for a key can be put right. */
export function failureOf(status: number, retryAfter: string | undefined, body: string): DeskFailure {
  const reason = `HTTP ${status}${reasonIn(body)}`;
  const isForLater = [401, 408, 425, 429].includes(status) || status >= 500;
  return isForLater ? { kind: 'retry', reason, afterMs: waitIn(retryAfter) } : { kind: 'refused', reason };
}

export function jsonIn(body: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(body) as unknown };
  } catch {
    return undefined;
  }
}

/** What the system says of itself, in one line. */
function reasonIn(body: string): string {
  const read = jsonIn(body)?.value;
  if (!isRecord(read)) return '';
  const said = [read['message'], read['error'], read['reason']].find((one) => typeof one === 'string');
  return said === undefined ? '' : `: ${oneLine(said as string, longestReason)}`;
}

/** Seconds of `Retry-After` (RFC 9110 section 10.2.3), at most an hour; a date is left to our own pauses. */
function waitIn(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined || !/^\d{1,9}$/.test(retryAfter)) return undefined;
  return Math.min(longestWaitMs, Number(retryAfter) * 1_000);
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const recordsIn = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];

/** A short text or a whole number of an answer, as text; undefined for all else. */
export function nameIn(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && value !== '' && value.length <= 200 ? value : undefined;
}

export const garbage = (what: string): DeskFailure => ({
  kind: 'retry',
  reason: `the answer has no ${what}`,
});

/** For a header or a title: what breaks lines or is no character becomes a space. */
export const oneLine = (text: string, longest: number): string =>
  text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, longest)
    .replace(/\p{Surrogate}/gu, '\uFFFD');

const longestText = 10_000;

/** What a system takes as plain text: no control characters but the ends of lines. */
export const plainText = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]+/gu, ' ')
    .slice(0, longestText)
    .replace(/\p{Surrogate}/gu, '\uFFFD');

/** The new ticket's id out of the answer that made it. */
export function madeBy(answer: DeskAnswer): DeskOutcome {
  if (answer.kind !== 'answer') return answer;
  const external = isRecord(answer.body) ? nameIn(answer.body['id']) : undefined;
  return external === undefined ? garbage('id') : { kind: 'stored', external };
}

export const storedBy = (answer: DeskAnswer, external: string): DeskOutcome =>
  answer.kind === 'answer' ? { kind: 'stored', external } : answer;
