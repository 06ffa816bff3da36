/** Calls to /api/v1 from the signed-in page, and a hook that keeps what a page shows fresh without flicker. */
import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ListJson, ProblemJson, SessionJson } from '../../src/edge/http/contract.ts';
import { language } from '../words/speak.ts';
import { careVersion } from './live.ts';

/** A question that hangs must not be the last one of its page. */
const longestMs = 30_000;

export const session = signal<SessionJson | undefined>(undefined);
export const isSignedOut = signal(false);

export type Fetched<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly retry: () => void }
  | { readonly kind: 'ready'; readonly value: T };

/** Thrown by `call`; its message is the server's sentence. */
class Refused extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

export type Method = 'POST' | 'PATCH' | 'DELETE';

async function call<T>(path: string, body?: unknown, method: Method = 'POST'): Promise<T> {
  const answer = await fetch(`/api/v1${path}`, {
    method: body === undefined ? 'GET' : method,
    headers: {
      'accept-language': language.value,
      'x-allclear-page': '1',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? { signal: AbortSignal.timeout(longestMs) } : { body: JSON.stringify(body) }),
  });
  if (answer.ok) return (await answer.json()) as T;
  if (answer.status === 401) isSignedOut.value = true;
  const problem = (await answer.json().catch(() => undefined)) as ProblemJson | undefined;
  throw new Refused(answer.status, problem?.detail ?? answer.statusText);
}

export async function loadSession(): Promise<void> {
  try {
    session.value = await call<SessionJson>('/session');
    isSignedOut.value = false;
  } catch {
    // The live state of the top bar says what is wrong; without a session only the demo line is missing.
  }
}

export type Answered<T> = { readonly value: T } | { readonly problem: string };

/** What the server answers to an order, or why it was not done. */
export async function order<T>(path: string, body: unknown = {}, method?: Method): Promise<Answered<T>> {
  const answered = await answerOf<T>(path, body, method);
  if ('value' in answered) careVersion.value++;
  return answered;
}

/** What the server knows now. */
export const ask = <T>(path: string): Promise<Answered<T>> => answerOf<T>(path);

async function answerOf<T>(path: string, body?: unknown, method?: Method): Promise<Answered<T>> {
  try {
    return { value: await call<T>(path, body, method) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Undefined when done, else why not. */
export async function act(path: string, body: unknown = {}, method?: Method): Promise<string | undefined> {
  const answered = await order(path, body, method);
  return 'problem' in answered ? answered.problem : undefined;
}

/** Loads `path`, and again, quietly, when something that pages show has changed, and each `everyMs` where given. */
export function useFetched<T>(path: string, everyMs?: number): Fetched<T> {
  const [state, setState] = useState<{ path: string; fetched: Fetched<T> }>({
    path,
    fetched: { kind: 'loading' },
  });
  const [attempt, setAttempt] = useState(0);
  const freshness = careVersion.value;
  const spoken = language.value;
  const asked = useRef(path);
  asked.current = path;
  useEffect(() => {
    let isUnderWay = false;
    const load = async (): Promise<void> => {
      // Over a slow line an answer may take longer than the time until the next question.
      if (isUnderWay) return;
      isUnderWay = true;
      const fetched = await call<T>(path).then(
        (value): Fetched<T> => ({ kind: 'ready', value }),
        (error: unknown): Fetched<T> =>
          error instanceof Refused && error.status === 404
            ? { kind: 'missing' }
            : { kind: 'failed', retry: () => setAttempt((before) => before + 1) },
      );
      isUnderWay = false;
      if (asked.current === path) setState({ path, fetched });
    };
    void load();
    if (everyMs === undefined) return undefined;
    const timer = setInterval(() => void load(), everyMs);
    return () => clearInterval(timer);
  }, [path, attempt, freshness, spoken, everyMs]);
  return state.path === path ? state.fetched : { kind: 'loading' };
}

/** A list whose further pages are asked for one by one; `limit` grows, so that a refresh keeps what was shown. */
export function useList<T>(
  path: string,
  everyMs?: number,
): {
  readonly fetched: Fetched<ListJson<T>>;
  readonly more: () => void;
} {
  const [limit, setLimit] = useState(100);
  const fetched = useFetched<ListJson<T>>(`${path}${path.includes('?') ? '&' : '?'}limit=${limit}`, everyMs);
  return { fetched, more: () => setLimit((before) => Math.min(1_000, before + 200)) };
}
