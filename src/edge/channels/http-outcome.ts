/** What an answer over HTTP, or none, says of one try to send. */
import type { SendOutcome } from '../../notify/channel.ts';
import type { HttpOutcome } from '../net/http-request.ts';

type Answer = Extract<HttpOutcome, { kind: 'answer' }>;

/** `read` judges an answer of 2xx. */
export function outcomeOf(
  answer: HttpOutcome,
  now: number,
  read: (answer: Answer) => SendOutcome,
): SendOutcome {
  if (answer.kind === 'refused') return { kind: 'failed', reason: answer.reason };
  if (answer.kind !== 'answer')
    return { kind: 'retry', reason: answer.reason, uncertain: answer.kind === 'lost' };
  const { status } = answer;
  if (status >= 200 && status < 300) return read(answer);
  const afterMs = retryAfterMs(answer.headers['retry-after'], now);
  // 408 and 425 are said of requests that were not acted on (RFC 9110 section 15.5.9, RFC 8470 section 5.2).
  if ([408, 425, 429].includes(status))
    return { kind: 'retry', reason: `HTTP ${status}`, afterMs, uncertain: false };
  if (status >= 500) return { kind: 'retry', reason: `HTTP ${status}`, afterMs, uncertain: true };
  return { kind: 'failed', reason: `HTTP ${status}` };
}

/** RFC 9110 section 10.2.3: seconds or a date; a gateway may not put us off for more than an hour. */
function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const wanted = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isFinite(wanted) ? Math.min(Math.max(0, wanted), 3_600_000) : undefined;
}
