/** The line's name and epoch as its data folder keeps them: the beginning of every id it makes. */

/** Undefined for a text that holds none. */
export function lineIdentity(text: string): { readonly name: string; readonly epoch: number } | undefined {
  const [, name, epoch] = /^([a-z][0-9a-f]{4}) (\d+)\n$/.exec(text) ?? [];
  return name !== undefined && Number(epoch) > 0 ? { name, epoch: Number(epoch) } : undefined;
}
