/** Asks for a page and judges its status and text; redirects are answers, not ways to go. */
import { isIP } from 'node:net';
import type { World } from '../../base/world.ts';
import type { Probe, ProbeOutcome } from '../../model/probe.ts';
import { openHttpClient } from '../net/http-request.ts';

const mostBytes = 262_144;

export async function probeHttp(
  world: World,
  probe: Extract<Probe, { kind: 'http' }>,
): Promise<ProbeOutcome> {
  const url = new URL(probe.url);
  const isAddress = isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0;
  // A client of its own: what is measured includes the connection.
  const client = openHttpClient({
    world,
    allowPrivate: probe.allowPrivate || isAddress,
    timeoutMs: probe.timeoutMs,
    connections: 1,
    answerBytes: mostBytes,
    localAddress: probe.from,
  });
  const beganAt = world.monotonicMs();
  try {
    const headers = { accept: '*/*', 'user-agent': 'allclear-probe', connection: 'close' };
    const outcome = await client.call({ url: probe.url, method: 'GET', headers });
    const latencyMs = world.monotonicMs() - beganAt;
    if (outcome.kind === 'refused') return { fault: 'refused', detail: outcome.reason.slice(0, 256) };
    if (outcome.kind !== 'answer') return { fault: 'noAnswer', detail: outcome.reason.slice(0, 256) };
    const { status, body } = outcome;
    if (!probe.status.includes(status))
      return { fault: 'wrongAnswer', detail: `status ${status}`, latencyMs };
    if (probe.contains !== undefined && !body.includes(probe.contains))
      return { fault: 'wrongAnswer', detail: 'the text is not in it', latencyMs };
    return { latencyMs };
  } finally {
    client.close();
  }
}
