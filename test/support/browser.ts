// Chromium as a person has it, driven by playwright-core, which brings no browser of its own.
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Path of the browser; undefined if there is none. */
export const CHROMIUM = (process.env.PATH ?? '')
  .split(':')
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** For `needs`. */
export const NO_CHROMIUM =
  CHROMIUM === undefined ? 'Chromium is not installed (apt-get install chromium)' : undefined;

/** @throws Error if there is none */
export function openBrowser(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error(NO_CHROMIUM);
  return chromium.launch({
    executablePath: CHROMIUM,
    // Root has no sandbox, and pages are our own. Fonts are drawn alike on every machine.
    args: ['--no-sandbox', '--font-render-hinting=none', '--disable-gpu', '--hide-scrollbars'],
  });
}
