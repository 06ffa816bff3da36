import { defineConfig } from 'vitest/config';

// fast: no server, no browser, no build. edge: real sockets, files and Debian's servers.
// browser: playwright-core in Debian's Chromium. simulation: the built daemon as its users start it.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.edge.test.ts', 'test/**/*.browser.test.ts', 'test/**/*.simulation.test.ts'],
          // A machine that is busy is no fault of the code.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'edge',
          include: ['test/**/*.edge.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/**/*.browser.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'simulation',
          include: ['test/**/*.simulation.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
