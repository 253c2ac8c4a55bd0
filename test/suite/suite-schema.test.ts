import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { suiteSchemaJson } from '../../scripts/make-suite-schema.ts';

const committed = new URL('../../suites/suite.schema.json', import.meta.url);

it('suites/suite.schema.json is what scripts/make-suite-schema.ts makes of the zod schema', () => {
  expect(readFileSync(committed, 'utf8')).toBe(suiteSchemaJson());
});
