/** Plain data of an older form brought to the present one: what it lacks is taken from data of now. */

type Plain = Readonly<Record<string, unknown>>;

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Fields that are there stay; those named in `tables` hold names of their own and are taken as they are, or whole. */
export function completed<T extends object>(then: object, now: T, tables: readonly string[]): T {
  const entries = Object.entries(now).map(([field, value]) => {
    const held = (then as Plain)[field];
    if (held === undefined) return [field, value];
    const isInner = isPlain(value) && isPlain(held) && !tables.includes(field);
    return [field, isInner ? completed(held, value, tables) : held];
  });
  return { ...then, ...Object.fromEntries(entries) } as T;
}
