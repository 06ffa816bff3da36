/** Versions compared part by part: `4.10` comes after `4.9`, whatever letters stand around the numbers. */

export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersIn(a), numbersIn(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const numbersIn = (version: string): readonly number[] => (version.match(/\d+/g) ?? []).map(Number);
