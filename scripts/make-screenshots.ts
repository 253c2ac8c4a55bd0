/**
 * Writes docs/screenshots/{wide,narrow}-{light,dark}.png, the first two screens of the committed
 * example's page: `npm run make -- screenshots`. It takes the browser that the tests take, so letters look as its
 * fonts do.
 */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchBrowser } from '../test/browser/launch.ts';

const PAGE = 'reports/example/report.html';
const FOLDER = 'docs/screenshots';
const SIZES = [
  { name: 'wide', width: 1280, height: 1600 },
  { name: 'narrow', width: 390, height: 1688 },
] as const;

mkdirSync(FOLDER, { recursive: true });
const browser = await launchBrowser();
const page = await browser.context.newPage();
for (const { name, width, height } of SIZES) {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto(pathToFileURL(resolve(PAGE)).href);
    const path = `${FOLDER}/${name}-${colorScheme}.png`;
    await page.screenshot({ path });
    process.stdout.write(`${path}\n`);
  }
}
await browser.close();
