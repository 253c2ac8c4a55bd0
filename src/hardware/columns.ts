/** Columns of a growing table; `grow` returns copies with room for `rows` rows. */
export function grownInt32(column: Int32Array, rows: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(rows);
  grown.set(column);
  return grown;
}

export function grownFloat64(column: Float64Array, rows: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(rows);
  grown.set(column);
  return grown;
}

export function grownUint8(column: Uint8Array, rows: number): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(rows);
  grown.set(column);
  return grown;
}
