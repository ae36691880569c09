import { join } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { artifactFolder } from './paths.ts';

/** What a page may say on its console though nothing is wrong: the browser itself logs every answer that is no 2xx. */
const expected = [/Failed to load resource: the server responded with a status of 4\d\d/];

/** A real Chromium; every page it opens is watched for errors. */
export class Chromium {
  readonly #browser: Browser;
  readonly #errors: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<Chromium> {
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    });
    return new Chromium(browser);
  }

  /** A browser profile of its own: cookies are shared between its pages only. */
  async profile(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await this.#browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale: 'en-GB',
      reducedMotion: 'reduce',
      ...options,
    });
    context.setDefaultTimeout(10_000);
    context.on('page', (page) => this.#watch(page));
    return context;
  }

  #watch(page: Page): void {
    page.on('pageerror', (error) => this.#errors.push(`${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' && !expected.some((pattern) => pattern.test(message.text())))
        this.#errors.push(`${page.url()}: ${message.text()}`);
    });
  }

  /** Errors that pages have thrown or logged since the last look. */
  takeErrors(): string[] {
    return this.#errors.splice(0);
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

/** Keeps a picture of the page for the failure report. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(artifactFolder('screens'), `${name}.png`), fullPage: true });
}
