/** The room of notices with a clock that goes on when it is told to. */
import { instant, minutes } from '../../src/base/instant.ts';
import type { Tell } from '../../src/model/notice.ts';
import { type NoticePlan, Notices } from '../../src/notify/notify.ts';
import { CountingColumns, happens, ids, noon, policy, touches } from './care.ts';

/** A room at noon; `wakeAfter` lets all timers of that span fire. */
export function room(change: Parameters<typeof policy>[0] = {}, count = 100) {
  const notices = new Notices();
  const columns = new CountingColumns(count);
  notices.setPolicy(policy(change));
  notices.setSubscribers(columns, 1);
  const source = ids();
  let at = noon;
  const context = () => ({ at, ids: source });
  const tells: Tell[] = [];
  const take = (plan: NoticePlan): NoticePlan => {
    tells.push(...plan.tells);
    return plan;
  };
  const whole = (plan: NoticePlan): NoticePlan => {
    let step = take(plan);
    while (step.rest !== undefined) step = take(notices.continue(step.rest, context()));
    return plan;
  };
  const pass = (ms: number): void => {
    at = instant(at + ms);
  };
  const wakeAfter = (ms: number): NoticePlan => {
    pass(ms);
    return whole(notices.wake(context()));
  };
  return { notices, columns, context, tells, whole, pass, wakeAfter };
}

/** Of an outage of these, told when the flap guard ended. */
export function told(
  ranges: [number, number][] = [[0, 10]],
  change: Parameters<typeof policy>[0] = {},
  count = 100,
) {
  const made = room(change, count);
  made.whole(made.notices.onIncident([happens('opened')], made.context()));
  made.whole(made.notices.onImpact([touches(ranges)], made.context()));
  made.wakeAfter(minutes(4));
  return made;
}
