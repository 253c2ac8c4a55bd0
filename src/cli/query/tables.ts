import { CAUSES } from '../../cost/causes.ts';
import { CELL_COLUMNS } from '../../export/columns.ts';
import type { CellResult, Manifest, ManifestParameter } from '../../run/results.ts';
import type { StoredRun } from '../run-folder/read-run.ts';

export type SqlType = 'VARCHAR' | 'BIGINT' | 'DOUBLE';
export type SqlValue = string | number | null;

/** A table of the database that `query` asks; names are the columns that SQL sees. */
export interface SqlTable {
  readonly name: string;
  readonly what: string;
  readonly columns: readonly (readonly [string, SqlType])[];
  readonly rows: (run: StoredRun) => Iterable<readonly SqlValue[]>;
}

const CELL_KEY = [
  ['run', 'VARCHAR'],
  ['scenario', 'VARCHAR'],
  ['machine', 'VARCHAR'],
  ['strategy', 'VARCHAR'],
  ['seed', 'BIGINT'],
] as const;

const SQL_TYPES = { text: 'VARCHAR', integer: 'BIGINT', real: 'DOUBLE' } as const;

/** In the order in which the help lists them. `run` is the folder as the user named it. */
export const TABLES: readonly SqlTable[] = [
  {
    name: 'cells',
    what: 'a row per suite, machine, strategy and seed: times, counts, cycles by cause',
    columns: [
      ['run', 'VARCHAR'],
      ...CELL_COLUMNS.map(({ name, type }) => [name, SQL_TYPES[type]] as const),
    ],
    rows: ({ folder, manifest, cells }) =>
      cells.map((cell) => [
        folder,
        ...CELL_COLUMNS.map((column) => known(column.value(cell, manifest))),
      ]),
  },
  {
    name: 'causes',
    what: 'a row per cell and cause: where its cycles went',
    columns: [
      ...CELL_KEY,
      ['cause', 'VARCHAR'],
      ['causeGroup', 'VARCHAR'],
      ['label', 'VARCHAR'],
      ['cyclesPerTrip', 'DOUBLE'],
    ],
    rows: ({ folder, cells }) =>
      cells.flatMap((cell) =>
        CAUSES.map(({ id, group, label }) => [
          ...key(folder, cell),
          id,
          group,
          label,
          cell.cyclesPerTrip[id],
        ]),
      ),
  },
  {
    name: 'trips',
    what: 'a row per measured round trip, numbered from 1',
    columns: [...CELL_KEY, ['trip', 'BIGINT'], ['ns', 'DOUBLE']],
    rows: function* ({ folder, cells }) {
      for (const cell of cells) {
        for (const [index, ns] of cell.tripNs.entries()) {
          yield [...key(folder, cell), index + 1, ns];
        }
      }
    },
  },
  {
    name: 'runs',
    what: 'a row per folder',
    columns: [
      ['run', 'VARCHAR'],
      ['version', 'VARCHAR'],
      ['command', 'VARCHAR'],
      ['cells', 'BIGINT'],
    ],
    rows: ({ folder, manifest, cells }) => [
      [folder, manifest.version, manifest.command, cells.length],
    ],
  },
  {
    name: 'scenarios',
    what: 'a row per suite of a run, with its question',
    columns: [
      ['run', 'VARCHAR'],
      ['scenario', 'VARCHAR'],
      ['suiteGroup', 'VARCHAR'],
      ['baseline', 'VARCHAR'],
      ['question', 'VARCHAR'],
      ['expected', 'VARCHAR'],
      ['suiteSha256', 'VARCHAR'],
    ],
    rows: ({ folder, manifest }) =>
      manifest.scenarios.map((each) => [
        folder,
        each.id,
        each.group,
        each.baseline ?? manifest.baseline,
        each.question,
        each.expected,
        each.suiteSha256,
      ]),
  },
  {
    name: 'behaviours',
    what: 'a row per strategy and behaviour',
    columns: [
      ['run', 'VARCHAR'],
      ['strategy', 'VARCHAR'],
      ['behaviour', 'VARCHAR'],
      ['value', 'VARCHAR'],
    ],
    rows: ({ folder, manifest }) =>
      manifest.strategies.flatMap(({ id, behaviour }) =>
        Object.entries(behaviour).map(([name, value]) => [folder, id, name, value]),
      ),
  },
  {
    name: 'parameters',
    what: 'a row per number of a machine or suite, with range, unit and source',
    columns: [
      ['run', 'VARCHAR'],
      ['owner', 'VARCHAR'],
      ['path', 'VARCHAR'],
      ['value', 'DOUBLE'],
      ['low', 'DOUBLE'],
      ['high', 'DOUBLE'],
      ['unit', 'VARCHAR'],
      ['confidence', 'VARCHAR'],
      ['source', 'VARCHAR'],
    ],
    rows: ({ folder, manifest }) =>
      owners(manifest).flatMap(({ id, parameters }) =>
        parameters.map((each) => [
          folder,
          id,
          each.path,
          each.value,
          each.low,
          each.high,
          each.unit,
          each.confidence,
          each.source,
        ]),
      ),
  },
];

/** What each strategy saves against its baseline, seed by seed; made from `cells`. */
export const SAVINGS_VIEW = {
  name: 'savings',
  what: 'a row per cell that has a baseline of the same seed: what it saves',
  columns: [
    ...CELL_KEY.map(([name]) => name),
    'baseline',
    'beforeNs',
    'afterNs',
    'savingNs',
    'savingRatio',
  ],
  sql: `CREATE VIEW savings AS
    SELECT a.run, a.scenario, a.machine, a.strategy, a.seed, a.baseline, b.meanNs AS beforeNs,
      a.meanNs AS afterNs, b.meanNs - a.meanNs AS savingNs, 1 - a.meanNs / b.meanNs AS savingRatio
    FROM cells a JOIN cells b ON b.run = a.run AND b.scenario = a.scenario
      AND b.machine = a.machine AND b.seed = a.seed AND b.strategy = a.baseline
    WHERE a.strategy <> a.baseline`,
} as const;

function key(folder: string, cell: CellResult): readonly SqlValue[] {
  return [folder, cell.scenario, cell.machine, cell.strategy, cell.seed];
}

function known(value: string | number): SqlValue {
  return typeof value === 'number' && Number.isNaN(value) ? null : value;
}

function owners(
  manifest: Manifest,
): readonly { readonly id: string; readonly parameters: readonly ManifestParameter[] }[] {
  return [...manifest.machines, ...manifest.scenarios];
}
