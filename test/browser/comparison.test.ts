import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareRuns } from '../../src/compare/compare-runs.ts';
import { renderComparisonHtml } from '../../src/report/comparison/page.ts';
import { makeSide } from '../compare/make-side.ts';
import { cells } from '../export/cells.ts';
import { launchBrowser, openPage, type TestBrowser } from './launch.ts';

const folder = mkdtempSync(join(tmpdir(), 'asidbench-comparison-'));
const file = join(folder, 'comparison.html');
let browser: TestBrowser;

beforeAll(async () => {
  const sides = [
    makeSide('reports/example', cells, ['kvm-6.14']),
    makeSide('reports/example', cells, ['rfc-2025-03']),
  ] as const;
  writeFileSync(file, await renderComparisonHtml(compareRuns(...sides, 0.01), null, []));
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

describe('the page of a comparison', () => {
  test.each([
    ['light', 1200],
    ['dark', 360],
  ] as const)(
    'is accessible, asks for nothing and fits in %s at %i pixels',
    async (theme, width) => {
      const { page, requests, complaints } = await openPage(browser, pathToFileURL(file).href, {
        theme,
        width,
      });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map((each) => each.id)).toEqual([]);
      const scrollWidth = await page.evaluate('document.documentElement.scrollWidth');
      expect(scrollWidth).toBeLessThanOrEqual(width);
      expect(requests).toHaveLength(1);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});
