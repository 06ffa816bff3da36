/** Debian's Chromium, headless, with a fresh profile; every page it opens is watched for what must not happen. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

export interface TestBrowser {
  readonly context: BrowserContext;
  /** Dialogs, page errors, refused resources and calls to other origins, as text. */
  readonly complaints: string[];
  page(size?: { readonly width: number; readonly height: number }): Promise<Page>;
  close(): Promise<void>;
}

export interface BrowserOptions {
  readonly locale?: string;
  readonly colorScheme?: 'dark' | 'light';
  readonly javaScriptEnabled?: boolean;
}

export async function openBrowser(options: BrowserOptions = {}): Promise<TestBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'allclear-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    headless: true,
    locale: options.locale ?? 'en-GB',
    timezoneId: 'Europe/Moscow',
    colorScheme: options.colorScheme ?? 'light',
    javaScriptEnabled: options.javaScriptEnabled ?? true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const complaints: string[] = [];
  return {
    context,
    complaints,
    async page(size = { width: 1280, height: 800 }) {
      const page = await context.newPage();
      await page.setViewportSize(size);
      page.on('dialog', (dialog) => {
        complaints.push(`dialog ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on('pageerror', (error) => complaints.push(`error ${error.message}`));
      page.on('console', (line) => line.type() === 'error' && complaints.push(`console ${line.text()}`));
      page.on('request', (request) => {
        const { hostname, protocol } = new URL(request.url());
        if (protocol !== 'data:' && hostname !== '127.0.0.1') complaints.push(`foreign ${request.url()}`);
      });
      return page;
    },
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** How far the page is wider than its window; 0 when nothing sticks out sideways. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
