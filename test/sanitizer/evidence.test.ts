import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  replaceBlock,
  stockTable,
  variantTable,
  type Watched,
  wordTables,
} from '../../src/sanitizer/evidence.ts';
import { readReport } from '../../src/sanitizer/read-report.ts';
import { VARIANTS } from '../../src/sanitizer/variants.ts';
import { CLEAN, REPORT } from './samples.ts';

const page = readFileSync('docs/evidence/sanitizer.md', 'utf8');
const watched = (variant: string | null, id: string, text: string): Watched => ({
  variant,
  run: { id, report: readReport(text, 'r'), broken: null },
});

describe('the tables of the evidence', () => {
  it('have a row for each run of the unmodified kernel, and their sum', () => {
    const text = stockTable([watched(null, 'flat', CLEAN), watched(null, 'nest', CLEAN)]);
    expect(text.split('\n')).toHaveLength(6);
    expect(text).toContain('| `flat` |');
    expect(text).toContain('| all |  | 18 | 24 | 16 | 0 | 0 | 0 |');
  });

  it('do not take a run that did not end for a clean one', () => {
    const cut = watched(null, 'flat', CLEAN.replace('END\n', ''));
    expect(stockTable([cut])).toContain('did not end');
  });

  it('say how soon a removed flush was seen, and where it was not', () => {
    const text = variantTable([
      watched('transition-flush', 'nest', REPORT),
      watched('one-number', 'pair', CLEAN),
    ]);
    expect(text).toContain('| `nest` | crossLevel frame 3 | 9 | 4 |');
    expect(text).toContain('| `pair` | **not seen** |  |  |');
  });

  it('go between their marks, and nowhere else', () => {
    const text = replaceBlock('a\n<!-- x -->\nold\n<!-- end of x -->\nb\n', 'x', 'new\n');
    expect(text).toBe('a\n<!-- x -->\nnew\n<!-- end of x -->\nb\n');
    expect(() => replaceBlock(text, 'y', '')).toThrow('there is no block "y"');
  });
});

describe('docs/evidence/sanitizer.md', () => {
  it('explains every word of a report as the code does', () => {
    expect(page).toContain(wordTables());
  });

  it('speaks of each variant, and has no row of one that was not seen', () => {
    for (const { id } of VARIANTS) expect(page).toContain(`\`${id}\``);
    const rows = VARIANTS.filter(({ id, removes }) =>
      page.includes(`| \`${id}\` | KVM no longer ${removes} |`),
    );
    expect(rows.length).toBeGreaterThanOrEqual(12);
    expect(page).not.toContain('**not seen**');
  });
});
