/** What is left of a configuration with mistakes: the part that holds as it stands, and the part that can still be looked at. */
import type { Violation } from '../../edge/files/yaml-document.ts';

type Keys = Readonly<Record<string, unknown>>;

/** Groups of which every key stands for itself. */
const looseGroups: ReadonlySet<unknown> = new Set(['snmp', 'notify', 'confirm', 'spool']);
/** Keys without which a thing of a list cannot be looked at. */
const needed: Readonly<Record<string, readonly unknown[]>> = {
  devices: ['id', 'address'],
  probes: ['id', 'kind', 'target', 'secret'],
};

/** The document less every value that breaks the schema: of a list or group of things the one thing, else the whole key. */
export function soundPart(value: unknown, wrong: readonly Violation[]): unknown {
  return without(value, wrong, () => false);
}

/** The document less as little as will do: of a device or probe the one key where the rest can be judged without it. */
export function readablePart(value: unknown, wrong: readonly Violation[]): unknown {
  return without(value, wrong, ([key, item, inner]) =>
    typeof item === 'number'
      ? inner !== undefined && needed[String(key)]?.includes(inner) === false
      : item !== undefined && looseGroups.has(key),
  );
}

/** Places of devices with a mistake in how they are asked. */
export function unsureDevices(wrong: readonly Violation[]): ReadonlySet<number> {
  const inDevices = wrong.filter(({ path }) => path[0] === 'devices' && typeof path[1] === 'number');
  return new Set(inDevices.map(({ path }) => path[1] as number));
}

function without(
  value: unknown,
  wrong: readonly Violation[],
  isInnerEnough: (path: Violation['path']) => boolean,
): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  const kept: Record<string, unknown> = { ...value };
  for (const { problem, path } of wrong) {
    const [key, item, inner] = path;
    // An unknown key is a mistake of its own; what stands beside it is sound.
    if (key === undefined || problem.code === 'config/unknown-key') continue;
    const held = kept[String(key)];
    const isInner = isInnerEnough(path);
    if (Array.isArray(held) && typeof item === 'number') {
      // The places of the others stay what they are, so that their problems are shown where they stand.
      kept[String(key)] = held.map((one: unknown, index) =>
        index !== item ? one : isInner ? less(one, inner) : undefined,
      );
    } else if (isInner || (key === 'channels' && typeof item === 'string')) {
      kept[String(key)] = less(held, item);
    } else delete kept[String(key)];
  }
  return kept;
}

function less(group: unknown, key: string | number | undefined): unknown {
  const { [String(key)]: _, ...others } = (group ?? {}) as Keys;
  return group === undefined ? undefined : others;
}
