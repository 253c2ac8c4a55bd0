import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { CELL_COLUMNS } from '../../src/export/columns.ts';
import { cellsParquet } from '../../src/export/parquet.ts';
import { cells, manifest } from './cells.ts';

const bytes = cellsParquet(manifest, cells);
const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);

describe('the cells as Parquet', () => {
  test('are read back by another program, value for value', async () => {
    const rows = await parquetReadObjects({ file: file as ArrayBuffer });
    expect(rows).toHaveLength(cells.length);
    const expected = cells.map((cell) =>
      Object.fromEntries(
        CELL_COLUMNS.map(({ name, type, value }) => {
          const found = value(cell, manifest);
          return [name, type === 'integer' ? BigInt(found) : found];
        }),
      ),
    );
    expect(rows).toEqual(expected);
  });

  test('carry the meaning of each column and the manifest', () => {
    const metadata = parquetMetadata(file as ArrayBuffer).key_value_metadata ?? [];
    const json = (key: string) =>
      JSON.parse(metadata.find((each) => each.key === key)?.value ?? '');
    expect(json('asidbench.manifest')).toEqual(manifest);
    expect(json('asidbench.columns')).toContainEqual({
      name: 'meanNs',
      unit: 'ns',
      what: 'mean time of a round trip',
    });
  });

  test('are the same bytes every time', () => {
    expect(cellsParquet(manifest, cells)).toEqual(bytes);
  });
});
