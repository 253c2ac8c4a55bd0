import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { renderMarkdown } from '../../src/report/run/markdown.ts';
import { CELL_MIGRATIONS, MANIFEST_MIGRATIONS, migrated } from '../../src/run/migrate.ts';
import { parseManifest, parseResults } from '../../src/run/parse-run.ts';
import { summarize } from '../../src/run/summarize.ts';
import { RESULTS_SCHEMA_VERSION } from '../../src/suite/version.ts';

/** Runs as older versions wrote them, by schema version; they never change. */
const read = (version: number, name: string) =>
  readFileSync(`test/fixtures/run-schema-${version}/${name}`, 'utf8');
const VERSIONS = Array.from({ length: RESULTS_SCHEMA_VERSION }, (_, index) => index + 1);

describe.each(VERSIONS)('a run of schema version %i', (version) => {
  test('is read, and gives the saving that it gave when it was written', () => {
    const manifest = parseManifest(read(version, 'manifest.json'), 'm');
    const cells = parseResults(read(version, 'results.jsonl'), 'r');
    expect(cells).toHaveLength(6);
    const [scenario] = summarize(manifest, cells).scenarios;
    const [comparison] = scenario?.comparisons ?? [];
    expect(comparison?.seeds).toBe(3);
    const before = cells.filter((cell) => cell.strategy === 'kvm-6.14');
    const mean = before.reduce((sum, cell) => sum + cell.meanNs, 0) / before.length;
    expect(comparison?.before.point).toBeCloseTo(mean, 9);
    expect(renderMarkdown(summarize(manifest, cells))).toContain('cpuid-npt-npt');
  });

  test('has a migration unless it is the current one', () => {
    const isCurrent = version === RESULTS_SCHEMA_VERSION;
    expect(version in CELL_MIGRATIONS).toBe(!isCurrent);
    expect(version in MANIFEST_MIGRATIONS).toBe(!isCurrent);
  });
});

describe('migration', () => {
  const steps = {
    1: ({ old, ...rest }: Readonly<Record<string, unknown>>) => ({ ...rest, renamed: old }),
    2: (fields: Readonly<Record<string, unknown>>) => ({ ...fields, added: 0 }),
  };

  test('goes step by step to the current version', () => {
    expect(migrated({ schemaVersion: 1, old: 5 }, 3, steps, 'x')).toEqual({
      schemaVersion: 3,
      renamed: 5,
      added: 0,
    });
  });

  test('leaves the current version and what has none as they are', () => {
    const current = { schemaVersion: 3, added: 1 };
    expect(migrated(current, 3, steps, 'x')).toBe(current);
    for (const data of [null, 7, [1], { schemaVersion: '1' }]) {
      expect(migrated(data, 3, steps, 'x')).toBe(data);
    }
  });

  test.each([0, 4, 1.5, -1])('refuses version %d, that none starts from', (schemaVersion) => {
    expect(() => migrated({ schemaVersion }, 3, steps, 'x')).toThrow(
      `x: its schema version is ${schemaVersion} and this program reads 3 and what came before it`,
    );
  });
});
