import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderHtml } from '../../src/report/run/page.ts';
import { amount } from '../amount.ts';
import { makeContents } from '../report/make-contents.ts';
import { makeSensitivity } from '../report/make-sensitivity.ts';
import { makeSeries } from '../report/make-series.ts';
import { makeSummary, withComparisons } from '../report/make-summary.ts';
import { launchBrowser, openPage, type TestBrowser } from './launch.ts';

const THEMES = ['light', 'dark'] as const;
const WIDTHS_PX = amount({ quick: [360, 1280], all: [360, 768, 1280, 3840] });

let browser: TestBrowser;
const folder = mkdtempSync(join(tmpdir(), 'asidbench-report-'));
const reportUrl = pathToFileURL(join(folder, 'report.html')).href;
const unsafeUrl = pathToFileURL(join(folder, 'unsafe.html')).href;

const open = (url: string, theme: (typeof THEMES)[number], width: number) =>
  openPage(browser, url, { theme, width });

/** A report that shows everything that can be wrong: stale hits, a loss, expectations not met. */
async function unsafeReport(): Promise<string> {
  const summary = withComparisons(makeSummary(), 'rfc-2025-03', (each) => ({
    ...each,
    savingNs: { point: -310, low: -320, high: -300 },
    savingRatio: { point: -0.08, low: -0.09, high: -0.07 },
    staleHits: { host: 2, crossVm: 0, guest: 1400 },
  }));
  const scenarios = summary.scenarios.map((scenario) => ({
    ...scenario,
    expectations: scenario.expectations.map((each) => ({ ...each, met: false })),
  }));
  return renderHtml({ ...summary, scenarios });
}

beforeAll(async () => {
  writeFileSync(
    join(folder, 'report.html'),
    await renderHtml(makeSummary(), {
      series: makeSeries(),
      contents: makeContents(),
      sensitivity: [{ ...makeSensitivity(), suite: 'cpuid-npt-npt' }, makeSensitivity()],
    }),
  );
  writeFileSync(join(folder, 'unsafe.html'), await unsafeReport());
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(THEMES)('a report in Chromium, %s', (theme) => {
  test('asks for its own file only and has nothing to complain about', async () => {
    const { page, requests, complaints } = await open(reportUrl, theme, 1280);
    await page.waitForLoadState('networkidle');
    expect(requests.filter((url) => url !== 'data:,')).toEqual([reportUrl]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  const pages: [string, string][] = [
    ['that is all well', reportUrl],
    ['that reports an unsafe strategy', unsafeUrl],
  ];
  // Axe takes ten seconds for a page. Each page and each theme is seen once at least.
  const seen = amount({ quick: pages.slice(theme === 'light' ? 0 : 1).slice(0, 1), all: pages });

  test.each(seen)('%s has no barrier that axe finds, with all tables open', async (_, url) => {
    const { page } = await open(url, theme, 1280);
    await page.evaluate(`document.querySelectorAll('details').forEach((d) => { d.open = true; })`);
    const { violations, passes } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
    expect(found).toEqual([]);
    expect(passes.map((rule) => rule.id)).toContain('color-contrast');
    await page.close();
  });

  test.each(WIDTHS_PX)(
    'at %d pixels scrolls sideways inside its tables only and shows every figure',
    async (width) => {
      const { page } = await open(reportUrl, theme, width);
      await page.evaluate(
        `document.querySelectorAll('details').forEach((d) => { d.open = true; })`,
      );
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
        width,
      );
      const figures = await page.locator('figure').all();
      expect(figures).toHaveLength(10);
      for (const figure of figures) {
        const drawings = await figure.locator('svg.marks:visible').all();
        expect(drawings).toHaveLength(1);
        const box = await drawings[0]!.boundingBox();
        expect(box?.width).toBeGreaterThan(width * 0.2);
        expect(box?.width).toBeLessThanOrEqual(width);
        expect(box?.height).toBeGreaterThan(80);
      }
      await page.close();
    },
  );

  test('draws its figures in the colours of the theme', async () => {
    const { page } = await open(reportUrl, theme, 1280);
    const ink = await page.evaluate(
      `getComputedStyle(document.querySelector('.wide svg text')).fill`,
    );
    expect(ink).toBe(theme === 'light' ? 'rgb(91, 97, 107)' : 'rgb(163, 170, 181)');
    await page.close();
  });
});

describe('these checks', () => {
  test('would notice a script, a foreign image and text that is hard to read', async () => {
    const html = readFileSync(join(folder, 'unsafe.html'), 'utf8').replace(
      '</main>',
      '<script>1</script><img src="https://example.invalid/x.png"><p style="color:#eee">hard to read</p></main>',
    );
    const url = pathToFileURL(join(folder, 'spoilt.html')).href;
    writeFileSync(join(folder, 'spoilt.html'), html);
    const { page, complaints } = await open(url, 'light', 1280);
    expect(complaints.join('\n')).toMatch(/script-src|inline script/);
    expect(complaints.join('\n')).toContain('https://example.invalid/x.png');
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((rule) => rule.id)).toEqual(
      expect.arrayContaining(['color-contrast', 'image-alt']),
    );
    await page.close();
  });
});

describe('a chart in a report', () => {
  test('has no letter outside its drawing', async () => {
    const { page } = await open(reportUrl, 'light', 1280);
    const outside = await page.evaluate(`
        [...document.querySelectorAll('.wide svg')].flatMap((svg) => {
          const frame = svg.getBoundingClientRect();
          return [...svg.querySelectorAll('text')].filter((text) => {
            const box = text.getBoundingClientRect();
            return box.left < frame.left - 1 || box.right > frame.right + 1;
          }).map((text) => text.textContent);
        })`);
    expect(outside).toEqual([]);
    await page.close();
  });

  test('is saved with its data without a network and without a request', async () => {
    const { page, requests } = await open(reportUrl, 'light', 1280);
    await browser.context.setOffline(true);
    const before = requests.length;
    const saved: string[] = [];
    for (const kind of ['svg', 'csv']) {
      const download = page.waitForEvent('download');
      await page.click(`#figure-series a[download$=".${kind}"]`);
      saved.push(readFileSync(await (await download).path(), 'utf8'));
    }
    await browser.context.setOffline(false);
    expect(saved[0]).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect(saved[1]).toMatch(/^after,savingNs,lowNs,highNs,verdict\n0,0,0,0,same\n/);
    expect(requests.slice(before).filter((url) => !url.startsWith('data:'))).toEqual([]);
    await page.close();
  });

  test('is on the printed page as well', async () => {
    const { page } = await open(reportUrl, 'dark', 1280);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.locator('figure svg.marks:visible').count()).toBe(10);
    const ink = await page.evaluate('getComputedStyle(document.body).color');
    expect(ink).toBe('rgb(28, 31, 36)');
    const scheme = await page.evaluate('getComputedStyle(document.documentElement).colorScheme');
    expect(scheme).toBe('light');
    await page.close();
  });
});
