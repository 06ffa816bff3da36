/** What bitmaps change in the alarms, and what they count: many observations of one poll taken in as one input (design L2). */
import type { Alarms } from '../alarm/alarm.ts';
import type { Instant } from '../base/instant.ts';
import { type AlarmChange, endsWithProofOfLife } from '../model/alarm.ts';
import { type Bitmap, type FullBitmap, observationsOf } from '../model/bitmap.ts';
import { type ResourceId, resourceId } from '../model/ids.ts';

type Counted = Pick<Bitmap, 'owner' | 'device' | 'counts'>;

/** Counts tell who is alive where the cause is a loss of sight or light; those of other causes tell of something else. */
export const takeBitmap = (alarms: Alarms, bitmap: Bitmap, at: Instant): AlarmChange[] => [
  ...alarms.observeAll(observationsOf(bitmap), at),
  ...(endsWithProofOfLife.has(bitmap.cause) ? counted(bitmap) : []),
];

/** Who is alive ends what was held against it; what is down and was missed is raised, as by a list of conditions (design L11). */
export function takeFullBitmap(alarms: Alarms, bitmap: FullBitmap, at: Instant): AlarmChange[] {
  const { device, down, alive, unknown } = bitmap;
  const resourceOf = (object: string): ResourceId => resourceId(`${device}/${object}`);
  const active = down.flatMap(({ cause, severity, objects }) =>
    objects.map((object) => ({ resource: resourceOf(object), cause, severity })),
  );
  const seen = (event: 'alive' | 'unknown', objects: readonly string[]): AlarmChange[] =>
    alarms.observeAll(
      objects.map((object) => ({ event, resource: resourceOf(object), source: 'poll', device }) as const),
      at,
    );
  return [
    ...alarms.reconcile({ collector: device, watches: [], active }, at),
    ...seen('alive', alive),
    ...seen('unknown', unknown),
    ...counted(bitmap),
  ];
}

/** What hangs on the device itself are its ports; that they work says nothing of the terminals behind them. */
const counted = ({ owner, device, counts }: Counted): AlarmChange[] =>
  owner === device
    ? []
    : [{ kind: 'counted', resource: owner, alive: counts.alive, unknown: counts.unknown }];
