import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { suiteSchema } from '../src/suite/suite.ts';

/** The text of suites/suite.schema.json: what editors check and complete suites against. */
export function suiteSchemaJson(): string {
  const schema = {
    ...z.toJSONSchema(suiteSchema, { io: 'input' }),
    title: 'asidbench suite',
    $comment: 'Generated from src/suite/suite.ts by scripts/make-suite-schema.ts.',
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** `npm run make -- schema`: writes the schema to the file that is named. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , target] = process.argv;
  if (target === undefined) {
    process.stderr.write('usage: make-suite-schema OUTPUT.json\n');
    process.exitCode = 2;
  } else {
    writeFileSync(target, suiteSchemaJson());
  }
}
