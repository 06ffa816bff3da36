/** Who is who: devices by everything that others may call them. */

import { macNumber } from './mac.ts';
import type { DeviceSaid, SaidPort } from './said.ts';

/** A MAC as a number; texts are marked by what they are. */
export type NameKey = number | string;

/** `Sw-1.isp.example` and CDP's `sw-1(SERIAL)` are `sw-1`, as long as one device alone is called so. */
export function nameKeys(name: string): NameKey[] {
  const whole = name
    .trim()
    .toLowerCase()
    .replace(/\([^)]*\)$/, '');
  const short = whole.split('.')[0]!;
  if (whole === '') return [];
  return /^\d+$/.test(short) ? [`n:${whole}`] : [`n:${whole}`, `n:${short}`];
}

export const addressKey = (address: string): NameKey => `a:${address}`;

/** A name that so many share, such as a maker's default, tells nobody apart. */
const mostOwners = 16;

export class Names {
  readonly #owners = new Map<NameKey, readonly string[]>();
  readonly #keys = new Map<string, readonly NameKey[]>();

  /** True when somebody may be found now, or not be found, who was not before. */
  set(said: DeviceSaid): boolean {
    const keys = [...new Set(keysOf(said))];
    const before = this.#keys.get(said.device);
    if (before !== undefined && before.length === keys.length && before.every((key, i) => key === keys[i]))
      return false;
    this.remove(said.device);
    this.#keys.set(said.device, keys);
    for (const key of keys) this.#owners.set(key, [...(this.#owners.get(key) ?? []), said.device]);
    return true;
  }

  remove(device: string): void {
    for (const key of this.#keys.get(device) ?? []) {
      const others = this.#owners.get(key)!.filter((owner) => owner !== device);
      if (others.length === 0) this.#owners.delete(key);
      else this.#owners.set(key, others);
    }
    this.#keys.delete(device);
  }

  ownersOf(key: NameKey): readonly string[] {
    return this.#owners.get(key) ?? [];
  }

  /** The device that fits best: names in order of how much they say, later ones choose among several. */
  find(keys: readonly NameKey[]): readonly string[] {
    let found: readonly string[] = [];
    for (const key of keys) {
      const owners = this.ownersOf(key);
      if (owners.length > mostOwners) continue;
      if (found.length === 0) found = owners;
      else if (found.length > 1) {
        const both = found.filter((device) => owners.includes(device));
        if (both.length > 0) found = both;
      }
    }
    return found;
  }
}

function keysOf({ sysName, chassis, addresses, ports }: DeviceSaid): NameKey[] {
  return [
    ...chassis.flatMap(textKeys),
    ...ports.flatMap(({ mac }) => (mac === undefined ? [] : [mac])),
    ...(sysName === undefined ? [] : nameKeys(sysName)),
    ...addresses.map(addressKey),
  ];
}

/** A chassis id or the like: an Ethernet address, an IP address or a name. */
export function textKeys(text: string): NameKey[] {
  const mac = macNumber(text);
  if (mac !== undefined) return [mac];
  if (/^[\d.]+$/.test(text) || /^[0-9a-f:]*:[0-9a-f:]*$/i.test(text)) return [addressKey(text)];
  return nameKeys(text);
}

/** The port that a neighbour means: by name, description, address, alias, at last by number. */
export function portMeant(ports: readonly SaidPort[], word: string): SaidPort | undefined {
  const mac = macNumber(word);
  const lower = word.toLowerCase();
  const ways: ((port: SaidPort) => boolean)[] = [
    ({ name }) => name === word,
    ({ descr }) => descr === word,
    ({ name, descr }) => name.toLowerCase() === lower || descr?.toLowerCase() === lower,
    (port) => mac !== undefined && port.mac === mac,
    ({ alias }) => alias === word,
    ({ ifIndex }) => String(ifIndex) === word,
  ];
  for (const fits of ways) {
    const fitting = ports.filter(fits);
    // A name that two ports share tells neither.
    if (fitting.length === 1) return fitting[0];
  }
  return undefined;
}
