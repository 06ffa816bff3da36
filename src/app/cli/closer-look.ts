/** Looks closer at a device that gave no answer: what the first try could not tell, a second, smaller question may. */

import type { SessionProblem } from '../../collect/session.ts';
import { type DeviceTarget, openDeviceSession } from '../../edge/snmp/poll.ts';
import type { Transport } from '../../edge/snmp/transport.ts';

/** What every agent has. */
export const sysUpTime = '1.3.6.1.2.1.1.3.0';

/**
 * RFC 3414 clause 3.2: an agent that cannot decrypt drops the message, and with a wrong key most do so without a report.
 * The same user without privacy is authenticated all the same: whoever is answered then, be it with "no access", has
 * the right authentication key.
 */
export async function closerLook(
  problem: SessionProblem,
  { transport, target }: { readonly transport: Transport; readonly target: DeviceTarget },
): Promise<SessionProblem> {
  const { credentials } = target;
  if (problem.kind !== 'timeout' || credentials.version !== 'v3') return problem;
  if (credentials.v3.level !== 'authPriv') return problem;
  const plain = { ...credentials, v3: { ...credentials.v3, level: 'authNoPriv' as const } };
  const session = await openDeviceSession(transport, { ...target, credentials: plain, retries: 0 });
  if ('kind' in session) return problem;
  try {
    const answer = await session.get([sysUpTime]);
    const isRefused = answer.problem?.kind === 'refused' && answer.problem.reason === 'noAccess';
    const isAuthentic = answer.varbinds.length > 0 || isRefused;
    return isAuthentic ? { kind: 'refused', reason: 'authentication', detail: 'privKey' } : problem;
  } finally {
    session.close();
  }
}
