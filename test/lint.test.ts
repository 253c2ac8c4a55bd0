import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** Lines that no model code may contain, each alone on its line. */
const FORBIDDEN = [
  'export const random = Math.random();',
  'export const power = Math.pow(2, 3);',
  'export const square = random ** 2;',
  'export let cube = 3; cube **= 3;',
  'export const now = Date.now();',
  'export const date = new Date();',
  'export const sameDate = new Date(5);',
  'export const bareDate = new Date;',
  'export const dateText = Date();',
  'export const hostTime = performance.now();',
  'export const ticks = process.hrtime.bigint();',
];
/** Lines that look similar and are allowed. */
const ALLOWED = [
  'export const root = Math.sqrt(2) * 3 * 4;',
  'export let product = 2; product *= 2;',
  'export const text = String(2 * 2 === 4);',
];
const BITWISE = 'export const mask = cube | 1;';
const MODEL_FOLDERS = [
  'calibrate',
  'charts',
  'checker',
  'cost',
  'distributed',
  'executed',
  'hardware',
  'hypervisor',
  'inputs',
  'oracle',
  'parallel',
  'replay',
  'report',
  'run',
  'statistics',
  'suite',
  'units',
  'util',
  'validation',
  'workloads',
];

interface Diagnostic {
  readonly category: string;
  readonly location: { readonly path: string; readonly start: { readonly line: number } };
}

let folder = '';
let diagnostics: readonly Diagnostic[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'asidbench-lint-'));
  cpSync('biome.json', join(folder, 'biome.json'));
  cpSync('scripts/lint', join(folder, 'scripts/lint'), { recursive: true });
  for (const name of [...MODEL_FOLDERS, 'cli', 'probe']) write(`src/${name}/sample.ts`);
  write('src/hypervisor/requests.ts');
  const biome = join(process.cwd(), 'node_modules/@biomejs/biome/bin/biome');
  const run = spawnSync(
    process.execPath,
    [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.'],
    { cwd: folder, encoding: 'utf8' },
  );
  diagnostics = (JSON.parse(run.stdout) as { diagnostics: Diagnostic[] }).diagnostics;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  const lines = [...FORBIDDEN, ...ALLOWED, BITWISE];
  writeFileSync(join(folder, path), `${lines.join('\n')}\n`);
}

/** Line numbers of one file that a rule reports. */
function reported(path: string, category: string): number[] {
  const lines = diagnostics
    .filter((found) => found.category === category && found.location.path === path)
    .map((found) => found.location.start.line);
  return [...new Set(lines)].sort((a, b) => a - b);
}

const forbiddenLines = FORBIDDEN.map((_, index) => index + 1);
const bitwiseLine = FORBIDDEN.length + ALLOWED.length + 1;
const bitwiseRule = 'lint/suspicious/noBitwiseOperators';

describe('the linter', () => {
  test.each(MODEL_FOLDERS)('reports each source of non-determinism in src/%s', (name) => {
    expect(reported(`src/${name}/sample.ts`, 'plugin')).toEqual(forbiddenLines);
  });

  test.each(MODEL_FOLDERS)('reports bitwise operators in src/%s', (name) => {
    expect(reported(`src/${name}/sample.ts`, bitwiseRule)).toEqual([bitwiseLine]);
  });

  test('leaves host time to the command line and to the probe of the host', () => {
    expect(reported('src/cli/sample.ts', 'plugin')).toEqual([]);
    expect(reported('src/probe/sample.ts', 'plugin')).toEqual([]);
    expect(reported('src/probe/sample.ts', bitwiseRule)).toEqual([bitwiseLine]);
  });

  test('allows bitwise operators in hypervisor/requests.ts but nothing else there', () => {
    expect(reported('src/hypervisor/requests.ts', bitwiseRule)).toEqual([]);
    expect(reported('src/hypervisor/requests.ts', 'plugin')).toEqual(forbiddenLines);
  });
});
