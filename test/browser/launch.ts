import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const SYSTEM_BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Flags of the packaged browser that a test must not use: one process dies with its first
 * closed page, and without web security a forbidden request would not be refused.
 */
const UNWANTED_FLAGS = ['--single-process', '--disable-web-security', '--no-zygote'];

interface BrowserChoice {
  readonly kind: 'system' | 'packaged';
  readonly executablePath: string;
  readonly args: readonly string[];
}

export interface TestBrowser {
  readonly kind: BrowserChoice['kind'];
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/**
 * A real Chromium with a fresh profile: the system's if there is one, else the one that comes
 * as a development dependency with its own libraries and fonts.
 * `ASIDBENCH_TEST_BROWSER=packaged` takes the second although the first exists.
 */
export async function launchBrowser(): Promise<TestBrowser> {
  const choice = await chooseBrowser();
  const profile = mkdtempSync(join(tmpdir(), 'asidbench-profile-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: choice.executablePath,
    args: [...choice.args],
    headless: true,
  });
  return {
    kind: choice.kind,
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

async function chooseBrowser(): Promise<BrowserChoice> {
  const system = SYSTEM_BROWSERS.find((path) => existsSync(path));
  if (system !== undefined && process.env.ASIDBENCH_TEST_BROWSER !== 'packaged') {
    return { kind: 'system', executablePath: system, args: FLAGS };
  }
  // The package unpacks its shared libraries only where it believes to run on AWS Lambda.
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs20.x';
  const packaged = (await import('@sparticuz/chromium')).default;
  const executablePath = await packaged.executablePath();
  const args = packaged.args.filter((flag) => !UNWANTED_FLAGS.includes(flag));
  return { kind: 'packaged', executablePath, args: [...args, ...FLAGS] };
}

export interface OpenOptions {
  readonly theme?: 'light' | 'dark';
  /** CSS pixels. */
  readonly width?: number;
  /** JavaScript that runs before the page's own. */
  readonly before?: string;
}

export interface OpenedPage {
  readonly page: Page;
  readonly requests: readonly string[];
  /** Messages of the console and uncaught errors. */
  readonly complaints: readonly string[];
}

/** A new tab with an address, and what it asks for and complains of from the start. */
export async function openPage(
  { context }: TestBrowser,
  address: string,
  { theme = 'light', width = 1280, before }: OpenOptions = {},
): Promise<OpenedPage> {
  const page = await context.newPage();
  if (before !== undefined) await page.addInitScript({ content: before });
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.setViewportSize({ width, height: 800 });
  await page.emulateMedia({ colorScheme: theme });
  await page.goto(address);
  return { page, requests, complaints };
}
