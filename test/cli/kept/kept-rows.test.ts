import { afterAll, expect, test } from 'vitest';
import { keptRows } from '../../../src/cli/kept/kept-rows.ts';
import { storeIn } from '../../../src/cli/kept/store.ts';
import { shippedSuites } from '../../../src/suite/load-suite.ts';
import type { ValidationRow } from '../../../src/validation/rows.ts';
import { temporaryFolder } from '../command-line.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const suites = shippedSuites();
const rows = [{ id: 'kept' } as ValidationRow];
const keptFor = (inputs: Parameters<typeof keptRows>[1]) =>
  keptRows(storeIn(folder.path, 1e8), inputs);

test('rows of a topic are kept for the same program, suites and probes, and for no others', () => {
  keptFor({ suites, probes: [] }).put('walks', rows);
  expect(keptFor({ suites, probes: [] }).get('walks')).toEqual(rows);
  expect(keptFor({ suites, probes: [] }).get('curves')).toBeNull();
  const [first, ...others] = suites;
  const changed = [{ ...first!, sha256: 'another' }, ...others];
  expect(keptFor({ suites: changed, probes: [] }).get('walks')).toBeNull();
  const probe = { name: 'mine', probe: {} } as never;
  expect(keptFor({ suites, probes: [probe] }).get('walks')).toBeNull();
});
