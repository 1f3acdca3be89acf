import axe, { type AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { createUi } from '../../../cli/ui/app.tsx';
import type { Ledger } from '../../../cli/ui/ledgers.ts';
import { serveUi, type UiServer } from '../../../cli/ui/serve.ts';
import { startChromium } from '../../../testing/chromium.ts';
import { NOW } from '../../cli/ui/support/fake-ledger.ts';

export type Opened = {
  page: Page;
  /** Requests to anywhere but the page itself, dialogs and what the console says. All must stay empty. */
  surprises: string[];
};

/** A browser for the tests of a file. */
export function useBrowser() {
  let browser: Browser;
  const servers: UiServer[] = [];
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser.close();
    for (const server of servers) await server.close();
  });
  return {
    /** Serves ledgers and returns the address. */
    async serve(...ledgers: Ledger[]): Promise<string> {
      const ui = createUi({ ledgers, clock: { now: () => NOW }, zone: 'Europe/Berlin' });
      const server = await serveUi(ui.respond, 0);
      servers.push(server);
      return server.url.slice(0, -1);
    },
    async open(url: string, options: BrowserContextOptions = {}): Promise<Opened> {
      const context = await browser.newContext({ locale: 'en-US', ...options });
      const page = await context.newPage();
      const surprises: string[] = [];
      const origin = new URL(url).origin;
      page.on('request', (request) => {
        const isOwn =
          origin === 'null' ? request.url() === url : request.url().startsWith(`${origin}/`);
        // Chromium asks for it by itself.
        if (!isOwn && !request.url().endsWith('/favicon.ico')) surprises.push(request.url());
      });
      page.on('dialog', (dialog) => {
        surprises.push(`dialog ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on('console', (message) => {
        if (!message.location().url.endsWith('/favicon.ico')) surprises.push(message.text());
      });
      page.on('pageerror', (error) => surprises.push(error.message));
      await page.goto(url);
      return { page, surprises };
    },
  };
}

/** Fails for each barrier that axe finds, by rule and element. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  expect(
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`)),
  ).toEqual([]);
}

/** Fails when the page is wider than the window. */
export async function expectFits(page: Page): Promise<void> {
  const [width, window] = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, innerWidth]',
  );
  expect(width).toBeLessThanOrEqual(window);
}
