import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { livePage } from '../../src/cli/running/live-page.ts';
import { DEFAULT_STATE, fragmentOfState, stateOfFragment } from '../../src/live/live-state.ts';
import { liveResultHtml } from '../../src/report/live/result.ts';
import { renderHtml } from '../../src/report/run/page.ts';
import { summarize } from '../../src/run/summarize.ts';
import { program } from '../cli/command-line.ts';
import { cells, manifest } from '../export/cells.ts';
import { launchBrowser, type OpenOptions, openPage, type TestBrowser } from './launch.ts';

const folder = mkdtempSync(join(tmpdir(), 'asidbench-live-'));
const url = pathToFileURL(join(folder, 'report.html')).href;
const summary = summarize(manifest, cells);
const live = livePage(summary);
let browser: TestBrowser;

/** Makes `window.wholeAnswer` a promise of the first answer of a worker with all seeds. */
const HEARS_ITS_THREAD = `
  window.wholeAnswer = new Promise((resolve) => {
    window.Worker = class extends Worker {
      constructor(url) {
        super(url);
        this.addEventListener('message', ({ data }) => data.result.isLast && resolve());
      }
    };
  });`;

const open = (address: string, options?: OpenOptions) => openPage(browser, address, options);

/** Presses a key on a control, waits for the whole answer, and returns the fragment of the address. */
async function press(page: Page, control: string, key: string): Promise<string> {
  await page.evaluate(`delete document.getElementById('try-result').dataset.fragment`);
  await page.focus(`#try-${control}`);
  await page.keyboard.press(key);
  return answered(page);
}

async function answered(page: Page): Promise<string> {
  await page.waitForSelector('#try-result[data-fragment]');
  return new URL(page.url()).hash;
}

/** All that the page shows of an answer, as text. */
async function shown(page: Page): Promise<string> {
  return ((await page.textContent('#try-result')) ?? '').trim();
}

/** The text that the page would have with the numbers of the command line. */
async function expected(page: Page, fragment: string): Promise<string> {
  const { stdout } = await program('answer', fragment, '--json');
  const html = liveResultHtml(JSON.parse(stdout), live.strategies, live.safety);
  const text = await page.evaluate(
    `(() => { const d = document.createElement('div'); d.innerHTML = ${JSON.stringify(html)}; return d.textContent; })()`,
  );
  return String(text).trim();
}

