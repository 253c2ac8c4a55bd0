import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { UserError } from '../../util/user-error.ts';
import { print } from '../output/io.ts';
import { INVOCATION, QUERY_HELP } from '../output/messages.ts';
import type { QueryResult } from '../query/database.ts';

/** `query SQL [DIR…]`: a question about runs that no report answers. */
export function queryCommand(): Command {
  return new Command('query')
    .description('ask runs a question in SQL (needs the optional package @duckdb/node-api)')
    .argument('<sql>', 'one SELECT; the tables are below')
    .argument('[dir...]', 'folders of finished runs (default: every one under reports/)')
    .option('--json', 'print {"columns": [...], "rows": [[...], ...]}')
    .addHelpText('after', QUERY_HELP)
    .action(async (sql: string, folders: string[], flags: { json?: boolean }) => {
      const [{ queryRuns }, { readRun }] = await Promise.all([
        import('../query/database.ts'),
        import('../run-folder/read-run.ts'),
      ]);
      const runs = (folders.length === 0 ? ownRuns() : folders).map(readRun);
      const result = await queryRuns(sql, runs);
      if (flags.json === true) {
        print(queryJson(result));
        return;
      }
      const { resultText } = await import('../query/result-text.ts');
      print(resultText(result));
    });
}

/** One object with a row a line. */
function queryJson({ columns, rows }: QueryResult): string {
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n');
  const list = rows.length === 0 ? '[]' : `[\n${lines}\n  ]`;
  return `{\n  "columns": ${JSON.stringify(columns)},\n  "rows": ${list}\n}\n`;
}

/** Finished runs under reports/, by name. */
function ownRuns(): readonly string[] {
  const parent = 'reports';
  const names = existsSync(parent) ? readdirSync(parent).sort() : [];
  const runs = names.map((name) => join(parent, name)).filter((path) => isFinished(path));
  if (runs.length > 0) return runs;
  const cure = `Name the folder of a run after the SQL, or make one with "${INVOCATION} run"`;
  throw new UserError('input', `${parent}/`, 'there is no finished run here', cure);
}

function isFinished(folder: string): boolean {
  return existsSync(join(folder, 'manifest.json'));
}
