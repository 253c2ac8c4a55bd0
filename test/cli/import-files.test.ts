import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { freeScenarioPath, scenarioId } from '../../src/cli/host-files/import-files.ts';
import { temporaryFolder } from './command-line.ts';

const folder = temporaryFolder();
const project = process.cwd();
afterAll(() => {
  process.chdir(project);
  folder.remove();
});

describe('the name of an imported scenario, and the id of an answer', () => {
  test.each([
    ['logs/trace-a.l2flat-cpuid.trace.gz', 'trace-a.l2flat-cpuid'],
    ['exits.txt', 'exits'],
    ['my host (old).log.xz', 'my-host-old-'],
    ['../../.hidden.csv', 'hidden'],
    ['-', 'imported'],
    [`${'a'.repeat(60)}.log`, 'a'.repeat(48)],
  ])('comes from the file %s', (file, id) => {
    expect(scenarioId(file)).toBe(id);
  });
});

test('the default output of import is the first free name under reports', () => {
  process.chdir(folder.path);
  expect(freeScenarioPath('mine')).toBe('reports/mine.yaml');
  mkdirSync('reports');
  for (const taken of ['mine', 'mine-2']) writeFileSync(`reports/${taken}.yaml`, '');
  expect(freeScenarioPath('mine')).toBe('reports/mine-3.yaml');
});
