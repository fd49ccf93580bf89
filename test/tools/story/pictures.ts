// The page as a person sees it, and a picture of it for the documentation where SCREENSHOTS names a folder.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const FOLDER = process.env.SCREENSHOTS;

export interface View {
  readonly picture: string;
  readonly options: BrowserContextOptions;
}

export const DESK: BrowserContextOptions = { colorScheme: 'light', viewport: { width: 720, height: 860 } };
export const PHONE: BrowserContextOptions = { colorScheme: 'dark', viewport: { width: 360, height: 640 } };

/** @param file that holds the page */
export async function seen(
  browser: Browser,
  file: string,
  { picture, options }: View,
  look: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ javaScriptEnabled: false, ...options });
  try {
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    await look(page);
    if (FOLDER) await page.screenshot({ path: join(FOLDER, `${picture}.png`) });
  } finally {
    await context.close();
  }
}
