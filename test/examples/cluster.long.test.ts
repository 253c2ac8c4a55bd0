import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { commandLine, temporaryFolder } from '../cli/command-line.ts';
import { tinySuite } from '../cli/tiny-suite.ts';

const folder = temporaryFolder();
afterAll(folder.remove);
const words = [tinySuite(folder.path), '--seeds', '2'];
const whole = join(folder.path, 'whole');
commandLine(...words, '--out', whole);

const DEMANDED = process.env.ASIDBENCH_REQUIRE_PARALLEL === '1';
const HAS_PARALLEL = spawnSync('parallel', ['--version']).status === 0;
if (!HAS_PARALLEL) console.info('No GNU parallel on the PATH: its example is left out.');

function script(name: string, args: readonly string[], environment: Record<string, string>) {
  const path = join(process.cwd(), 'examples/cluster', name);
  const env = { ...process.env, ...environment };
  return spawnSync('bash', [path, ...args], { cwd: folder.path, env, encoding: 'utf8' });
}

function expectWhole(path: string): void {
  expect(readdirSync(path).sort()).toEqual(readdirSync(whole).sort());
  for (const name of readdirSync(whole)) {
    expect(readFileSync(join(path, name)).equals(readFileSync(join(whole, name))), name).toBe(true);
  }
}

describe('the examples for clusters', () => {
  test('of Slurm makes shards that merge to the whole, however often a task is started', () => {
    // Slurm starts a job in the folder of the checkout, and only sets these variables.
    symlinkSync(join(process.cwd(), 'dist'), join(folder.path, 'dist'));
    mkdirSync(join(folder.path, 'shards'));
    for (const task of ['1', '2', '3', '2']) {
      const variables = { SLURM_ARRAY_TASK_COUNT: '3', SLURM_ARRAY_TASK_ID: task };
      const ended = script('slurm-shards.sh', words, variables);
      expect([ended.status, ended.stderr]).toEqual([0, '']);
    }
    const shards = ['1', '2', '3'].map((task) => join(folder.path, 'shards', task));
    const merged = join(folder.path, 'from-slurm');
    expect(commandLine('run', '--merge', ...shards, '--out', merged).code).toBe(0);
    expectWhole(merged);
  });

  test('of GNU parallel makes the whole', () => {
    expect(HAS_PARALLEL || !DEMANDED).toBe(true);
    if (!HAS_PARALLEL) return;
    const ended = script('parallel-shards.sh', ['3', 'shards-of-parallel', ...words], {});
    expect([ended.status, ended.stderr]).toEqual([0, '']);
    expectWhole(join(folder.path, 'shards-of-parallel', 'whole'));
  });

  test('of a compose file is one, and keeps what is in the queue', () => {
    const text = readFileSync('examples/cluster/compose.yaml', 'utf8');
    const { services } = parse(text) as { services: Record<string, { command?: string }> };
    expect(Object.keys(services)).toEqual(['redis', 'worker']);
    expect(services.redis?.command).toBe(
      'redis-server --appendonly yes --maxmemory-policy noeviction',
    );
  });
});
