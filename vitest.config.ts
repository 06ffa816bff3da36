import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// A machine that is busy is no fault of the code: what a test waits for has time to come.
const patience = { expect: { poll: { timeout: 60_000 } } } as const;

// fast: no server, no browser, no build. edge: real sockets, files and Debian's servers.
// browser: playwright-core in Debian's Chromium. simulation: the built daemon as its users start it.
export default defineConfig({
  test: {
    // Vitest leaves one core to itself, which is half of a machine of two; most of our files wait more than they reckon.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'fast',
          ...patience,
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.edge.test.ts', 'test/**/*.browser.test.ts', 'test/**/*.simulation.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'edge',
          ...patience,
          include: ['test/**/*.edge.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'browser',
          ...patience,
          include: ['test/**/*.browser.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'simulation',
          ...patience,
          include: ['test/**/*.simulation.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          // Two daemons beside each other; more would only make each of them late.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
