/** What it costs to know whose turn it is: 50,000 devices a minute, in shares of one core. */
import { cpuUsage } from 'node:process';
import { Schedule } from '../src/flow/schedule.ts';
import { reporter } from './support/report.ts';

const DEVICES = 50_000;
const INTERVAL_MS = 60_000;
const MINUTES = 20;

/** Plays minutes of the clock as fast as the machine can; the CPU time is that of as many real minutes. */
export async function run(options: { readonly json: boolean }): Promise<void> {
  const report = reporter('schedule', options.json);
  const schedule = new Schedule(0);
  for (let i = 0; i < DEVICES; i++) schedule.add(`device-${i}`, INTERVAL_MS, 0);
  let now = 0;
  let turns = 0;
  const play = (minutes: number): void => {
    for (const end = now + minutes * 60_000; now < end; now += schedule.tickMs) {
      schedule.run(now, () => turns++);
    }
  };
  play(2);
  turns = 0;
  const before = cpuUsage();
  play(MINUTES);
  const { user, system } = cpuUsage(before);
  const cpuMs = (user + system) / 1_000;
  const perSecond = turns / (MINUTES * 60);
  report({ case: `${DEVICES} devices planned, turns a second`, ours: perSecond, unit: '1/s' });
  report({ case: 'scheduler, share of a core', ours: (100 * cpuMs) / (MINUTES * 60_000), unit: '%' });
  if (cpuMs > 0.02 * MINUTES * 60_000) throw new Error('the scheduler takes more than 2 % of a core');
}
