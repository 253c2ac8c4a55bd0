import { describe, expect, test, vi } from 'vitest';
import { freeScenarioPath, scenarioId } from '../../src/cli/host-files/import-files.ts';

const taken = new Set<string>();
vi.mock('node:fs', async (original) => ({
  ...(await original<typeof import('node:fs')>()),
  existsSync: (path: string) => taken.has(path),
}));

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
  expect(freeScenarioPath('mine')).toBe('reports/mine.yaml');
  taken.add('reports/mine.yaml').add('reports/mine-2.yaml');
  expect(freeScenarioPath('mine')).toBe('reports/mine-3.yaml');
});
