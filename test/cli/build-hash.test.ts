import { appendFileSync, cpSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { buildHash } from '../../src/cli/running/build-hash.ts';
import { temporaryFolder } from './command-line.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

describe('the hash of a build', () => {
  const copy = join(folder.path, 'src');
  cpSync('src', copy, { recursive: true });

  test('is the same wherever the program lies', () => {
    expect(buildHash()).toMatch(/^[0-9a-f]{12}$/);
    expect(buildHash(`${copy}/`)).toBe(buildHash(join(process.cwd(), 'src/')));
  });

  test('changes with the code of the model, and not with what shows results', () => {
    const before = buildHash(`${copy}/`);
    appendFileSync(join(copy, 'report/run/page.ts'), '// changed\n');
    expect(buildHash(`${copy}/`)).toBe(before);
    appendFileSync(join(copy, 'hardware/tagged-tlb.ts'), '// changed\n');
    expect(buildHash(`${copy}/`)).not.toBe(before);
  });

  test('changes with every folder that computing a cell loads', () => {
    for (const path of loadedBy('run/cell-task.ts', copy)) {
      const before = buildHash(`${copy}/`);
      appendFileSync(path, '// changed\n');
      expect(buildHash(`${copy}/`), path).not.toBe(before);
    }
  });
});

/** A module and, in each folder, one of those that it imports, itself or through others. */
function loadedBy(entry: string, root: string): readonly string[] {
  const byFolder = new Map<string, string>();
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    byFolder.set(dirname(path), path);
    const imports = /^(?:import|export)\b(?! type\b)[^;]*?from '(\.[^']+)';/gm;
    for (const [, to = ''] of readFileSync(path, 'utf8').matchAll(imports)) {
      visit(join(dirname(path), to));
    }
  };
  visit(join(root, entry));
  return [...byFolder.values()];
}
