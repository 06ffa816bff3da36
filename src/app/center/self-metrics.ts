/** The daemon's own numbers: the same for `GET /api/v1/status` and `/metrics`. */
import type { World } from '../../base/world.ts';
import type { StatusJson } from '../../edge/http/contract.ts';
import type { AutomationStatus } from '../../model/automation.ts';
import type { LaneStatus } from '../courier/lane.ts';
import { version } from '../version.ts';

export function statusOf(
  counters: Readonly<Record<string, number>>,
  world: World,
  lanes: readonly LaneStatus[],
): StatusJson {
  return {
    version,
    uptimeSeconds: Math.floor(world.monotonicMs() / 1_000),
    roles: ['ingest', 'collector', 'line', 'courier', 'front'],
    counters,
    channels: lanes.map(({ channel: name, waitMs, ...lane }) => ({
      ...{ name, ...lane, retryInSeconds: Math.ceil(waitMs / 1_000) },
    })),
  };
}

/** What each automation did, would have done and was stopped from; its state, too, for an alarm about it. */
export function automationCounters(
  automations: readonly AutomationStatus[],
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    automations.flatMap(({ id, acted, wouldHave, stopped, state }) => [
      [`automation_${id}_acted`, acted],
      [`automation_${id}_would_have`, wouldHave],
      [`automation_${id}_stopped`, stopped],
      [`automation_${id}_is_stopped`, Number(state === 'stopped')],
    ]),
  );
}

/** Prometheus text format 0.0.4: camelCase becomes snake_case behind `allclear_`. */
export function metricsText(counters: Readonly<Record<string, number>>): string {
  const lines = Object.entries(counters).flatMap(([name, value]) => {
    if (!Number.isFinite(value)) return [];
    const metric = `allclear_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/[^a-z0-9_]/g, '_')}`;
    return [`# TYPE ${metric} untyped`, `${metric} ${value}`];
  });
  return `${lines.join('\n')}\n`;
}
