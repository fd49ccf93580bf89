// The status page in a real browser, as the functions send it: with its headers, and without scripts.
import { createServer } from 'node:http';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pageHeaders, statusPage } from '../../lib/core/status/page.ts';
import { type Status, statusOf } from '../../lib/core/status/status.ts';
import { NO_CHROMIUM, openBrowser } from '../support/browser.ts';
import { type LoopbackServer, openLoopback } from '../support/loopback.ts';
import { needs } from '../support/needs.ts';
import { HOSTILE, NOW, sampleStatus, WHERE, WIDE } from '../support/status-sample.ts';
import { share } from '../support/whole.ts';

const EMPTY = statusOf({
  ...{ deployment: 'sls-machine-groups-prod', where: WHERE, now: NOW },
  ...{ groups: [], freezes: [], approvals: [], runs: { runs: [] } },
});
/** What is not seen for what it is, is written as what it is. */
const SHOWN = HOSTILE.replace('\u202E', '\\u202e');

// What is asked of the page from outside, as text: these run in the browser.
const WIDTHS = '[document.documentElement.scrollWidth, document.documentElement.clientWidth]';
const FOCUSED = `(() => {
  const { tagName, id, textContent } = document.activeElement;
  return tagName + ' ' + (id || textContent.trim().replace(/\\s+/g, ' '));
})()`;
/** Each colour of a text with what is behind it. */
const COLOURS = `(() => {
  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (!/^rgba\\(.*, 0\\)$/.test(backgroundColor)) return backgroundColor;
    }
    return 'none';
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = new Set();
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (node.textContent.trim())
      found.add(getComputedStyle(node.parentElement).color + ' on ' + groundOf(node.parentElement));
  return [...found];
})()`;

