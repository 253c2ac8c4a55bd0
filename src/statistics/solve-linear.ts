/**
 * Solves matrix · x = right by elimination, the largest pivot of each column first. `matrix` is square,
 * in rows; neither is changed. Also gives the determinant; where it is 0 the solution is not finite.
 */
export function solveLinear(
  matrix: readonly (readonly number[])[],
  right: readonly number[],
): { readonly solution: readonly number[]; readonly determinant: number } {
  const rows = matrix.map((row, at) => [...row, right[at]!]);
  const size = rows.length;
  let determinant = 1;
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < size; row += 1) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    }
    if (pivot !== column) {
      [rows[pivot], rows[column]] = [rows[column]!, rows[pivot]!];
      determinant = -determinant;
    }
    const own = rows[column]!;
    determinant *= own[column]!;
    for (const [at, row] of rows.entries()) {
      if (at === column) continue;
      const factor = row[column]! / own[column]!;
      for (let cell = column; cell <= size; cell += 1) row[cell]! -= factor * own[cell]!;
    }
  }
  return { solution: rows.map((row, at) => row[size]! / row[at]!), determinant };
}
