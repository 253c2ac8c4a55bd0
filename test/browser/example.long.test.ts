import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { program } from '../cli/command-line.ts';
import { launchBrowser, type OpenOptions, openPage, type TestBrowser } from './launch.ts';

/** Ten screens of a laptop. */
const SCREEN = { width: 1440, height: 900 };
const MOST_SCREENS = 10;

const folder = mkdtempSync(join(tmpdir(), 'asidbench-example-'));
const url = pathToFileURL(join(folder, 'report.html')).href;
let browser: TestBrowser;
const open = (options: OpenOptions, fragment = '') => openPage(browser, url + fragment, options);

beforeAll(async () => {
  const { stdout } = await program('report', 'reports/example', '--format', 'html');
  writeFileSync(join(folder, 'report.html'), stdout);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the page of the headline', () => {
  test('has ten screens at most, and answer and verdict on the first', async () => {
    const { page, requests, complaints } = await open({ width: SCREEN.width });
    await page.setViewportSize(SCREEN);
    const height = await page.evaluate('document.documentElement.scrollHeight');
    expect(height).toBeLessThanOrEqual(MOST_SCREENS * SCREEN.height);
    for (const part of ['h1', '.question', 'header .verdict']) {
      const box = await page.locator(part).first().boundingBox();
      expect((box?.y ?? 0) + (box?.height ?? SCREEN.height), part).toBeLessThan(SCREEN.height);
    }
    const best = await page.locator('#figure-ranking .wide').boundingBox();
    expect(best?.y).toBeLessThan(SCREEN.height / 2);
    expect(requests.filter((each) => !each.startsWith('data:'))).toHaveLength(1);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('shows the verdict on each patch on a telephone without scrolling sideways', async () => {
    const { page } = await open({ width: 360 });
    const rows = page.locator('#series > .scroll table tbody tr');
    expect(await rows.count()).toBeGreaterThan(10);
    for (const row of await rows.all()) {
      const box = await row.locator('td').first().boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThanOrEqual(360);
    }
    await page.close();
  });

  test.each([
    ['light', 360, 'as it opens'],
    ['dark', 360, 'with all that is folded'],
    ['light', SCREEN.width, 'with all that is folded'],
    ['dark', SCREEN.width, 'as it opens'],
  ] as const)(
    'has no barrier that axe finds, in %s at %i pixels, %s',
    async (theme, width, shown) => {
      const { page } = await open({ theme, width });
      if (shown !== 'as it opens') {
        await page.evaluate(
          `document.querySelectorAll('details').forEach((d) => { d.open = true; })`,
        );
      }
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
        width,
      );
      await page.close();
    },
  );

  test('wraps a name that is longer than a telephone is broad', async () => {
    const strategy = encodeURIComponent(
      'rfc-2025-03+vmcb12TlbControl=ignored+vmcb12AsidChange=flush-by-vm-wide-memory+onPcpuChange=nothing',
    );
    const { page } = await open({ width: 360 }, `#try?scenario=rate-sweep&strategy=${strategy}`);
    await page.waitForSelector('#try-result[data-fragment]');
    expect(await page.textContent('#try-result')).toContain('flush-by-vm-wide-memory');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await page.close();
  });
});

describe("the reader's own program", () => {
  const circles = '#figure-break-even .place';

  test('is a point on the map of savings, between the fields that its numbers lie between', async () => {
    const { page } = await open(
      { width: SCREEN.width },
      '#try?scenario=rate-sweep&rate=40000&pages=120',
    );
    await page.waitForSelector('#try-result[data-fragment]');
    expect(await page.locator(circles).count()).toBe(2);
    const [point, field] = await Promise.all([
      page.locator('#figure-break-even .wide .place').boundingBox(),
      page.locator('#figure-break-even .wide .mark-rect').boundingBox(),
    ]);
    const share = {
      x: (point!.x + point!.width / 2 - field!.x) / field!.width,
      y: (point!.y + point!.height / 2 - field!.y) / field!.height,
    };
    // 30,000 is the fourth of five rates and 128 the third of five sizes, counted from below.
    expect(share.x).toBeGreaterThan(0.7);
    expect(share.x).toBeLessThan(0.8);
    expect(share.y).toBeGreaterThan(0.5);
    expect(share.y).toBeLessThan(0.55);
    expect(await page.textContent('#try-place')).toMatch(/^The circle on the map above/);
    await page.selectOption('#try-scenario', 'msr-npt-npt');
    expect(await page.locator(circles).count()).toBe(0);
    expect(await page.textContent('#try-place')).toBe('');
    await page.close();
  });

  test('if it was recorded, has its answer as recorded, and the command for another', async () => {
    const { page } = await open({ width: SCREEN.width });
    await page.selectOption('#try-scenario', 'db-sqlite-l2');
    await page.waitForSelector('#try-result[data-fragment]');
    expect(await page.textContent('#try-rate-value')).toMatch(/^12.000 per second$/);
    expect(await page.textContent('#try-result')).toContain('seeds, prices, sizes and workload');
    await page.focus('#try-rate');
    await page.keyboard.press('ArrowRight');
    await page.waitForSelector('#try-trouble:not(:empty)');
    expect(await page.textContent('#try-trouble')).toMatch(/The command below computes yours\.$/);
    expect(await page.textContent('#try-command')).toContain('scenario=db-sqlite-l2');
    await page.close();
  });
});
