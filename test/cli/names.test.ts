import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { explain, topics } from '../../src/cli/commands/explain.ts';
import { commandLine } from './command-line.ts';

interface Listed {
  readonly suites: readonly { id: string; group: string; question: string }[];
  readonly strategies: readonly { id: string }[];
  readonly machines: readonly { id: string }[];
}

const listed = JSON.parse(commandLine('list', '--json').stdout) as Listed;

describe('list', () => {
  test('prints one JSON object with suites, strategies and machines', () => {
    expect(Object.keys(listed)).toEqual(['suites', 'strategies', 'machines']);
    expect(listed.suites.map((suite) => suite.id)).toContain('cpuid-npt-npt');
    expect(listed.strategies.map((strategy) => strategy.id)).toContain('rfc-2025-03');
    expect(listed.machines.map((machine) => machine.id)).toContain('zen3-milan');
  });

  test('prints every name as text, in at most 80 columns', () => {
    const { code, stdout, stderr } = commandLine('list');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const { id } of [...listed.suites, ...listed.strategies, ...listed.machines]) {
      expect(stdout).toContain(id);
    }
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

describe('explain', () => {
  test('says without words what can be explained', () => {
    const { code, stdout } = commandLine('explain');
    expect(code).toBe(0);
    for (const name of ['zen3-milan', 'rfc-2025-03', 'invlpga', 'refillTlb', 'cpuid-npt-npt']) {
      expect(stdout).toContain(name);
    }
  });

  test.each([
    ['machine', 'zen3-milan', 'zen3-milan'],
    ['strategy', 'rfc-2025-03', '* invlpga: on-l2-asid'],
    ['behaviour', 'invlpga', 'In rfc-2025-03'],
    ['cause', 'refillTlb', 'Refill after flush: TLB entries'],
    ['scenario', 'cpuid-npt-npt', 'plug-c.cpuid'],
  ])('finds a %s by its name alone as with its topic', (topic, name, text) => {
    const alone = commandLine('explain', name);
    expect(alone.code).toBe(0);
    expect(alone.stdout).toContain(text);
    expect(commandLine('explain', topic, name).stdout).toBe(alone.stdout);
  });

  test('explains every name of every topic in at most 80 columns', async () => {
    const all = await topics();
    for (const name of all.flatMap((topic) => topic.names)) {
      const lines = explain([name], all).split('\n');
      expect(lines.length, name).toBeGreaterThan(2);
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
    }
  });

  test('lists the names of a topic', async () => {
    expect(explain(['cause'], await topics())).toContain('refillTlb, refillWalkCache');
  });
});

describe('--help', () => {
  test.each([
    ['', 'Exit codes:'],
    ['run', '--set <behaviour=value>'],
    ['list', '--json'],
    ['explain', 'behaviour KEY'],
    ['replay', '<file...>'],
    ['report', '--format <name>'],
    ['query', 'savingRatio'],
    ['compare', '--fail-if-slower <percent>'],
  ])('of "%s" is printed with examples and exit code 0', (command, text) => {
    const { code, stdout, stderr } = commandLine(...command.split(' ').filter(Boolean), '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(text);
    expect(stdout).toContain('Examples:');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('documents each exit code', () => {
    const { stdout } = commandLine('--help');
    for (const code of [0, 1, 2, 3, 4, 5, 70, 130]) {
      expect(stdout).toMatch(new RegExp(`^ {2}${code} +\\S`, 'm'));
    }
  });

  test('has a version beside it', () => {
    expect(commandLine('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

/** Packages that a module loads by itself, through its static imports and theirs. */
function loadedPackages(entry: string): readonly string[] {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const text = readFileSync(path, 'utf8');
    for (const match of text.matchAll(/^(?:import|export)\b(?! type\b)[^;]*?from '([^']+)';/gm)) {
      const specifier = match[1] ?? '';
      if (specifier.startsWith('.')) visit(join(dirname(path), specifier));
      else if (!specifier.startsWith('node:')) packages.add(specifier);
    }
  };
  visit(entry);
  return [...packages].sort();
}

describe('starting', () => {
  test('loads nothing that only some commands need', () => {
    expect(loadedPackages('src/cli/main.ts')).toEqual(['commander']);
    expect(loadedPackages('src/experiment/parse-run.ts')).toContain('zod');
  });
});
