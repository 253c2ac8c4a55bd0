/** A copy of a column of a growing table, with room for `rows` rows. */
export function grownInt32(column: Int32Array, rows: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(rows);
  grown.set(column);
  return grown;
}