beforeAll(async () => {
  writeFileSync(join(folder, 'report.html'), await renderHtml(summary, {}, live));
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a page that is alive', () => {
  test('shows after a key on a slider what the command line says of the address, and its link shows it again', async () => {
    const { page, requests, complaints } = await open(url);
    const before = await shown(page);
    const dearer = await press(page, 'flush', 'ArrowRight');
    expect(stateOfFragment(dearer)).toEqual({ ...DEFAULT_STATE, flush: 1.5 });
    expect(await shown(page)).not.toBe(before);
    expect(await shown(page)).toBe(await expected(page, dearer));
    const smaller = await press(page, 'tlb', 'ArrowLeft');
    expect(stateOfFragment(smaller)).toMatchObject({ flush: 1.5, tlb: 0.5 });
    const text = await shown(page);
    expect(text).toBe(await expected(page, smaller));
    expect(await page.textContent('#try-command')).toContain(`answer '${smaller}'`);

    const second = await open(url + smaller);
    expect(await answered(second.page)).toBe(smaller);
    expect(await shown(second.page)).toBe(text);
    for (const each of [requests, second.requests]) {
      expect(each.filter((one) => !/^(?:data:|blob:null\/)/.test(one))).toHaveLength(1);
    }
    expect([...complaints, ...second.complaints]).toEqual([]);
    await second.page.close();
    await page.close();
  });

  test('runs the program of a reader’s choice, and forgets it at the press of a button', async () => {
    const { page, complaints } = await open(url);
    await page.selectOption('#try-scenario', 'rate-sweep');
    await answered(page);
    await press(page, 'rate', 'End');
    const fragment = await press(page, 'pages', 'PageUp');
    expect(stateOfFragment(fragment)).toMatchObject({ scenario: 'rate-sweep', rate: 300_000 });
    expect(await shown(page)).toBe(await expected(page, fragment));
    expect(await page.isDisabled('#try-switches')).toBe(true);
    await press(page, 'l2s', 'ArrowRight');
    expect(await page.isDisabled('#try-switches')).toBe(false);
    const start = await press(page, 'reset', 'Enter');
    expect(start).toBe(`#${fragmentOfState(live.state)}`);
    expect(await page.isDisabled('#try-rate')).toBe(true);
    expect(await page.textContent('#try-rate-why')).toMatch(/^Not here: /);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('says in one sentence what is wrong with a link, and shows its own answer', async () => {
    const { page, complaints } = await open(`${url}#try?rate=-1&scenario=<img src=x>`);
    expect(await answered(page)).toBe(`#${fragmentOfState(live.state)}`);
    expect(await page.textContent('#try-trouble')).toMatch(
      /^This link can’t be followed, so here is the page’s own answer\. scenario: there is no "<img /,
    );
    expect(await page.locator('#try img').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test.each([
    ['at once', 'throw new Error("no")'],
    ['by an event', 'setTimeout(() => this.dispatchEvent(new Event("error")))'],
  ])('says so each time where a browser refuses its thread %s', async (_, refusal) => {
    const { page } = await open(url, {
      before: `window.Worker = class extends EventTarget {
        constructor() { super(); ${refusal}; }
        postMessage() {}
      };`,
    });
    const before = await shown(page);
    for (const key of ['ArrowRight', 'ArrowRight']) {
      await page.focus('#try-flush');
      await page.keyboard.press(key);
      await page.waitForSelector('#try-trouble:not(:empty)');
      expect(await page.textContent('#try-trouble')).toMatch(/does not run the model here/);
      expect(await page.textContent('#try-status')).toBe('');
    }
    expect(await page.textContent('#try-command')).toContain('flush=2');
    expect(await shown(page)).toBe(before);
    await page.close();
  });

  test('starts no thread before it is seen, and changes nothing before somebody asks', async () => {
    const { page } = await open(url, { before: HEARS_ITS_THREAD });
    await page.waitForLoadState('networkidle');
    expect(page.workers()).toEqual([]);
    const before = await shown(page);
    await page.locator('#try-controls').scrollIntoViewIfNeeded();
    await page.evaluate('window.wholeAnswer');
    expect(await shown(page)).toBe(before);
    expect(await page.textContent('#try-status')).toBe('');
    expect(new URL(page.url()).hash).toBe('');
    await page.close();
  });

  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
    ['dark', 360],
  ] as const)('has no barrier and fits, in %s at %i pixels', async (theme, width) => {
    const { page } = await open(`${url}#try?scenario=rate-sweep&l2s=2`, { theme, width });
    await answered(page);
    const { violations } = await new AxeBuilder({ page }).include('#try').analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await page.close();
  });

  test('has a label, a value with its unit and its keys for each slider', async () => {
    const { page } = await open(`${url}#try?scenario=rate-sweep&l2s=2`);
    await answered(page);
    const sliders = await page.locator('#try-controls').ariaSnapshot();
    for (const name of [
      'Exits of L2',
      'Working set of L2',
      'L2s on the vCPU of L1',
      'Switches of L2',
      'Second-level TLBs',
      'Cost of a page walk',
      'Cost of a flush',
    ]) {
      expect(sliders).toContain(`slider "${name}"`);
    }
    expect(await page.getAttribute('#try-pages', 'aria-valuetext')).toBe('120 pages, 480 KiB');
    expect(await page.textContent('#try-flush-value')).toBe('350 cycles');
    await page.close();
  });

  test('shows its answer to those who run no scripts', async () => {
    const context = browser.context.browser();
    const quiet = await context!.newContext({ javaScriptEnabled: false });
    const page = await quiet.newPage();
    await page.goto(url);
    expect(await page.locator('#try-controls').isVisible()).toBe(false);
    expect(await page.locator('#try noscript').isVisible()).toBe(true);
    expect(await page.locator('#try-result dl').isVisible()).toBe(true);
    expect(await shown(page)).toContain(live.answer.after.strategy);
    await quiet.close();
  });

  test('runs no other script than its own', async () => {
    const html = readFileSync(join(folder, 'report.html'), 'utf8');
    expect(html).toMatch(
      /content="default-src 'none'; script-src 'sha256-[\w+/]{43}='; worker-src blob:; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"/,
    );
    const spoilt = join(folder, 'spoilt.html');
    writeFileSync(
      spoilt,
      html.replace('</main>', '<script>document.title = "mine"</script></main>'),
    );
    const { page, complaints } = await open(pathToFileURL(spoilt).href);
    expect(await page.title()).not.toBe('mine');
    expect(complaints.join('\n')).toMatch(/script-src/);
    await page.close();
  });
});

describe('the committed example', () => {
  test('is alive, and says what the command line says now', async () => {
    const example = pathToFileURL(resolve('reports/example/report.html')).href;
    const { page, complaints } = await open(example);
    const fragment = await press(page, 'walk', 'ArrowRight');
    expect(await shown(page)).toBe(await expected(page, fragment));
    expect(complaints).toEqual([]);
    await page.close();
  });
});
