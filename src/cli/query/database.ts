import type { DuckDBConnection } from '@duckdb/node-api';
import { UserError } from '../../util/user-error.ts';
import { INVOCATION } from '../output/messages.ts';
import type { StoredRun } from '../run-folder/read-run.ts';
import { SAVINGS_VIEW, type SqlTable, type SqlType, type SqlValue, TABLES } from './tables.ts';

type DuckDb = typeof import('@duckdb/node-api');

/** Nothing outside of the database can be read or written, and nothing is downloaded. */
const LOCKED = {
  enable_external_access: 'false',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  lock_configuration: 'true',
  // One thread gives rows in the order in which they were put in.
  threads: '1',
};

export type Answer = string | number | boolean | null | readonly Answer[];

export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Answer[])[];
}

/**
 * Answers one SELECT over runs, in a database that lives in memory for this question only.
 * Throws UserError('usage') for SQL that is wrong or does anything else than read, and when DuckDB
 * is not installed.
 */
export async function queryRuns(
  sql: string,
  runs: readonly StoredRun[],
  load: () => Promise<DuckDb> = () => import('@duckdb/node-api'),
): Promise<QueryResult> {
  const duckDb = await loadOrExplain(load);
  const instance = await duckDb.DuckDBInstance.create(':memory:', LOCKED);
  const connection = await instance.connect();
  try {
    for (const table of TABLES) await makeTable(connection, table, runs, sql);
    await connection.run(SAVINGS_VIEW.sql);
    return await select(duckDb, connection, sql);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function loadOrExplain(load: () => Promise<DuckDb>): Promise<DuckDb> {
  try {
    return await load();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new UserError(
      'usage',
      'query',
      `it needs DuckDB, an optional package that is not here (${reason})`,
      'Install it with "npm install @duckdb/node-api", or take the data as CSV: ' +
        `"${INVOCATION} report DIR --format csv"`,
    );
  }
}

async function makeTable(
  connection: DuckDBConnection,
  table: SqlTable,
  runs: readonly StoredRun[],
  sql: string,
): Promise<void> {
  const columns = table.columns.map(([name, type]) => `"${name}" ${type}`);
  await connection.run(`CREATE TABLE ${table.name} (${columns.join(', ')})`);
  // Trips are most of a run; who doesn't ask for them doesn't wait for them.
  if (table.name === 'trips' && !/trips/i.test(sql)) return;
  const appender = await connection.createAppender(table.name);
  for (const run of runs) {
    for (const row of table.rows(run)) {
      for (const [index, value] of row.entries()) {
        append(appender, table.columns[index]?.[1] ?? 'VARCHAR', value);
      }
      appender.endRow();
    }
  }
  appender.closeSync();
}

type Appender = Awaited<ReturnType<DuckDBConnection['createAppender']>>;

function append(appender: Appender, type: SqlType, value: SqlValue): void {
  if (value === null) appender.appendNull();
  else if (type === 'VARCHAR') appender.appendVarchar(String(value));
  else if (type === 'BIGINT') appender.appendBigInt(BigInt(value));
  else appender.appendDouble(Number(value));
}

async function select(
  duckDb: DuckDb,
  connection: DuckDBConnection,
  sql: string,
): Promise<QueryResult> {
  if (sql.trim() === '') throw notOneSelect('the SQL is empty');
  try {
    const statements = await connection.extractStatements(sql);
    if (statements.count !== 1) throw notOneSelect(`there are ${statements.count} statements`);
    const statement = await statements.prepare(0);
    if (statement.statementType !== duckDb.StatementType.SELECT) {
      throw notOneSelect('it does something else than read');
    }
    const reader = await statement.runAndReadAll();
    return {
      columns: reader.deduplicatedColumnNames(),
      rows: reader.getRowsJS().map((row) => row.map(answer)),
    };
  } catch (error) {
    throw error instanceof UserError ? error : sqlError(error);
  }
}

/** A database value as JSON has it; integers that a double can't hold become text. */
function answer(value: unknown): Answer {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(answer);
  return value instanceof Date ? value.toISOString() : JSON.stringify(value, bigIntText);
}

function bigIntText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function notOneSelect(cause: string): UserError {
  return new UserError('usage', 'query', cause, 'Write one SELECT');
}

/** DuckDB's message without the excerpt of the SQL; its guesses at other tables are of no use. */
function sqlError(error: unknown): UserError {
  const message = error instanceof Error ? error.message : String(error);
  const cause = message
    .replace(/\n+LINE \d+:[\s\S]*$/, '')
    .replace(/^Failed to extract statements: /, '')
    .replace(/\nDid you mean "[^"]*"\?/, '')
    .replace(/\s+/g, ' ')
    .replace(/[.!]$/, '');
  const known = [...TABLES, SAVINGS_VIEW].map((table) => table.name).join(', ');
  const cure = `Tables are ${known}; "${INVOCATION} query --help" has their columns`;
  return new UserError('usage', 'query', cause, cure);
}
