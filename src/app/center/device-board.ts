/** What is known of each device now: whether it answers, what it last said, how polling it goes. One entry a device. */
import { type Instant, instant } from '../../base/instant.ts';
import type { DeviceView } from '../../edge/http/ports.ts';
import type { PollingOfDevice } from '../../flow/measuring.ts';
import type { DeviceReading } from '../../model/reading.ts';
import type { DeviceConfig } from '../config/config.ts';
import { formatHostPort } from '../config/values.ts';

/** Who polls: asked when somebody looks. */
export interface BoardSource {
  readingOf(id: string): Promise<DeviceReading | undefined>;
  pollingOf(id: string): PollingOfDevice | undefined;
  now(): Instant;
}

/** Of a device, over a restart. */
type Kept = readonly [
  id: string,
  address: string,
  state: string,
  lastAnswerAt: number | null,
  profile: string | null,
];

const nobody: BoardSource = {
  readingOf: async () => undefined,
  pollingOf: () => undefined,
  now: () => instant(0),
};

function problemWord(problem: PollingOfDevice['incomplete'][number]['problem']): string {
  if (problem.kind === 'timeout') return problem.kind;
  return problem.kind === 'overBudget' ? problem.budget : problem.reason;
}

export class DeviceBoard {
  #devices = new Map<string, DeviceView>();
  #source = nobody;

  constructor(devices: readonly DeviceConfig[]) {
    this.use(devices);
  }

  /** From now on these; what is known of one that is asked as before stays. */
  use(devices: readonly DeviceConfig[]): void {
    const before = this.#devices;
    this.#devices = new Map(
      devices.map(({ id, address, port, poll }) => {
        const at = formatHostPort({ host: address, port });
        const known = before.get(id);
        if (poll && known?.address === at && known.state !== 'notPolled') return [id, known];
        return [id, { id, address: at, state: poll ? 'unknown' : 'notPolled' }];
      }),
    );
  }

  readFrom(source: BoardSource): void {
    this.#source = source;
  }

  answered(id: string, profile: string | undefined, at: Instant): void {
    this.#change(id, { state: 'answers', profile, lastAnswerAt: at });
  }

  silent(id: string): void {
    this.#change(id, { state: 'silent' });
  }

  get(id: string): DeviceView | undefined {
    const view = this.#devices.get(id);
    return view === undefined ? undefined : this.polled(view);
  }

  /** Everything known of it now; of one that is not there, or was not read yet, undefined. */
  async reading(id: string): Promise<DeviceReading | undefined> {
    return this.#devices.has(id) ? await this.#source.readingOf(id) : undefined;
  }

  list(): readonly DeviceView[] {
    return [...this.#devices.values()];
  }

  /** The same with how polling it goes: asked for those that are shown. */
  polled(view: DeviceView): DeviceView {
    const polling = this.#source.pollingOf(view.id);
    if (polling === undefined) return view;
    const { everyMs, lateMs, silent, refusal, incomplete, dueInMs } = polling;
    return {
      ...view,
      nextPollAt: instant(Math.round(this.#source.now() + dueInMs)),
      polling: {
        ...{ everyMs, lateMs: Math.round(lateMs), silentRounds: silent, refusal },
        incomplete: incomplete.map(({ column, problem }) => ({
          column,
          problem: problemWord(problem),
        })),
      },
    };
  }

  counts(): { readonly devices: number; readonly devicesSilent: number } {
    let devicesSilent = 0;
    for (const { state } of this.#devices.values()) if (state === 'silent') devicesSilent++;
    return { devices: this.#devices.size, devicesSilent };
  }

  /** Plain data for `restore`. */
  snapshot(): unknown {
    return [...this.#devices.values()]
      .filter(({ state }) => state === 'answers' || state === 'silent')
      .map(
        ({ id, address, state, lastAnswerAt, profile }): Kept => [
          ...([id, address, state] as const),
          ...([lastAnswerAt ?? null, profile ?? null] as const),
        ],
      );
  }

  /** Takes what `snapshot` gave: until it is asked again, a device shows what it showed; its last answer says how old that is. */
  restore(snapshot: unknown): void {
    if (!Array.isArray(snapshot)) return;
    for (const kept of snapshot) {
      if (!Array.isArray(kept)) continue;
      const [id, address, state, lastAnswerAt, profile] = kept as unknown as Kept;
      const view = this.#devices.get(id);
      if (view?.state !== 'unknown' || view.address !== address) continue;
      if (state !== 'answers' && state !== 'silent') continue;
      this.#change(id, {
        state,
        lastAnswerAt: lastAnswerAt === null ? undefined : instant(lastAnswerAt),
        profile: profile ?? undefined,
      });
    }
  }

  #change(id: string, change: Partial<DeviceView>): void {
    const view = this.#devices.get(id);
    if (view !== undefined) this.#devices.set(id, { ...view, ...change });
  }
}
