import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Importer } from '../../src/importers/importer.ts';
import { IMPORTERS } from '../../src/importers/registry.ts';
import { TRACE_IMPORTERS } from '../../src/importers/traces/formats.ts';

/** The rows that a document has of the importers' own words. */
function rows(importers: readonly Importer[]): string {
  return importers
    .map(({ reads, record, tells }) => `| ${reads} | ${record} | ${tells} |`)
    .join('\n');
}

describe('what the importers say of themselves', () => {
  test('is the table of formats', () => {
    const text = readFileSync('docs/reference/formats.md', 'utf8');
    expect(text).toContain(`|---|---|---|\n${rows(IMPORTERS)}\n\n`);
  });

  test('is what the how-to offers to who has counted on a host', () => {
    const ofHosts = IMPORTERS.filter((importer) => !TRACE_IMPORTERS.includes(importer));
    const text = readFileSync('docs/how-to/answer-for-your-host.md', 'utf8');
    expect(text).toContain(`|---|---|---|\n${rows(ofHosts)}\n\n`);
  });
});
