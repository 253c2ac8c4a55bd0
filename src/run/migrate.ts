import { UserError } from '../util/user-error.ts';

type Fields = Readonly<Record<string, unknown>>;

/** By version: what makes data of the next version out of data of this one. */
export type Migrations = Readonly<Record<number, (older: Fields) => Fields>>;

/** Lines of results.jsonl. A change of `RESULTS_SCHEMA_VERSION` needs an entry here. */
export const CELL_MIGRATIONS: Migrations = {};
/** manifest.json. A change of `RESULTS_SCHEMA_VERSION` needs an entry here. */
export const MANIFEST_MIGRATIONS: Migrations = {};

/**
 * Data of any older schema version as data of version `current`, step by step. What carries no
 * version is given back as it is: whoever checks its shape says so better. Throws
 * UserError('input') for a version that is newer, or that no migration starts from.
 */
export function migrated(
  data: unknown,
  current: number,
  migrations: Migrations,
  place: string,
): unknown {
  if (!isFields(data) || typeof data.schemaVersion !== 'number') return data;
  let fields = data;
  for (let version = data.schemaVersion; version !== current; version += 1) {
    const step = migrations[version];
    if (version > current || step === undefined) throw foreignVersion(version, current, place);
    fields = { ...step(fields), schemaVersion: version + 1 };
  }
  return fields;
}

function isFields(data: unknown): data is Fields {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

function foreignVersion(version: number, current: number, place: string): UserError {
  return new UserError(
    'input',
    place,
    `its schema version is ${version} and this program reads ${current} and what came before it`,
    'Read it with the version that wrote it, or run it again',
  );
}
