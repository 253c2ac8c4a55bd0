import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandLine, runName } from '../../src/cli/commands/run/run-suites.ts';
import { chooseSuites } from '../../src/cli/select/suites.ts';
import { temporaryFolder } from './command-line.ts';

const none = { machine: [], strategy: [], set: [] };
const own = 'suites/headline/cpuid-npt-npt.yaml';
const suites = chooseSuites(['cpuid-npt-npt']);

describe('the command that repeats a run', () => {
  test('has what decides the results and nothing else', () => {
    const flags = {
      ...none,
      machine: ['skx', 'icx'],
      set: ['invlpga=as-invlpg'],
      seeds: 3,
      json: true,
      out: 'elsewhere',
    };
    expect(commandLine(['headline'], flags)).toBe(
      'npm run -s bench -- run headline --machine skx --machine icx ' +
        '--set invlpga=as-invlpg --seeds 3',
    );
  });

  test('can be pasted into a shell when a path has spaces or quotes', () => {
    expect(commandLine(["my suite's.yaml"], none)).toBe(
      "npm run -s bench -- run 'my suite'\\''s.yaml'",
    );
  });
});

describe('the name of a run', () => {
  test('is what was asked for first, on the first machine', () => {
    expect(runName(['headline'], { suites, machines: null })).toBe('headline-zen3-milan');
    expect(runName(['cpuid-npt-npt', 'x'], { suites, machines: ['skx', 'icx'] })).toBe(
      'cpuid-npt-npt-skx',
    );
  });

  test('is the id of a suite that was given as a file', () => {
    expect(runName(['../a/b.yaml'], { suites, machines: null })).toBe('cpuid-npt-npt-zen3-milan');
  });
});

describe('suites', () => {
  test('are run once, however often they are named', () => {
    const ids = chooseSuites(['cpuid-npt-npt', 'headline']).map((suite) => suite.id);
    expect(ids[0]).toBe('cpuid-npt-npt');
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('with the same bytes are the same suite', () => {
    expect(chooseSuites(['cpuid-npt-npt', `./${own}`])).toHaveLength(1);
  });

  test('of the same id with other bytes are refused together', () => {
    const folder = temporaryFolder();
    const other = join(folder.path, 'other.yaml');
    writeFileSync(other, `# mine\n${readFileSync(own, 'utf8')}`);
    expect(() => chooseSuites(['cpuid-npt-npt', other])).toThrow('has the id "cpuid-npt-npt"');
    folder.remove();
  });
});