describe('the page', needs(NO_CHROMIUM), () => {
  let browser: Browser;
  let server: LoopbackServer;
  let status: Status;
  /** Whatever the browser asks the server for beside the page. */
  let asked: string[];

  beforeAll(async () => {
    browser = await openBrowser();
    server = await openLoopback(
      createServer(({ url = '' }, response) => {
        asked.push(url);
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...pageHeaders() });
        response.end(statusPage(status));
      }),
    );
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function withPage(
    value: Status,
    options: BrowserContextOptions,
    look: (page: Page) => Promise<void>,
  ): Promise<void> {
    status = value;
    asked = [];
    const context = await browser.newContext({ javaScriptEnabled: false, ...options });
    try {
      const page = await context.newPage();
      const wrong: string[] = [];
      page.on('console', (message) => wrong.push(message.text()));
      page.on('pageerror', (error) => wrong.push(error.message));
      page.on('request', (request) => {
        if (!request.isNavigationRequest()) wrong.push(request.url());
      });
      await page.goto(`http://${server.address}/`);
      await look(page);
      // Nothing was blocked by the policy either: the page asks for nothing.
      expect(wrong).toEqual([]);
      expect(asked).toEqual(['/']);
    } finally {
      await context.close();
    }
  }

  test('says how the groups stand, those that need a person first', async () => {
    await withPage(sampleStatus(), {}, async (page) => {
      expect(await page.title()).toBe('4 need attention · sls-machine-groups-prod');
      expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual([
        'Needs attention: 4',
        'Frozen: 2',
        'Approvals that have not ended: 1',
        'Waits: 2',
        'Last runs in which something happened',
        'As it should be: 3',
      ]);
      const attention = page.getByRole('region', { name: 'Needs attention: 4' });
      expect(await attention.getByRole('heading', { level: 3 }).allTextContents()).toEqual([
        `ali-test-project/${SHOWN}`,
        'ali-test-project/web',
        `ali-test-project/${WIDE}`,
        'ali-test-project/db',
      ]);
      const web = attention.getByRole('article').nth(1);
      const text = await web.innerText();
      expect(text).toContain('9 of 12 members are missing without proof; approve the removals');
      expect(text).toContain(
        'refused day-limit; since 2026-02-03 01:05 UTC, for 3 hours; contact #web-on-call',
      );
      expect(text).toMatch(
        /sls-machine-groups approve --stage prod ali-test-project\/web --fingerprint [0-9a-f]{32} --reason WHY/,
      );
      expect(text).toContain(
        '9 of 12 machines report, 2 silent, 1 never reported, 4 reporting that no inventory has, as of 2026-02-03 03:05 UTC',
      );
      expect(await web.getByRole('img').getAttribute('aria-label')).toBe(
        '12 members now, unchanged in the last 24 hours',
      );
      const db = attention.getByRole('article').nth(3);
      expect(await db.innerText()).toContain(
        'Acknowledged. arn:aws:iam::123456789012:user/ann knows until 2026-02-04 04:05 UTC: being moved',
      );
      expect(await page.getByRole('region', { name: 'Frozen: 2' }).innerText()).toContain(
        'until 2026-02-03 09:05 UTC, for 5 hours more, by arn:aws:iam::123456789012:user/ann: a migration',
      );
      expect(await page.getByRole('banner').innerText()).toContain(
        'The schedule last ran 4 minutes ago, at 2026-02-03 04:01 UTC: refused, 4 groups, 1 refused.',
      );
    });
  });

  test('draws members as they were', async () => {
    await withPage(sampleStatus(), {}, async (page) => {
      const api = page.getByRole('article').filter({ hasText: 'ali-test-project/api' });
      // 20 until twelve hours ago, then 24, then 22 for the last four of 24 hours; 24 are the full height.
      expect(await api.locator('path.line').getAttribute('d')).toMatch(
        /^M0 6\.7H10(L\d+ 6\.7H\d+){10}L110 0H120.*L200 3\.3H210/,
      );
      const box = await api.getByRole('img').boundingBox();
      expect(box?.height).toBe(40);
      expect(box?.width).toBeGreaterThan(200);
    });
  });

  test('takes nothing from outside for markup, with scripts as well', async () => {
    for (const javaScriptEnabled of [false, true]) {
      await withPage(sampleStatus(), { javaScriptEnabled }, async (page) => {
        expect(await page.title()).toBe('4 need attention · sls-machine-groups-prod');
        const foreign = page.locator(
          'script, img, a:not([href^="#"]), iframe, object, form, link, meta[http-equiv]',
        );
        expect(await foreign.count()).toBe(0);
        const heading = page.getByRole('heading', { level: 3, name: SHOWN }).first();
        expect(await heading.textContent()).toBe(`ali-test-project/${SHOWN}`);
      });
    }
  });

  test('lets no script run that got into it all the same', async () => {
    status = sampleStatus();
    const context = await browser.newContext();
    const page = await context.newPage();
    const blocked: string[] = [];
    page.on('console', (message) => blocked.push(message.text()));
    await page.route('**/*', (route) =>
      route.fulfill({
        headers: { 'content-type': 'text/html', ...pageHeaders() },
        body: '<title>well</title><style>p { color: red }</style><p onclick="">x</p><script>document.title = "run"</script><img src="/x">',
      }),
    );
    await page.goto(`http://${server.address}/`);
    expect(await page.title()).toBe('well');
    // A script, a style that is not the page’s, a handler, a picture.
    expect(blocked.filter((text) => text.includes('Content Security Policy'))).toHaveLength(4);
    await context.close();
  });

  // The narrowest and the widest, in `npm test`: each is two pages in a browser.
  test.each(share([320, 1280], [320, 360, 768, 1280]))(
    'needs no scrolling to the side at %i px',
    async (width) => {
      await withPage(sampleStatus(), { viewport: { width, height: 800 } }, async (page) => {
        const [content, seen] = await page.evaluate<[number, number]>(WIDTHS);
        expect(content).toBeLessThanOrEqual(seen);
        for (const article of await page.getByRole('article').all()) {
          const box = await article.boundingBox();
          expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? width + 1) <= width).toBe(true);
        }
      });
    },
  );

  test('is walked through by keyboard: past the head to the groups, and to every command', async () => {
    await withPage(sampleStatus(), {}, async (page) => {
      const focused = () => page.evaluate<string>(FOCUSED);
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('A Skip to the groups');
      expect(await page.getByRole('link', { name: 'Skip to the groups' }).boundingBox()).toMatchObject({
        x: expect.toSatisfy((x: number) => x >= 0),
      });
      const order: string[] = [];
      for (let step = 0; step < 5; step += 1) {
        await page.keyboard.press('Tab');
        order.push(await focused());
      }
      expect(order).toEqual([
        'A 4 Needs attention',
        'A 2 Waits',
        'A 3 As it should be',
        'A 2 Frozen',
        'SUMMARY What to do',
      ]);
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Shift+Tab');
      expect(await focused()).toBe('A Skip to the groups');
      await page.keyboard.press('Enter');
      expect(await focused()).toBe('MAIN main');
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('SUMMARY What to do');
      const details = page.locator('details').first();
      expect(await details.getAttribute('open')).toBeNull();
      await page.keyboard.press('Enter');
      expect(await details.getAttribute('open')).toBe('');
    });
  });

  describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
    test('every text stands out from what it stands on', async () => {
      const options = { colorScheme, viewport: { width: 360, height: 800 } };
      await withPage(sampleStatus(), options, async (page) => {
        const pairs = await page.evaluate<string[]>(COLOURS);
        expect(pairs.length).toBeGreaterThan(5);
        const weak = pairs.filter((pair) => contrast(pair) < 4.5);
        expect(weak).toEqual([]);
        const [ground = ''] = pairs.flatMap((pair) => /on (rgb.*)$/.exec(pair)?.[1] ?? []);
        expect(luminance(ground) > 0.5).toBe(colorScheme === 'light');
      });
    });
  });

  test('says so where there is nothing', async () => {
    await withPage(EMPTY, {}, async (page) => {
      expect(await page.title()).toBe('all well · sls-machine-groups-prod');
      const text = await page.getByRole('main').innerText();
      for (const says of [
        'No group needs attention.',
        'Nothing is frozen.',
        'There is none.',
        'None is known.',
      ])
        expect(text).toContain(says);
    });
  });
});

/** As WCAG 2 has it. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
    const value = Number(part) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(pair: string): number {
  const [one = 0, other = 0] = pair
    .split(' on ')
    .map(luminance)
    .toSorted((a, b) => b - a);
  return (one + 0.05) / (other + 0.05);
}
