/** From subscriber numbers of a topology version to stable keys; the newest other version is kept placed, too (design L6). */
import { Fault } from '../../base/fault.ts';
import { placeSubscribers, type Subscribers } from '../../topology/topology.ts';
import type { KeyRange } from '../courier/courier.ts';
import type { LineHost } from './line-host.ts';

export class SubscriberVersions {
  readonly #host: LineHost;
  #older: { readonly version: number; readonly subscribers: Subscribers } | undefined;

  constructor(host: LineHost) {
    this.#host = host;
  }

  async keysOf({ topologyVersion, from, to, except }: KeyRange): Promise<Uint32Array> {
    const subscribers = await this.#subscribers(topologyVersion);
    const last = Math.min(to, subscribers.count);
    const keys = new Uint32Array(Math.max(0, last - from));
    let count = 0;
    let nextExcept = 0;
    for (let number = from; number < last; number++) {
      while (nextExcept < except.length && except[nextExcept]! < number) nextExcept++;
      if (except[nextExcept] === number) continue;
      keys[count++] = subscribers.keyOf(number);
    }
    return keys.subarray(0, count);
  }

  async #subscribers(version: number): Promise<Subscribers> {
    const { line, contents } = this.#host;
    if (version === line.topologyVersion && line.subscribers !== undefined) return line.subscribers;
    if (this.#older?.version === version) return this.#older.subscribers;
    const named = await contents.version(version);
    if (named === undefined) {
      throw new Fault('disk/content-missing', `topology version ${version} is not known any more`);
    }
    await contents.loadNamed({ ...named, topologyVersion: version });
    const topology = contents.topology(named.topology);
    const subscribers = placeSubscribers(topology, contents.subscribers(named.subscribers));
    this.#older = { version, subscribers };
    return subscribers;
  }
}
