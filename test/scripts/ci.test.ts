import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('each script that .ci/run starts is there', () => {
  const started = [...readFileSync('.ci/run', 'utf8').matchAll(/\bdist\/([\w/-]+)\.js\b/g)];
  const sources = started.map(([, path]) => `${path}.ts`);
  expect(sources).toContain('scripts/missing-packages.ts');
  expect(sources.filter((path) => !existsSync(path))).toEqual([]);
});
