/** The console over a daemon in memory, for every test of a file anew; each test signs in with a browser of its own. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type BrowserOptions, openBrowser, type TestBrowser } from './browser.ts';
import { buildPages, type Pages } from './built-pages.ts';
import type { MemoryDaemon } from './front-ports.ts';
import { type OpenedFront, openTestFront } from './open-front.ts';

export interface ConsoleInBrowser {
  readonly daemon: MemoryDaemon;
  readonly address: string;
  readonly complaints: readonly string[];
  /** Signs in with a fresh browser, waits for live data and goes to `path`; an earlier browser of the test is closed. */
  signIn(options?: BrowserOptions & { readonly size?: Size; readonly path?: string }): Promise<Page>;
  /** One more page of the browser that signed in. */
  page(): Promise<Page>;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

export const telephone: Size = { width: 390, height: 844 };

/** Called once at the head of a test file: what it opens is closed by the hooks it sets. */
export function consoleInBrowser(
  front: Omit<NonNullable<Parameters<typeof openTestFront>[0]>, 'pages'> = {},
): ConsoleInBrowser {
  let pages: Pages | undefined;
  let opened: OpenedFront | undefined;
  let browser: TestBrowser | undefined;

  beforeAll(async () => {
    pages = await buildPages();
  });
  afterAll(() => pages?.remove());
  beforeEach(async () => {
    opened = await openTestFront({ ...front, pages: pages! });
  });
  afterEach(async () => {
    await browser?.close();
    browser = undefined;
    await opened?.close();
    opened = undefined;
  });

  return {
    get daemon() {
      return opened!.daemon;
    },
    get address() {
      return opened!.console;
    },
    get complaints() {
      return browser!.complaints;
    },
    page: () => browser!.page(),
    async signIn({ size, path, ...options } = {}) {
      await browser?.close();
      browser = await openBrowser(options);
      opened!.daemon.oneTimeToken = 'one-time';
      const page = await browser.page(size);
      await page.goto(`${opened!.console}/sign-in/one-time`);
      await page.getByRole('button').click();
      await page.getByText(/LIVE|СВЯЗЬ/).waitFor();
      if (path !== undefined) await page.goto(opened!.console + path);
      return page;
    },
  };
}
