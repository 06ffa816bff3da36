// Outcomes of probes as observations: what raises, what clears, and what says nothing.
import { expect, test } from 'vitest';
import { days, type Instant, instant, seconds } from '../../src/base/instant.ts';
import { ProbeDetection } from '../../src/detect/detect.ts';
import { resourceId } from '../../src/model/ids.ts';
import type { Probe, ProbeOutcome } from '../../src/model/probe.ts';

const start = Date.UTC(2026, 0, 1);
const at = (round: number): Instant => instant(start + round * 60_000);

const crm: Probe = {
  id: 'crm-page',
  kind: 'http',
  url: 'https://crm.isp.example/health',
  status: [200],
  resource: resourceId('crm'),
  everyMs: seconds(60),
  timeoutMs: seconds(2),
  allowPrivate: false,
  limits: { latencyMs: 500, loss: 0.2, jitterMs: 30, expiresMs: days(21) },
  raiseAfter: 2,
  clearAfter: 2,
};
const certificate: Probe = { ...crm, kind: 'tls', id: 'crm-tls', host: 'crm.isp.example', port: 443 };
const game: Probe = {
  ...crm,
  kind: 'icmp',
  id: 'game',
  host: 'game.example',
  port: 80,
  count: 5,
  access: 'gpon',
};

/** What each round says, as `raise CAUSE severity` or `clear CAUSE`. */
function rounds(probe: Probe, outcomes: readonly ProbeOutcome[]): string[][] {
  const detection = new ProbeDetection();
  return outcomes.map((outcome, round) =>
    detection
      .take(probe, outcome, at(round))
      .map(({ event, cause, severity }) => [event, cause, severity].filter(Boolean).join(' ')),
  );
}

const good: ProbeOutcome = { latencyMs: 20 };
const silent: ProbeOutcome = { fault: 'noAnswer' };

test('a service that does not answer is down after two rounds, and back after two', () => {
  expect(rounds(crm, [silent, silent, silent, good, silent, good, good])).toEqual([
    [],
    ['raise SERVICE_DOWN major'],
    [],
    [],
    [],
    [],
    ['clear SERVICE_DOWN'],
  ]);
});

test('an answer that is not what was expected is a cause of its own; a slow one too', () => {
  const wrong: ProbeOutcome = { fault: 'wrongAnswer', detail: 'status 500', latencyMs: 20 };
  expect(rounds(crm, [wrong, wrong]).at(-1)).toEqual(['raise SERVICE_WRONG major']);
  expect(rounds(crm, [{ latencyMs: 900 }, { latencyMs: 600 }]).at(-1)).toEqual(['raise HIGH_LATENCY minor']);
});

test('silence says nothing of speed: what was slow stays slow until an answer says otherwise', () => {
  const slow: ProbeOutcome = { latencyMs: 900 };
  const said = rounds(crm, [slow, slow, silent, silent, good, good]);
  expect(said.flat()).toEqual([
    'raise HIGH_LATENCY minor',
    'raise SERVICE_DOWN major',
    'clear SERVICE_DOWN',
    'clear HIGH_LATENCY',
  ]);
});

test('loss and jitter to a game server are told apart from its being away', () => {
  const lossy: ProbeOutcome = { latencyMs: 20, loss: 0.4, jitterMs: 45 };
  expect(rounds(game, [lossy, lossy]).at(-1)).toEqual(['raise PACKET_LOSS minor', 'raise HIGH_JITTER minor']);
  expect(
    rounds(game, [
      { fault: 'noAnswer', loss: 1 },
      { fault: 'noAnswer', loss: 1 },
    ]).at(-1),
  ).toEqual(['raise SERVICE_DOWN major']);
});

test('a certificate grows worse as its end comes nearer, and is good when it was renewed', () => {
  const ending = (inDays: number): ProbeOutcome => ({
    latencyMs: 20,
    certificateUntil: instant(start + days(inDays)),
  });
  const lasts = [30, 20, 20, 6, 6, -1, -1, 90, 90].map(ending);
  expect(rounds(certificate, lasts).flat()).toEqual([
    'raise CERTIFICATE_EXPIRING minor',
    'raise CERTIFICATE_EXPIRING major',
    'raise CERTIFICATE_EXPIRING critical',
    'clear CERTIFICATE_EXPIRING',
  ]);
  const untrusted: ProbeOutcome = { fault: 'badCertificate', detail: 'CERT_HAS_EXPIRED', latencyMs: 1 };
  expect(rounds(certificate, [untrusted, untrusted]).at(-1)).toEqual(['raise CERTIFICATE_INVALID major']);
});

test('two probes of one service raise alarms of their own, and all that holds is listed for reconciling', () => {
  const detection = new ProbeDetection();
  for (const round of [0, 1]) {
    detection.take(crm, silent, at(round));
    detection.take(certificate, silent, at(round));
  }
  const { watches, active } = detection.active();
  expect(watches).toEqual(['crm']);
  expect(active.map(({ cause, by }) => `${cause} ${by}`)).toEqual([
    'SERVICE_DOWN crm/probe/crm-page',
    'SERVICE_DOWN crm/probe/crm-tls',
  ]);
  expect(detection.counts).toEqual({ probes: 2, probesFailing: 2 });
  expect(detection.forget('crm-page')).toBe('crm');
  expect(detection.active().active).toHaveLength(1);
});

test('an alarm tells which probe saw what', () => {
  const detection = new ProbeDetection();
  detection.take(crm, silent, at(0));
  const wrong: ProbeOutcome = { fault: 'wrongAnswer', detail: 'status 502', latencyMs: 3 };
  detection.take(crm, wrong, at(1));
  expect(detection.take(crm, wrong, at(2))).toMatchObject([
    { attributes: { probe: 'crm-page', target: 'https://crm.isp.example/health', seen: 'status 502' } },
  ]);
});
