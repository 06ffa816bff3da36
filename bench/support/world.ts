/** The real clock for measurements; what goes wrong is said. */
import type { World } from '../../src/base/world.ts';
import { realWorld } from '../../test/support/real-world.ts';

export function benchWorld(): World {
  const say = (message: string, fields?: Readonly<Record<string, unknown>>): void =>
    console.error(message, fields);
  return realWorld({ debug: () => {}, info: () => {}, warn: say, error: say });
}
