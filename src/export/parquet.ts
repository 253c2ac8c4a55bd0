import { parquetWriteBuffer } from 'hyparquet-writer';
import type { CellResult, Manifest } from '../run/results.ts';
import { CELL_COLUMNS, type CellColumn } from './columns.ts';

/**
 * The cells of a run as a Parquet file: the rows and columns of the CSV. The metadata of the file
 * hold the unit and meaning of each column (`asidbench.columns`) and the manifest
 * (`asidbench.manifest`), both as JSON. The same run gives the same bytes.
 */
export function cellsParquet(manifest: Manifest, cells: readonly CellResult[]): Uint8Array {
  const documented = CELL_COLUMNS.map(({ name, unit, what }) => ({ name, unit, what }));
  const buffer = parquetWriteBuffer({
    columnData: CELL_COLUMNS.map((column) => columnData(column, manifest, cells)),
    kvMetadata: [
      { key: 'asidbench.columns', value: JSON.stringify(documented) },
      { key: 'asidbench.manifest', value: JSON.stringify(manifest) },
    ],
    createdBy: `asidbench ${manifest.version}`,
  });
  return new Uint8Array(buffer);
}

function columnData(column: CellColumn, manifest: Manifest, cells: readonly CellResult[]) {
  const values = cells.map((cell) => column.value(cell, manifest));
  const { name } = column;
  switch (column.type) {
    case 'text':
      return { name, type: 'STRING' as const, nullable: false, data: values.map(String) };
    case 'integer':
      return {
        name,
        type: 'INT64' as const,
        nullable: false,
        data: values.map((each) => BigInt(each)),
      };
    case 'real':
      return {
        name,
        type: 'DOUBLE' as const,
        nullable: false,
        data: Float64Array.from(values, Number),
      };
  }
}
