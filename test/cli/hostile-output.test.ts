import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { program, temporaryFolder } from './command-line.ts';
import { tinySuite } from './tiny-suite.ts';

/** A folder of a run whose every name wants to steer a terminal, a spreadsheet or a reader's eyes. */
const folder = temporaryFolder();
afterAll(folder.remove);

const HOSTILE = '=HYPERLINK("x")\u001b[2J\u0007\u009b1m\u202eevil\u2066\u200f\ufeff\u007f\u2028\r';
const UNSAFE =
  /[^\P{Cc}\n\t]|[\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/u;

const RUN = join(folder.path, 'run');
mkdirSync(RUN);
const NAMES = ['cpuid-npt-npt', 'zen3-milan', 'rfc-2025-03', 'kvm-6.14'];
for (const name of ['manifest.json', 'results.jsonl']) {
  let text = readFileSync(`reports/example/${name}`, 'utf8');
  // Expectations name strategies that must exist.
  if (name === 'manifest.json') text = withoutExpectations(text);
  for (const own of NAMES) {
    text = text.replaceAll(`"${own}"`, JSON.stringify(`${HOSTILE}${own}`));
  }
  text = text.replace(
    /("(?:question|command|source|summary|expected|note)": )"/g,
    `$1${quoted(HOSTILE)}`,
  );
  writeFileSync(join(RUN, name), text);
}

function withoutExpectations(text: string): string {
  const manifest = JSON.parse(text) as { scenarios: object[] };
  const scenarios = manifest.scenarios.map((each) => ({ ...each, expect: [] }));
  return JSON.stringify({ ...manifest, scenarios }, null, 2);
}

/** The text as the beginning of a JSON string. */
function quoted(text: string): string {
  return JSON.stringify(text).slice(0, -1).replaceAll('$', '$$$$');
}

function expectHarmless(text: string, what: string): void {
  expect(UNSAFE.exec(text)?.[0].codePointAt(0)?.toString(16), what).toBeUndefined();
}

describe('nothing of a hostile folder reaches a terminal or a file as it is', () => {
  test.each([
    ['report', RUN, '--format', 'mail'],
    ['report', RUN, '--format', 'md'],
    ['report', RUN, '--format', 'html'],
    ['report', RUN, '--format', 'csv'],
    ['report', RUN, '--format', 'json'],
    ['compare', RUN, RUN],
    ['compare', RUN, RUN, '--json'],
    ['run', tinySuite(folder.path), '--strategy', HOSTILE],
    ['run', '--merge', RUN, '--out', join(folder.path, HOSTILE)],
    ['list', HOSTILE],
    ['explain', HOSTILE],
    ['import', join(folder.path, HOSTILE)],
    ['answer', `#${HOSTILE}`],
  ])('%s %s %s %s', async (...words) => {
    const { stdout, stderr, code } = await program(...words);
    expectHarmless(stdout, 'stdout');
    expectHarmless(stderr, 'stderr');
    // It was read, or refused for what it is; never a bug of ours.
    expect(code).not.toBe(70);
    if (words[0] === 'report') expect([code, stdout]).toEqual([0, expect.stringContaining('evil')]);
  });

  test('the files of a report are harmless, too', async () => {
    for (const format of ['mail', 'md', 'html', 'csv', 'json']) {
      const out = join(folder.path, `out.${format}`);
      expect((await program('report', RUN, '--format', format, '--out', out)).code).toBe(0);
      expectHarmless(readFileSync(out, 'utf8'), format);
    }
  });

  test('no cell of the CSV begins like a formula', async () => {
    const { stdout } = await program('report', RUN, '--format', 'csv');
    expect(stdout).toContain(`"'=HYPERLINK(""x"")`);
    expect(stdout).not.toMatch(/(?:^|,)"?[=+@]/m);
  });
});
