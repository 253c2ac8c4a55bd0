import { appendFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { buildHash } from '../../src/cli/build-hash.ts';
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
    appendFileSync(join(copy, 'report/html.ts'), '// changed\n');
    expect(buildHash(`${copy}/`)).toBe(before);
    appendFileSync(join(copy, 'hardware/tagged-tlb.ts'), '// changed\n');
    expect(buildHash(`${copy}/`)).not.toBe(before);
  });
});
